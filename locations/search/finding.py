"""Finds places from what somebody typed.

In a constant number of queries, each by an index: names that the words are, names that they
begin, and names that differ from them by a few letters. The same on every database.

Nobody is led past what was typed: a place is `certain` only if all that was typed says so. It is `meant` if
what else was typed says nothing of where; who knows what that says may lead there.
"""

from dataclasses import replace

from locations.models import City, OtherPlace, State, ZipCode
from locations.models.names import PlaceName
from locations.search.alike import MOST_SHOWN, alike
from locations.search.elsewhere import larger_cities
from locations.search.found import Found, named_alone, parts_first, unlisted_with_closest, without_repeats
from locations.search.names import key_of
from locations.search.query import is_ordinary, read, telling
from locations.search.reading import Known, Reading, begins_a_name
from locations.search.zip_codes import by_zip_code, with_zip_code
from locations.us_states import NAMES
from therapydir.pages.words import words_of

SHORTEST_BEGINNING_OF_STATE = 4  # letters


def find(text, topic_words=frozenset(), said=frozenset()):
    """The `Found` for what somebody typed.

    `topic_words` mean something else than a place where other words are left: they are not
    taken for a part of a name that is nearly the same. `said` are those that say whom somebody looks for.
    """
    query, topic_words = replace(read(text), said=said), topic_words | said
    known = Known(query)
    reading = known.best_reading()
    if query.lost_zero and not reading.names and ZipCode.objects.filter(code=query.lost_zero).exists():
        words = tuple(word for word in query.words if not word.isdecimal())
        query = replace(query, zip_code=query.lost_zero, words=words, is_number=False)
    if reading.larger or (reading.contradicts and not reading.is_listed and reading.code not in known.states):
        return Found(query, elsewhere=NAMES[reading.code], larger=reading.larger)
    # «la me» is the beginning of La Mesa, whatever else «la» is called.
    goes_on = len(query.words) > 1 and query.without(*reading.spans()) and begins_a_name(query.words)
    if reading.names and not (goes_on and (not reading.is_listed or _is_short(query, reading))):
        return _by_name(query, reading, known, topic_words)
    if goes_on:
        reading = Reading()
    if reading.counties:
        return _by_county(query, reading, topic_words)
    if query.zip_code:
        return by_zip_code(query, reading)
    return _without_a_name(query, reading, known, topic_words)


def _is_short(query, reading):
    """Whether the name is but a letter or two, as «la» is."""
    return len(key_of(query.words[slice(*reading.place)])) <= 2


def begun(text, topic_words=frozenset(), said=frozenset()):
    """The `Found` for what somebody typed so far: a whole name hides none that goes on."""
    found = find(text, topic_words, said)
    query, topic_words = found.query, topic_words | said
    if found.zip_code or found.counties or found.contradiction or found.elsewhere:
        return found
    if is_ordinary(query.words) and len(query.words) > 1 and not found.cities:
        return found
    cities, others = alike(list(query.words), None, topic_words, is_begun=True)
    known = {unlisted.place.pk for unlisted in found.unlisted}
    more = named_alone(other for other in others if other.pk not in known)
    state = found.state or _state_that_begins(
        query, {state.code: state for state in State.objects.published()}
    )
    return replace(
        found,
        cities=tuple(without_repeats([*found.cities, *cities])),
        unlisted=(*found.unlisted, *more),
        state=state,
        is_state_first=state is not None and (found.is_state_first or not found.cities),
    )


def _without_a_name(query, reading, known, topic_words):
    """Where no name of the directory was typed: a state, a city elsewhere, a beginning, a misspelling."""
    named = (reading.state,) if reading.state else ()
    words = query.without(*named)
    rest = tuple(telling(words))
    far = larger_cities([key_of(rest)], {reading.code} if reading.code else None) if rest else []
    far = [city for city in far if city.code not in known.states]
    if reading.code and reading.code not in known.states and (far or _is_sure(query, reading.state, rest)):
        return Found(query, elsewhere=NAMES[reading.code], larger=tuple(far[:1]))
    state = known.states.get(reading.code)
    if state and not set(rest) - topic_words:
        meant = state if reading.state.is_spelled else None
        return Found(query, state=state, is_state_first=True, meant=meant, named=named, rest=rest)
    if far and not reading.code:
        return Found(query, elsewhere=NAMES[far[0].code], larger=tuple(far[:3]), rest=rest)
    is_topic = bool(rest) and not set(rest) - topic_words
    tried = words if state else query.words  # the letters of a code may begin another word
    cities, others = alike(list(tried), state, topic_words)
    if len(tried) > 1 and begins_a_name(tried):
        is_topic = False
    begun = state or _state_that_begins(query, known.states)
    return Found(
        query,
        cities=cities,
        unlisted=named_alone(others) if cities else unlisted_with_closest(others),
        state=begun,
        is_state_first=begun is not None and state is None,
        named=named if state else (),
        rest=rest,
        is_topic=is_topic,
    )


def _is_sure(query, state, rest):
    """Whether words that name a state mean it, where they stand by no name: a code among others may not."""
    is_code = len(query.words[state.start]) == 2
    return not state.is_weak and (not rest or not is_code)


def _state_that_begins(query, states):
    """The state whose name begins with all that was typed."""
    typed = " ".join(query.words)
    if len(typed) < SHORTEST_BEGINNING_OF_STATE:
        return None
    names = sorted(states.values(), key=lambda state: state.name)
    return next((state for state in names if " ".join(words_of(state.name)).startswith(typed)), None)


def _by_name(query, reading, known, topic_words):
    """Where a name was typed: the cities that bear it, and what else could be meant by it."""
    in_order = sorted(reading.names, key=lambda name: (name.kind, -name.population, name.key, name.pk))
    cities = parts_first(without_repeats(name.city for name in in_order if name.city_id))
    others = without_repeats(name.other for name in in_order if name.other_id)
    others.sort(key=lambda other: (other.source != OtherPlace.Source.OURS, -(other.population or 0)))
    rest = _without_what_contains(tuple(telling(query.without(*reading.spans()))), cities[:1])
    is_exact = bool(cities)
    if not is_exact and reading.contradicts:
        meant, _ = alike(list(query.words[slice(*reading.place)]), known.states[reading.code], topic_words)
        if meant:
            return Found(query, cities=meant, named=tuple(reading.spans()), rest=rest)
    elif not is_exact and not any(other.leads_to.all() for other in others):
        cities = _ending_so(reading)
    named = tuple(reading.spans())
    found = Found(query, contradiction=_contradiction(query, reading, known), named=named, rest=rest)
    if query.zip_code:
        found, cities = with_zip_code(found, cities)
    if set(rest) - topic_words and not is_ordinary(rest):  # perhaps the words name another place, misspelled
        words = query.without(*([reading.state] if reading.state else []))
        more, _ = alike(words, known.states.get(reading.code), topic_words)
        cities = without_repeats([*more, *cities])
    also = _state_of_that_name(query, reading, known)
    if also and not cities:
        unlisted = unlisted_with_closest(others)
        return replace(found, state=also, is_state_first=True, unlisted=unlisted, meant=also)
    too = known.meant_too(reading)
    is_sure = is_exact and len(cities) == 1 and not (also or too or found.contradiction)
    return replace(
        found,
        cities=tuple(cities[:MOST_SHOWN]),
        unlisted=named_alone(others[:MOST_SHOWN]) if is_exact else unlisted_with_closest(others),
        larger=_larger(reading, cities, known),
        state=also,
        counties=_with_cities(too),
        meant=cities[0] if is_sure else None,
    )


def _contradiction(query, reading, known):
    """What cannot be true of the name and the state, in words; "" if all can."""
    if not reading.contradicts:
        return ""
    if reading.code not in known.states:
        return f"{NAMES[reading.code]} is not in the directory yet"
    name = " ".join(word.capitalize() for word in query.words[slice(*reading.place)])
    return f"We have no page for {name} in {NAMES[reading.code]}"


def _state_of_that_name(query, reading, known):
    """The state that may be meant by the name: «New York» alone; None where a state is named beside it."""
    if reading.code:
        return None
    spans = {(span.start, span.end): span.code for span in query.states()}
    return known.states.get(spans.get(reading.place, ""))


def _ending_so(reading):
    """The cities whose names end with the name, and are larger than the place without a page that has it."""
    most = max(name.population for name in reading.names)
    rows = PlaceName.objects.filter(
        key__in={name.key for name in reading.names}, kind=PlaceName.Kind.PART, population__gt=most
    )
    if reading.code:
        rows = rows.filter(city__state__code=reading.code)
    cities = City.objects.published().select_related("state").filter(pk__in=rows.values("city"))
    return sorted(cities, key=lambda city: (-(city.population or 0), city.sort_key()))


def _larger(reading, cities, known):
    """Cities elsewhere that have the name and more people than any of those."""
    if reading.code and not reading.contradicts:
        return ()
    keys = {name.key for name in reading.names}
    most = max((city.population or 0 for city in cities), default=0)
    codes = {reading.code} if reading.contradicts else None
    found = [city for city in larger_cities(keys, codes) if city.code not in known.states]
    return tuple(city for city in found if codes or city.population > most)[:2]


def _without_what_contains(rest, cities):
    """The words without those that name what the city is in: its whole, its county."""
    if not rest or not cities:
        return rest
    [city] = cities
    around = {"county", *words_of(city.county), *(words_of(city.part_of.name) if city.part_of else ())}
    return tuple(word for word in rest if word not in around)


def _by_county(query, reading, topic_words):
    rest = tuple(telling(query.without(*reading.spans())))
    is_topic = bool(rest) and not set(rest) - topic_words
    counties, named = _with_cities(reading.counties), tuple(reading.spans())
    return Found(query, counties=counties, named=named, rest=rest, is_topic=is_topic)


def _with_cities(counties):
    """(county, its published cities, the largest first) pairs."""
    found = []
    for county in counties:
        cities = (
            City.objects.published().filter(state=county.state, county=county.name).select_related("state")
        )
        in_order = sorted(cities, key=lambda city: (-(city.population or 0), city.sort_key()))
        found.append((county, tuple(in_order[:MOST_SHOWN])))
    return tuple(found)
