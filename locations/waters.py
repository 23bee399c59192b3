"""Waters between the counties of places that are close in a straight line, and not by road."""

import csv
from functools import cache
from typing import NamedTuple

from django.conf import settings

from locations.distance import Point, great_circle_miles
from locations.maps.outlines import is_on_land

FILE = settings.BASE_DIR / "fixtures" / "waters.csv"
STEPS = 40  # points that are looked at on a straight line
LEAST_SHARE, LEAST_MILES = 0.1, 1  # of the line over open water, in one piece: less only touches a shore


class Water(NamedTuple):
    """What lies between two counties, as one says it after «across»."""

    name: str
    also_by_land: bool  # so that it depends on the places


def water_between(one, other):
    """What lies between two cities: «the Hudson»; "" for nothing known."""
    water = _waters().get(frozenset((_county(one), _county(other))))
    if water is None or (water.also_by_land and not _is_over_water(one, other)):
        return ""
    return water.name


def _county(city):
    return city.state.code, city.county


def _is_over_water(one, other):
    """Whether the straight line between two places leads over open water."""
    whole = great_circle_miles(one, other)
    longest = run = wet = 0
    for step in range(1, STEPS):
        part = step / STEPS
        point = Point(
            0,
            one.latitude + part * (other.latitude - one.latitude),
            one.longitude + part * (other.longitude - one.longitude),
        )
        run = 0 if is_on_land(point) else run + 1
        wet += run > 0
        longest = max(longest, run)
    return wet / STEPS >= LEAST_SHARE and longest / STEPS * whole >= LEAST_MILES


@cache
def _waters():
    """{{(USPS code, county), (USPS code, county)}: `Water`}, read once in the life of a process."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return {
            frozenset(
                ((row["one_state"], row["one_county"]), (row["other_state"], row["other_county"]))
            ): Water(row["water"], row["also_by_land"] == "yes")
            for row in csv.DictReader(file)
        }
