"""Where a city is, in words: from a larger city close by, or in its county."""

import csv
from functools import cache

from django.conf import settings

from locations.distance import great_circle_miles

FILE = settings.BASE_DIR / "fixtures" / "counties.csv"
LARGER = 2  # times as many people has a city that another one is placed by
# How far away in its county one with so many people is a help: a smaller city is known less far.
REACH = ((250_000, 25), (100_000, 15), (50_000, 10), (25_000, 8))  # people, miles
# Beyond its county it is one only if it is known to everybody, and everybody there looks to it.
KNOWN, KNOWN_MILES, MUCH_LARGER = 250_000, 20, 3
LARGE, NEXT_DOOR_MILES = 50_000, 7  # or if it is next door
DETOUR = 1.25  # times as far a city beyond a county line is felt to be
# Ten times as many people make up for twice the way.
RENOWN = 0.3
# Nobody is placed by a city that is so close to one with nearly twice as many people, unless it is large.
SHADOW_MILES, SHADOWED, OWN_LIGHT = 14, 1.9, 300_000
SMALL = 50_000  # people, of a city that any larger one casts its shadow on
NAMESAKE, NAMESAKE_MILES = 5_000, 12


def anchor_among(city, others):
    """The primary key of the city that another one is placed by, or None.

    `others` are (miles, city) of those around it. Each has a name, a state, a county, a population, and
    degrees north and east (WGS 84).
    The one whose name it bears is that, or else the one that is closest for its size.
    """
    least = max(1, LARGER * _people(city))
    larger = [(miles, other) for miles, other in others if _people(other) >= least]
    namesakes = [
        (miles, other.pk)
        for miles, other in larger
        if _people(other) >= NAMESAKE and miles <= NAMESAKE_MILES and _bears_name_of(city, other)
    ]
    if namesakes:
        return min(namesakes)[1]
    near = [(miles, other) for miles, other in larger if miles <= _reach(city, other)]
    lit = [pair for pair in near if not _is_in_shadow(pair[1], [other for _, other in larger])]
    return min((_felt(miles, city, other), other.pk) for miles, other in lit)[1] if lit else None


def _people(city):
    return city.population or 0


def _bears_name_of(city, other):
    """Whether it is called after the other, as North Miami and Melbourne Beach are."""
    return city.state == other.state and f" {other.name} " in f" {city.name} "


def _is_same_county(city, other):
    return (city.state, city.county) == (other.state, other.county)


def _reach(city, other):
    people = _people(other)
    if _is_same_county(city, other):
        return next((miles for least, miles in REACH if people >= least), 0)
    if people >= max(KNOWN, MUCH_LARGER * _people(city)):
        return KNOWN_MILES
    return NEXT_DOOR_MILES if people >= LARGE else 0


def _is_in_shadow(city, others):
    """Whether people there say how far they are from one of the others instead."""
    people = _people(city)
    least = people + 1 if people < SMALL else SHADOWED * people
    return people < OWN_LIGHT and any(
        _people(other) >= least and great_circle_miles(city, other) <= SHADOW_MILES for other in others
    )


def _felt(miles, city, other):
    return miles * (1 if _is_same_county(city, other) else DETOUR) / _people(other) ** RENOWN


def place_in_county(city):
    """«in the east of Pinellas County», or "" for a county that is not known, or is the city itself."""
    thirds = _thirds().get((city.state.code, city.county))
    if thirds is None:
        return ""
    west, east, south, north = thirds
    side = _side(city.latitude, south, north, "south", "north")
    side += _side(city.longitude, west, east, "west", "east")
    return f"in the {side or 'center'} of {city.county} County"


def _side(position, low, high, below, above):
    if low is None:
        return ""
    return below if position < low else above if position > high else ""


@cache
def _thirds():
    """{(USPS code, county): degrees where its west and its south end, its east and its north begin}.

    Read once in the life of a process. None where a county is so slim that this is not worth telling.
    """
    with FILE.open(newline="", encoding="utf-8") as file:
        return {
            (row["state_code"], row["name"]): tuple(
                float(row[side]) if row[side] else None for side in ("west", "east", "south", "north")
            )
            for row in csv.DictReader(file)
        }
