"""Which of the ways to read a query is meant: which of its words name a place, and which its state."""

from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from locations.models import City, County, OtherPlace, State
from locations.models.names import PlaceName
from locations.search.elsewhere import LargerCity, larger_cities
from locations.search.names import LAST_LETTERS, key_of, keys_of, written_out
from locations.search.query import (
    BEFORE_PLACE,
    SHORTEST_MISSPELLED_STATE,
    STATES,
    StateSpan,
    is_ordinary,
    telling,
)
from locations.us_states import NAMES

COUNTY = {"county", "co", "counties"}
COUNTY_OF = (("county", "of"), ("the", "county", "of"))
# What counties are called, too: by keys.
COUNTY_ALSO = {"la": "losangeles", "dade": "miamidade"}
LONG_STATE = 8  # letters, from which two mistakes are forgiven


@dataclass(frozen=True)
class Reading:
    """One way to read a query: the words that name a place or a county, and those that name its state.

    `contradicts` says that the state has no such place.
    """

    place: tuple[int, int] = (0, 0)
    state: StateSpan | None = None
    names: tuple[PlaceName, ...] = ()
    counties: tuple[County, ...] = ()
    larger: tuple[LargerCity, ...] = ()  # elsewhere in the country
    contradicts: bool = False

    @property
    def code(self):
        return self.state.code if self.state else ""

    def spans(self):
        return [span for span in (self.place, self.state) if span]

    @property
    def merit(self):
        """Orders readings: the one that explains most words is best, then the longest name."""
        place = self.place[1] - self.place[0]
        state = self.state.end - self.state.start if self.state else 0
        is_part = any(name.city_id and name.city.part_of_id for name in self.names)
        what = self.is_listed, bool(self.larger), bool(self.counties), is_part
        return place + state, not (self.contradicts or self.larger), place, *what

    @property
    def is_listed(self):
        """Whether a place of that name has a page."""
        return any(name.city_id for name in self.names)


def begins_a_name(words):
    """Whether a city's name begins with all of the words, and goes on."""
    key = key_of(written_out(words))
    beginning = PlaceName.objects.filter(key__gt=key, key__lte=key + LAST_LETTERS, city__isnull=False)
    return beginning.filter(kind__lt=PlaceName.Kind.PART).exists()


class Known:
    """What the directory knows of the words of a query: names, counties and states, in a few queries."""

    def __init__(self, query):
        self.query = query
        self.states = {state.code: state for state in State.objects.published()}
        self.spans = [span for span in query.spans() if self._may_be_a_name(query.words[slice(*span)])]
        self.keys = {span: keys_of(query.words[slice(*span)]) for span in self.spans}
        self.names = self._names()
        self.counties = self._counties()

    def _may_be_a_name(self, words):
        """Whether the words tell something else than whom somebody looks for, as «nursing home» does."""
        return bool(telling(words)) and not self.query.said.issuperset(words)

    def _names(self):
        """{key: `PlaceName` rows that it is the whole or the short name of}, with the places themselves."""
        wanted = set().union(*self.keys.values())
        rows = list(PlaceName.objects.filter(key__in=wanted, kind__lt=PlaceName.Kind.PART))
        # In queries of their own: joined, PostgreSQL reads every city where a word is common.
        cities = City.objects.published().select_related("state", "part_of")
        cities = cities.in_bulk({row.city_id for row in rows if row.city_id})
        others = OtherPlace.objects.found().in_bulk({row.other_id for row in rows if row.other_id})
        names = defaultdict(set)
        for row in rows:
            if row.city_id in cities:
                row.city = cities[row.city_id]
            elif row.other_id in others:
                row.other = others[row.other_id]
            else:
                continue
            names[row.key].add(row)
        return names

    def _counties(self):
        """{span: counties that it names, with whether it says so: «Bergen County», and not «Bergen»}."""
        keys = {}
        for start, end in self.query.spans():
            words, is_said = self._county_words(start, end)
            if words and (is_said or not is_ordinary(words)):
                key = key_of(written_out(words))
                keys[start, end] = COUNTY_ALSO.get(key, key) if is_said else key, is_said
        wanted = {key for key, _ in keys.values()}
        found = defaultdict(list)
        counties = County.objects.filter(key__in=wanted, state__is_published=True).select_related("state")
        for county in counties.order_by("state__name"):
            found[county.key].append(county)
        return {span: (tuple(found[key]), is_said) for span, (key, is_said) in keys.items() if key in found}

    def _county_words(self, start, end):
        words = self.query.words[start:end]
        if words[-1] in COUNTY and len(words) > 1:
            return words[:-1], True
        for marks in COUNTY_OF:
            if words[: len(marks)] == marks and len(words) > len(marks):
                return words[len(marks) :], True
        return words, False

    def named(self, span):
        return {name for key in self.keys[span] for name in self.names.get(key, ())}

    def best_reading(self):
        """The `Reading` that explains most words. One without names tells at most the state."""
        states = [*self.query.states(), *self._misspelled_states()]
        readings = [Reading()]
        readings += [Reading(state=state) for state in states]
        for span in self.spans:
            if named := self.named(span):
                readings += self._of_names(span, named, states)
            readings += self._elsewhere(span, states)
        for span, (counties, is_said) in self.counties.items():
            if is_said or not self._is_called_so(span, counties):
                readings += self._of_counties(span, counties, states)
        return max(readings, key=lambda reading: reading.merit)

    def _is_called_so(self, span, counties):
        """Whether a name without the word “county” is that of a place: a city, or one of the same state."""
        named = self.named(span) if span in self.keys else ()
        codes = {county.state.code for county in counties}
        return any(name.city_id or name.other.state.code in codes for name in named)

    def meant_too(self, reading):
        """The counties that the name may mean just as well: none of its cities lies in one of them."""
        counties, _ = self.counties.get(reading.place, ((), False))
        if reading.state:
            return ()
        cities = {name.city for name in reading.names if name.city_id}
        if any(
            (city.state_id, city.county) == (county.state_id, county.name)
            for city in cities
            for county in counties
        ):
            return ()
        return counties

    def _elsewhere(self, span, states):
        for state in states:
            is_behind = state.start == span[1] and state.code not in self.states
            if found := larger_cities(self.keys[span], {state.code}) if is_behind else ():
                yield Reading(span, state, larger=tuple(found[:1]))

    def _of_names(self, span, named, states):
        beside = [state for state in states if state.end <= span[0] or span[1] <= state.start]
        if any(state.is_plain and state.start <= span[0] and span[1] <= state.end for state in states):
            return
        if here := self._meant_alone(span, named, states):
            yield Reading(span, None, here)
        for state in beside:
            there = tuple(name for name in named if (name.city or name.other).state.code == state.code)
            if there:
                yield Reading(span, state, there)
            elif (not state.is_weak or state.start == span[1]) and not self._begins_a_name(span, state):
                yield Reading(span, state, tuple(named), contradicts=True)

    def _of_counties(self, span, counties, states):
        yield Reading(span, None, counties=counties)
        for state in states:
            there = tuple(county for county in counties if county.state.code == state.code)
            if there and (state.end <= span[0] or span[1] <= state.start):
                yield Reading(span, state, counties=there)

    def _meant_alone(self, span, named, states):
        """Those of the names that are meant where no state stands beside them.

        Words of the language are a city's name where nothing else is said, or behind «in»; what has no
        page must be all that was typed, and no state.
        """
        words = self.query.words
        is_all = len(words) == span[1] - span[0] > 1
        listed = tuple(name for name in named if name.city_id)
        if (*span,) in {(state.start, state.end) for state in states} and not listed:
            return ()
        if not is_ordinary(words[slice(*span)]) or self.query.zip_code:
            return tuple(named)
        rest = [word for word in telling(self.query.without(span)) if word not in self.query.said]
        if words[max(0, span[0] - 1)] in BEFORE_PLACE:
            return tuple(named)
        if rest and is_ordinary(rest):
            return ()
        is_among_names = rest and span[1] - span[0] > 1
        return tuple(named) if is_all or is_among_names else listed

    def _begins_a_name(self, span, state):
        """Whether the two letters behind a name begin another word: «port or» is Port Orange."""
        if state.end - state.start > 1 or len(self.query.words[state.start]) > 2 or state.start != span[1]:
            return False
        return begins_a_name(self.query.words[span[0] : state.end])

    def _misspelled_states(self):
        """Names of states with a letter or two amiss, among words that name nothing else."""
        for start, end in self.spans:
            words = self.query.words[start:end]
            text = " ".join(words)
            if end - start > 2 or len(text) < SHORTEST_MISSPELLED_STATE or text in STATES:
                continue
            if is_ordinary(words) or self.named((start, end)):
                continue
            allowed = 2 if len(text) >= LONG_STATE else 1
            near = [
                (OSA.distance(text, name.lower(), score_cutoff=allowed), code not in self.states, code)
                for code, name in NAMES.items()
                if name[0].lower() == text[0]
            ]
            distance, _, code = min(near, default=(allowed + 1, True, ""))
            if distance <= allowed:
                yield StateSpan(start, end, code, is_spelled=False)
