"""Finds places from what somebody typed.

In a constant number of queries, each by an index: names that the words are, names that they
begin, and names that differ from them by a few letters. The same on every database.

Nobody is led past what was typed: a place is `certain` only if all that was typed says so.
"""

from dataclasses import dataclass, replace

from django.db.models import Q

from locations.distance import great_circle_miles
from locations.models import City, County, OtherPlace, State, ZipCode
from locations.models.cities import wholes_of
from locations.models.names import PlaceName
from locations.nearby import cities_nearest_to
from locations.search.alike import MOST_SHOWN, alike
from locations.search.elsewhere import LargerCity, larger_cities
from locations.search.names import key_of, keys_of
from locations.search.query import Query, is_ordinary, read, telling
from locations.search.reading import Known, Reading, begins_a_name
from locations.us_states import NAMES, state_of_zip_code
from therapydir.pages.words import words_of

NEAREST = 3  # shown for a place that has no page
CLOSE = 3  # miles from the center of a ZIP code: whoever lives there may mean a city so close,
NEARER = 3  # if it is so many miles nearer than those that the ZIP code serves
MOST_UNLISTED = 3  # shown with what is close to them
SHORTEST_BEGINNING_OF_STATE = 4  # letters


@dataclass(frozen=True)
class Unlisted:
    """A place that has no page, and (miles, city) of the closest that have one, or of those that it is in."""

    place: OtherPlace
    cities: tuple[tuple[float, City], ...]

    @property
    def is_inside(self):
        """Whether these cities are what it is in, or made of, and not just close."""
        return bool(self.place.leads_to.all())


@dataclass(frozen=True)
class Found:
    """What a query found.

    `cities` are published, best first. `near` are (miles, city) of the nearest to a ZIP code that
    serves none of them. `zip_code` is a `ZipCode`, or the digits of one that the directory does
    not know. `state` was named, too; `elsewhere` is the name of a state that is not in the
    directory, `larger` are cities elsewhere that have the name, too. `contradiction` says what cannot be
    true of what was typed. `unlisted` are places without a page, `counties` those that were named, with
    their cities. `certain` is the place that was meant beyond doubt, or None. `rest` are the words
    that say something else than where; `is_topic` says that all of them are a topic's, so that the
    cities are at most a guess.
    """

    query: Query
    cities: tuple[City, ...] = ()
    near: tuple[tuple[float, City], ...] = ()
    zip_code: ZipCode | str | None = None
    state: State | None = None
    is_state_first: bool = False
    elsewhere: str = ""
    larger: tuple[LargerCity, ...] = ()
    contradiction: str = ""
    unlisted: tuple[Unlisted, ...] = ()
    counties: tuple[tuple[County, tuple[City, ...]], ...] = ()
    certain: City | State | None = None
    rest: tuple[str, ...] = ()
    is_topic: bool = False

    @property
    def has_place(self):
        return bool(self.cities or self.near or self.state or self.unlisted or self.counties)

    @property
    def namesakes(self):
        """What else bears the name of the first city, as one names it: «Dallas, Texas»."""
        others = [unlisted.place.full_name for unlisted in self.unlisted]
        return [
            *(city.full_name for city in self.larger),
            *(city.full_name for city in self.cities[1:]),
            *others,
        ]


def find(text, topic_words=frozenset()):
    """The `Found` for what somebody typed.

    `topic_words` mean something else than a place where other words are left: they are not
    taken for a part of a name that is nearly the same.
    """
    query = read(text)
    known = Known(query)
    reading = known.best_reading()
    if query.lost_zero and not reading.names:
        guess = replace(
            query, zip_code=query.lost_zero, words=tuple(w for w in query.words if not w.isdecimal())
        )
        if ZipCode.objects.filter(code=query.lost_zero).exists():
            query = replace(guess, is_number=False)
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
        return _by_zip_code(query, reading, known)
    return _without_a_name(query, reading, known, topic_words)


def _is_short(query, reading):
    """Whether the name is but two letters, or stands behind the word that may go on."""
    return len(key_of(query.words[slice(*reading.place)])) <= 2


def begun(text, topic_words=frozenset()):
    """The `Found` for what somebody typed so far: a whole name hides none that goes on."""
    found = find(text, topic_words)
    query = found.query
    if found.zip_code or found.counties or found.contradiction or found.elsewhere:
        return found
    if is_ordinary(query.words) and len(query.words) > 1 and not found.cities:
        return found
    cities, others = alike(list(query.words), None, topic_words, is_begun=True)
    known = {unlisted.place.pk for unlisted in found.unlisted}
    more = _named_alone(other for other in others if other.pk not in known)
    state = found.state or _state_that_begins(
        query, {state.code: state for state in State.objects.published()}
    )
    return replace(
        found,
        cities=tuple(_without_repeats([*found.cities, *cities])),
        unlisted=(*found.unlisted, *more),
        state=state,
        is_state_first=state is not None and (found.is_state_first or not found.cities),
    )


def _without_a_name(query, reading, known, topic_words):
    """Where no name of the directory was typed: a state, a city elsewhere, a beginning, a misspelling."""
    words = query.without(*([reading.state] if reading.state else []))
    rest = tuple(telling(words))
    far = larger_cities([key_of(rest)], {reading.code} if reading.code else None) if rest else []
    far = [city for city in far if city.code not in known.states]
    if reading.code and reading.code not in known.states and (far or _is_sure(query, reading.state, rest)):
        return Found(query, elsewhere=NAMES[reading.code], larger=tuple(far[:1]))
    state = known.states.get(reading.code)
    if state and not set(rest) - topic_words:
        is_certain = not rest and reading.state.is_spelled
        return Found(
            query, state=state, is_state_first=True, certain=state if is_certain else None, rest=rest
        )
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
        unlisted=_named_alone(others) if cities else _unlisted(others),
        state=begun,
        is_state_first=begun is not None and state is None,
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
    rest = tuple(telling(query.without(*reading.spans())))
    in_order = sorted(reading.names, key=lambda name: (name.kind, -name.population, name.key, name.pk))
    cities = _without_repeats(name.city for name in in_order if name.city_id)
    others = _without_repeats(name.other for name in in_order if name.other_id)
    cities = _parts_first(cities)
    rest = _without_what_contains(rest, cities[:1])
    if cities and reading.state is None and not rest:
        others = [other for other in others if other.state_id != cities[0].state_id or other.population]
    contradiction = ""
    if reading.contradicts:
        contradiction = f"We have no page for {_typed_name(query, reading)} in {NAMES[reading.code]}"
        if reading.code not in known.states:
            contradiction = f"{NAMES[reading.code]} is not in the directory yet"
    found = Found(query, contradiction=contradiction, rest=rest)
    is_exact = bool(cities)
    others.sort(key=lambda other: (other.source != OtherPlace.Source.OURS, -(other.population or 0)))
    if not cities:
        is_area = any(other.leads_to.all() for other in others)
        cities = _ending_so(reading) if not reading.contradicts and not is_area else []
        if reading.contradicts and (state := known.states.get(reading.code)):
            meant, _ = alike(list(query.words[slice(*reading.place)]), state, topic_words)
            if meant:
                return Found(query, cities=meant, rest=rest)
    if query.zip_code:
        found, cities = _with_zip_code(found, cities)
    if set(rest) - topic_words and not is_ordinary(rest):  # perhaps the words name another place, misspelled
        words = query.without(*([reading.state] if reading.state else []))
        more, _ = alike(words, known.states.get(reading.code), topic_words)
        cities = _without_repeats([*more, *cities])
    also = None  # «New York» alone may mean the state
    if not reading.code:
        spans = {(span.start, span.end): span.code for span in query.states()}
        also = known.states.get(spans.get(reading.place, ""))
    if also and not cities:
        return replace(
            found, state=also, is_state_first=True, unlisted=_unlisted(others), certain=None if rest else also
        )
    larger = _larger(reading, cities, known)
    too = known.meant_too(reading)
    is_sure = is_exact and not also and not too and not found.contradiction
    is_certain = len(cities) == 1 and not rest and is_sure
    return replace(
        found,
        cities=tuple(cities[:MOST_SHOWN]),
        unlisted=_named_alone(others[:MOST_SHOWN]) if is_exact else _unlisted(others),
        larger=larger,
        state=also,
        counties=_with_cities(too),
        certain=cities[0] if is_certain else None,
    )


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


def _typed_name(query, reading):
    return " ".join(word.capitalize() for word in query.words[slice(*reading.place)])


def _larger(reading, cities, known):
    """Cities elsewhere that have the name and more people than any of those."""
    if reading.code and not reading.contradicts:
        return ()
    keys = {name.key for name in reading.names}
    most = max((city.population or 0 for city in cities), default=0)
    codes = {reading.code} if reading.contradicts else None
    found = [city for city in larger_cities(keys, codes) if city.code not in known.states]
    return tuple(city for city in found if codes or city.population > most)[:2]


def _with_zip_code(found, cities):
    """Those of the cities that the ZIP code serves, or with a contradiction both these and its own."""
    code = found.query.zip_code
    serving = set(City.objects.filter(zip_codes__code=code).values_list("pk", flat=True))
    there = [city for city in cities if city.pk in serving]
    if there:
        return found, there
    by_zip_code = _by_zip_code(Query((), zip_code=code), None, None)
    if isinstance(by_zip_code.zip_code, ZipCode):
        place = f"{by_zip_code.zip_code.place_name}, {by_zip_code.zip_code.state.name}"
    else:
        place = state_of_zip_code(code) or "none of our states"
    its_own = [*by_zip_code.cities, *(city for _, city in by_zip_code.near)]
    contradiction = found.contradiction or f"ZIP code {code} is in {place}"
    return replace(found, contradiction=contradiction), _without_repeats([*cities, *its_own])


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
    return Found(query, counties=_with_cities(reading.counties), rest=rest, is_topic=is_topic)


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


def _by_zip_code(query, reading, known):
    zip_code = ZipCode.objects.filter(code=query.zip_code).select_related("state").first()
    rest = tuple(telling(query.without(*(reading.spans() if reading else ()))))
    found = Found(query, zip_code=zip_code or query.zip_code, rest=rest)
    if zip_code is None:
        return replace(found, elsewhere=state_of_zip_code(query.zip_code))
    if reading and reading.code and reading.code != zip_code.state.code:
        found = replace(
            found,
            contradiction=f"ZIP code {zip_code} is in {zip_code.state.name}, not in {NAMES[reading.code]}",
        )
    cities = _served_by(zip_code)
    if not cities:
        return replace(found, near=tuple(cities_nearest_to(zip_code, NEAREST)))
    cities = _without_repeats([*cities, *_much_nearer(zip_code, cities)])
    found = replace(found, unlisted=_unlisted(_called(zip_code, cities)))
    is_certain = len(cities) == 1 and not (found.rest or found.contradiction or found.unlisted)
    return replace(found, cities=tuple(cities), certain=cities[0] if is_certain else None)


def _called(zip_code, cities):
    """The places without a page that the post office calls a ZIP code after, if none of those cities is."""
    keys = keys_of(words_of(zip_code.place_name))
    names = PlaceName.objects.filter(key__in=keys, kind__lt=PlaceName.Kind.PART)
    rows = list(names.filter(Q(city__state=zip_code.state) | Q(other__state=zip_code.state)))
    if any(row.city_id for row in rows):
        return []
    return list(OtherPlace.objects.found().filter(pk__in=[row.other_id for row in rows])[:1])


def _served_by(zip_code):
    """The published cities of a ZIP code: a part before what contains it, then by their share."""
    links = zip_code.serves_set.select_related("city__state")
    links = sorted(links, key=lambda link: (link.rank, -(link.city.population or 0), link.city.sort_key()))
    cities = [link.city for link in links if link.city.is_visible]
    return _parts_first(cities)


def _much_nearer(zip_code, cities):
    """Cities close to the center of a ZIP code that are much nearer than those that it serves."""
    least = min(great_circle_miles(zip_code, city) for city in cities)
    around = cities_nearest_to(zip_code, NEAREST)
    return [city for miles, city in around if miles <= CLOSE and miles + NEARER < least]


def _parts_first(cities):
    """The cities in their order, but that a part comes before what contains it."""
    if len(cities) < 2:
        return cities
    wholes = dict(City.objects.exclude(part_of=None).order_by().values_list("pk", "part_of"))
    found = []
    for city in cities:
        around = set(wholes_of(city.pk, wholes))
        place = next((number for number, other in enumerate(found) if other.pk in around), len(found))
        found.insert(place, city)
    return found


def _unlisted(others):
    """`Unlisted` of places without a page; the nearest of each takes two queries, so of few."""
    return tuple(Unlisted(other, _closest(other)) for other in others[:MOST_UNLISTED])


def _named_alone(others):
    """The same without what is close: places that only begin so, where there are others."""
    return tuple(Unlisted(other, ()) for other in others)


def _closest(other):
    if led_to := other.leads_to.all():
        largest_first = sorted(led_to, key=lambda city: (-(city.population or 0), city.sort_key()))
        return tuple((great_circle_miles(other, city), city) for city in _parts_first(largest_first))
    return tuple(cities_nearest_to(other, NEAREST))


def _without_repeats(places):
    return list({place.pk: place for place in places}.values())
