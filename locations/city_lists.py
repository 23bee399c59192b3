"""The published cities as lists show them, and how lists are split where one page cannot hold them.

Where a state has more cities than a page holds, each first letter has a page of its own; where the
whole site has, the directory lists the states alone.
"""

from typing import NamedTuple

from therapydir.pages.paths import slug_for

# The most cities that one page lists, so that it stays as light as a page should be.
MOST_IN_STATE = 220  # with a map and structured data, which name each city, too
MOST_IN_DIRECTORY = 1000


def by_name(city):
    """Orders cities by name as a reader expects, whatever the database's collation."""
    return city.slug.replace("-", " "), city.pk


class ListedCity(NamedTuple):
    """What lists and maps show of a city: a row, without all that its own page shows."""

    pk: int
    slug: str
    name: str
    county: str
    population: int | None
    latitude: float
    longitude: float
    path: str
    is_offered: bool  # to search engines

    sort_key = by_name

    def get_absolute_url(self):
        return self.path


COLUMNS = ListedCity._fields[:-2]


def is_split(city_count):
    """Whether a state has more cities than its page lists."""
    return city_count > MOST_IN_STATE


def by_first_letter(cities):
    """{letter: cities} of cities that are in the order of their names."""
    letters = {}
    for city in cities:
        letters.setdefault(city.slug[:1], []).append(city)
    return letters


def by_county(cities):
    """[(county, its id on the page, cities)] of cities that are in the order of their names."""
    counties = {}
    for city in cities:
        counties.setdefault(city.county, []).append(city)
    return [(county, county_anchor(county), counties[county]) for county in sorted(counties)]


def county_anchor(name):
    return f"county_{slug_for(name)}"


def largest(cities):
    """As many of the cities as one page shows, the most populous, by name."""
    by_population = sorted(cities, key=lambda city: -(city.population or 0))
    return sorted(by_population[:MOST_IN_STATE], key=by_name)
