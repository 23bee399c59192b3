"""What pages of states print of who can help there, by city; as objects that templates and dates share."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from locations.models import City
from locations.models.cities import wholes_of
from providers.facts import in_words
from providers.kinds import BY_SLUG, LISTS
from providers.models import CityList

FIRST = ("clinics", "occupational-therapists", "physical-therapists")  # that the table tells of
FEWEST = 2  # columns, with what comes next where nobody is in those
PEOPLE = 10_000  # for which a rate is told


@dataclass(frozen=True)
class Cell:
    """How many of a list are in a city."""

    count: int
    rate: str  # for each 10,000 people who live there; "" for none


@dataclass(frozen=True)
class CityRow:
    """One of a state's largest cities."""

    name: str
    path: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class StateCare:
    """Who can help in a state."""

    counts: tuple[str, ...]  # «812 clinics»
    columns: tuple[str, ...]  # the short names of the lists that the table has
    rows: tuple[CityRow, ...]
    by_city: tuple[tuple[str, int], ...]  # (path, how many entries its lists have, with those of its parts)
    by_county: tuple[tuple[str, int], ...]

    @property
    def in_words(self):
        return in_words(self.counts)


def care_in_states(states):
    """{primary key: `StateCare`} of those `State` objects with their `listed_cities`; in two queries."""
    own = defaultdict(Counter)
    rows = CityList.objects.filter(city__in=_shown(states)).order_by()
    for city, slug, count in rows.values_list("city", "slug", "count"):
        own[city][slug] += count
    wholes = City.objects.published().wholes()
    return {state.pk: _care_in(state, own, _with_parts(own, wholes)) for state in states}


def counted_in_states(states):
    """{primary key: «812 clinics and 9 home health agencies»} of those states that have somebody."""
    rows = CityList.objects.filter(city__in=_shown(states)).order_by()
    totals = defaultdict(dict)
    for state, slug, count in rows.values_list("city__state", "slug").annotate(Sum("count")):
        totals[state][slug] = count
    return {state: in_words(_counted(total)) for state, total in totals.items()}


def _shown(states):
    return City.objects.filter(state__in=[state.pk for state in states], is_published=True)


def _with_parts(own, wholes):
    """How many are in each city and in its parts, by list."""
    total = defaultdict(Counter)
    for city, counts in own.items():
        for one in (city, *wholes_of(city, wholes)):
            total[one].update(counts)
    return total


def _care_in(state, own, total):
    cities = state.listed_cities
    here = Counter()
    for city in cities:
        here.update(own.get(city.pk, {}))
    columns = _columns(here)
    return StateCare(
        counts=_counted(here),
        columns=tuple(BY_SLUG[slug].short for slug in columns),
        rows=tuple(_row(city, columns, total[city.pk]) for city in state.largest_cities if columns),
        by_city=tuple(
            (city.path, total[city.pk].total()) for city in state.mapped_cities if total.get(city.pk)
        ),
        by_county=_by_county(cities, own),
    )


def _columns(counts):
    """Of which lists the table tells."""
    there = [one.slug for one in LISTS if counts[one.slug]]
    first = [slug for slug in there if slug in FIRST]
    return first if len(first) >= FEWEST else there[:FEWEST]


def _row(city, columns, counts):
    cells = (
        Cell(counts[slug], f"{counts[slug] * PEOPLE / city.population:.1f}" if counts[slug] else "")
        for slug in columns
    )
    return CityRow(city.name, city.path, tuple(cells))


def _by_county(cities, own):
    found = Counter()
    for city in cities:
        if city.pk in own:
            found[city.county] += own[city.pk].total()
    return tuple(sorted(found.items()))


def _counted(counts):
    """(«38 clinics», …) in the order of the lists."""
    return tuple(one.counted(counts[one.slug]) for one in LISTS if counts.get(one.slug))
