"""Finds places from what somebody typed.

In a constant number of queries, each by an index: names that the words are, names that they
begin, and names that differ from them by a few letters. The same on every database.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Q
from rapidfuzz.distance import OSA

from locations.models import City, State, ZipCode
from locations.models.names import PlaceName
from locations.nearby import cities_nearest_to
from locations.search.names import keys_of, misspellings
from locations.search.query import PROFESSIONAL, Query, read, telling
from locations.us_states import NAMES

MOST_SHOWN = 20
MOST_LOOKED_AT = 400  # names with the same beginning, or nearly
SHORTEST_BEGINNING = 2  # letters
SHORTEST_MISSPELLED = 3
LAST_LETTERS = "z" * 12  # sorts after whatever a key goes on with
NEAREST_TO_ZIP_CODE = 3
FAR = (9, 0)  # the rank of a name that is not meant


@dataclass(frozen=True)
class Found:
    """What a query found.

    `cities` are published, best first. `near` are (miles, city) of the nearest to a ZIP code that
    serves none of them. `zip_code` is a `ZipCode`, or the digits of one that the directory does
    not know. `state` was named, too; `elsewhere` is the name of a state that is not in the
    directory. `certain` is the place that was meant beyond doubt, or None. `rest` are the words
    that say something else than where; `is_topic` says that all of them are a topic's, so that the
    cities are at most a guess.
    """

    query: Query
    cities: tuple[City, ...] = ()
    near: tuple[tuple[float, City], ...] = ()
    zip_code: ZipCode | str | None = None
    state: State | None = None
    elsewhere: str = ""
    certain: City | State | None = None
    rest: tuple[str, ...] = ()
    is_topic: bool = False

    @property
    def has_place(self):
        return bool(self.cities or self.near or self.state)


@dataclass(frozen=True)
class Reading:
    """One way to read a query: the words that name a place, and those that name its state."""

    place: tuple[int, int] = (0, 0)
    state: tuple[int, int] = (0, 0)
    code: str = ""  # of that state
    names: tuple[PlaceName, ...] = ()

    @property
    def merit(self):
        """Orders readings: the one that explains most words is best, then the longest name."""
        place, state = self.place[1] - self.place[0], self.state[1] - self.state[0]
        return place + state, place


def find(text, topic_words=frozenset()):
    """The `Found` for what somebody typed.

    `topic_words` mean something else than a place where other words are left: they are not
    taken for a part of a name that is nearly the same.
    """
    query = read(text)
    codes = {code for *_, code in query.states()}
    named = State.objects.published().filter(code__in=codes) if codes else ()
    states = {state.code: state for state in named}
    reading = _best_reading(query)
    if reading.names:
        return _by_name(query, reading, states, topic_words)
    if query.zip_code:
        return _by_zip_code(query)
    if reading.code and reading.code not in states:
        return Found(query, elsewhere=NAMES[reading.code])
    state = states.get(reading.code)
    words = query.without(reading.state)
    rest = tuple(telling(words))
    if state and not set(rest) - topic_words:
        return Found(query, state=state, certain=None if rest else state, rest=rest)
    is_topic = bool(rest) and not set(rest) - topic_words
    return Found(query, cities=_alike(words, state, topic_words), state=state, rest=rest, is_topic=is_topic)


def _best_reading(query):
    """The reading whose names are in the directory and which explains most words.

    One without names tells at most the state. A state that is named beside a place is the place's.
    """
    spans = [span for span in query.spans() if telling(query.words[slice(*span)])]
    keys = {span: keys_of(query.words[slice(*span)]) for span in spans}
    names = defaultdict(set)
    wanted = set().union(*keys.values())
    found = list(PlaceName.objects.filter(key__in=wanted, kind__lt=PlaceName.Kind.PART))
    # In a query of their own: joined, PostgreSQL reads every city where a word is common.
    cities = City.objects.published().select_related("state").in_bulk({name.city_id for name in found})
    for name in found:
        if city := cities.get(name.city_id):
            name.city = city
            names[name.key].add(name)
    states = query.states()
    best = max(
        (Reading(state=(start, end), code=code) for start, end, code in states),
        default=Reading(),
        key=lambda reading: reading.merit,
    )
    for place in spans:
        named = {name for key in keys[place] for name in names[key]}
        beside = [state for state in states if state[1] <= place[0] or place[1] <= state[0]]
        for start, end, code in beside or [(0, 0, "")]:
            there = tuple(name for name in named if not code or name.city.state.code == code)
            reading = Reading(place, (start, end), code, there)
            if there and (reading.merit > best.merit or (not best.names and reading.merit == best.merit)):
                best = reading
    return best


def _by_name(query, reading, states, topic_words):
    rest = tuple(telling(query.without(reading.place, reading.state)))
    in_order = sorted(reading.names, key=lambda name: (name.kind, -name.population, name.key, name.city_id))
    cities = _without_repeats(name.city for name in in_order)
    if query.zip_code:
        serving = set(City.objects.filter(zip_codes__code=query.zip_code).values_list("pk", flat=True))
        cities = [city for city in cities if city.pk in serving] or cities
    if set(rest) - topic_words:  # perhaps the words name another place, misspelled
        words = query.without(reading.state)
        cities = _without_repeats([*_alike(words, states.get(reading.code), topic_words), *cities])
    also = None  # «New York» alone may mean the state
    if not reading.code:
        also = next(
            (states.get(code) for *span, code in query.states() if tuple(span) == reading.place), None
        )
    certain = cities[0] if len(cities) == 1 and not rest and not also else None
    return Found(query, cities=tuple(cities[:MOST_SHOWN]), state=also, certain=certain, rest=rest)


def _by_zip_code(query):
    zip_code = ZipCode.objects.filter(code=query.zip_code).first()
    found = Found(query, zip_code=zip_code or query.zip_code, rest=tuple(telling(query.words)))
    if zip_code is None:
        return found
    serving = City.objects.published().filter(zip_codes=zip_code).select_related("state")
    cities = sorted(serving, key=lambda city: (-(city.population or 0), city.sort_key()))
    if cities:
        certain = cities[0] if len(cities) == 1 and not found.rest else None
        return replace(found, cities=tuple(cities), certain=certain)
    return replace(found, near=tuple(cities_nearest_to(zip_code, NEAREST_TO_ZIP_CODE)))


def _alike(words, state, topic_words):
    """Published cities whose names begin with the words, or nearly are the words, best first."""
    if not telling(words) and PROFESSIONAL & set(words):
        return ()
    attempts = [words, telling(words), [word for word in telling(words) if word not in topic_words]]
    attempts = [frozenset(keys_of(attempt)) for attempt in attempts]
    keys = {key for attempt in attempts for key in attempt if len(key) >= SHORTEST_BEGINNING}
    if not keys:
        return ()
    names = _candidates(keys, state)
    for attempt in dict.fromkeys(attempts):
        ranked = []
        for name in names:
            rank = min((_rank(key, name) for key in attempt & keys), default=FAR)
            if rank < FAR:
                ranked.append((rank, -name.population, name.city_id))
        if ranked:
            return _best_cities(ranked)
    return ()


def _candidates(keys, state):
    """The names that begin with one of the keys, or with nearly the same letters, as plain rows."""
    beginning = Q()
    for key in keys:
        beginning |= Q(key__gte=key, key__lte=key + LAST_LETTERS)
    alike = {text for key in keys if len(key) >= SHORTEST_MISSPELLED for text in misspellings(key)}
    names = set()
    for which in (beginning, Q(misspellings__text__in=alike)):
        some = PlaceName.objects.filter(which)
        if state:
            some = some.filter(city__state=state)
        # What an index holds, and no more: there may be thousands to choose the largest from.
        rows = some.values_list("pk", "key", "kind", "population", "city_id", named=True)
        names.update(rows.order_by("-population", "pk").distinct()[:MOST_LOOKED_AT])
    return names


def _best_cities(ranked):
    """The published cities of (rank, negative population, primary key) rows, best first, and then by name."""
    ranked.sort()
    wanted = set()
    for position, (*merit, city) in enumerate(ranked):
        if len(wanted) >= MOST_SHOWN and tuple(merit) != ranked[position - 1][:2]:
            break  # whoever comes later is worse than all of these
        wanted.add(city)
    cities = City.objects.published().select_related("state").in_bulk(wanted)
    found = [(*merit, cities[city].sort_key(), cities[city]) for *merit, city in ranked if city in cities]
    return tuple(_without_repeats(city for *_, city in sorted(found, key=lambda row: row[:3]))[:MOST_SHOWN])


def _rank(key, name):
    """How near a name is to a key: (0, 0) when it begins so, (1, letters that differ), or `FAR`."""
    if name.key.startswith(key):
        return 0, 0
    if len(key) < SHORTEST_MISSPELLED or name.kind == PlaceName.Kind.PART:
        return FAR
    allowed = 1 if len(key) < 6 else 2 if len(key) < 10 else 3
    differing = OSA.distance(key, name.key, score_cutoff=allowed)
    if differing <= allowed:
        return 1, differing
    # The beginning of a name, with one mistake in it.
    if len(key) > SHORTEST_MISSPELLED and OSA.distance(key, name.key[: len(key)], score_cutoff=1) <= 1:
        return 2, 1
    return FAR


def _without_repeats(cities):
    return list({city.pk: city for city in cities}.values())
