"""Larger cities of the whole country, so that the search knows a name that it has no page for."""

import csv
from functools import cache
from typing import NamedTuple

from django.conf import settings

from locations.search.names import keys_of
from locations.us_states import NAMES
from therapydir.pages.words import words_of

FILE = settings.BASE_DIR / "fixtures" / "us_cities.csv"


class LargerCity(NamedTuple):
    """A city that many people mean by its name."""

    name: str
    code: str  # of its state
    population: int

    @property
    def full_name(self):
        return f"{self.name}, {NAMES[self.code]}"


def larger_cities(keys, codes=None):
    """Those of these names, the most populous first; with `codes`, in one of those states alone."""
    found = {city for key in keys for city in _by_key().get(key, ())}
    wanted = [city for city in found if codes is None or city.code in codes]
    return sorted(wanted, key=lambda city: (-city.population, city.code))


@cache
def _by_key():
    cities = {}
    with FILE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            city = LargerCity(row["name"], row["state_code"], int(row["population"]))
            for name in filter(None, (row["name"], row["other_name"])):
                for key in keys_of(words_of(name)):
                    cities.setdefault(key, []).append(city)
    return cities
