"""The published cities as lists show them, and how they are split where one page cannot list all."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

# The most cities that one page lists, so that it stays as light as a page should be. Where there are
# more in a state, each first letter has a page of its own; where there are more on the whole site, the
# directory lists the states alone.
MOST_IN_STATE = 300
MOST_IN_DIRECTORY = 1000


class ListedCity(NamedTuple):
    """What lists and maps show of a city: a row, without all that its own page shows."""

    pk: int
    slug: str
    name: str
    county: str
    population: int | None
    latitude: float
    longitude: float
    address: str

    def get_absolute_url(self):
        return self.address

    def sort_key(self):
        """Orders names as a reader expects, whatever the database's collation."""
        return self.slug.replace("-", " "), self.pk


FIELDS = ListedCity._fields[:-1]


def listed_cities(states):
    """{primary key of a state: its published cities by name} of those states, in one query."""
    from locations.models import City

    addresses = {state.pk: state.get_absolute_url() for state in states}
    listed = {state: [] for state in addresses}
    rows = City.objects.published().filter(state__in=addresses).order_by()
    for state, *fields in rows.values_list("state", *FIELDS):
        slug = fields[1]
        listed[state].append(ListedCity(*fields, f"{addresses[state]}{slug}/"))
    for cities in listed.values():
        cities.sort(key=ListedCity.sort_key)
    return listed


def with_cities(states):
    """Those states as a list, each with its `listed_cities` at hand: one query for all of them."""
    states = list(states)
    listed = listed_cities(states)
    for state in states:
        state.listed_cities = listed[state.pk]
    return states


@dataclass(frozen=True)
class Directory:
    """All published states by name, each with its `city_count`, and when the list last changed.

    When it `is_whole` they have their `listed_cities`, too; else there are too many for one page.
    """

    states: list
    changed_at: datetime | None

    @property
    def city_count(self):
        return sum(state.city_count for state in self.states)

    @property
    def is_whole(self):
        return self.city_count <= MOST_IN_DIRECTORY


def whole_directory():
    """The `Directory` as it is now."""
    from locations.freshness import directory_changed_at
    from locations.models import State

    directory = Directory(list(State.objects.published().with_city_count()), directory_changed_at())
    if directory.is_whole:
        with_cities(directory.states)
    return directory


def by_first_letter(cities):
    """{letter: cities} of cities that are in the order of their names."""
    letters = {}
    for city in cities:
        letters.setdefault(city.slug[:1], []).append(city)
    return letters
