"""What is nearest to any point: published cities, ZIP codes."""

from dataclasses import dataclass
from math import cos, radians

from locations.distance import MILES_PER_DEGREE, Nearest, Point, direction, great_circle_miles
from locations.models import City, ZipCode

FIRST_LOOK = 25  # miles around, which holds a handful of places but in a desert
FARTHEST = 3000  # miles: across the country
ZIP_CODES_AROUND = 12
CLOSE = 12  # miles around, which holds as many ZIP codes but in the country
WIDE = 60  # miles around, which holds them but in Alaska: for so many cities that one wide look is quicker
MANY = 20  # cities
ZIP_CELL_DEGREES = 0.1  # they lie closer together than places


@dataclass(frozen=True)
class ZipCodeNearby:
    """A ZIP code near a city: its distance in miles, and the way there."""

    code: str
    place_name: str
    miles: float
    direction: str

    @property
    def miles_shown(self):
        return f"{self.miles:.1f}"


def cities_nearest_to(point, limit):
    """(miles, city) of the `limit` published cities nearest to a point, nearest first.

    `point` has a latitude and a longitude in degrees (WGS 84).
    """
    cities = City.objects.published()
    nearest = _nearest(cities.values_list("pk", "latitude", "longitude", named=True), point, limit)
    # There may be hundreds in the box: only those that were looked for are read whole.
    found = cities.select_related("state").in_bulk(row.pk for _, row in nearest)
    return [(miles, found[row.pk]) for miles, row in nearest if row.pk in found]


def zip_codes_around(cities):
    """The nearest ZIP codes that are not a city's own, nearest first: {primary key: [`ZipCodeNearby`, …]}.

    Takes one query for all cities, and one or two more for each that has few ZIP codes around.
    """
    margin = WIDE if len(cities) > MANY else CLOSE
    rows = ZipCode.objects.values_list("pk", "latitude", "longitude", "code", "place_name", named=True)
    nearest = Nearest((_ZipPoint(*row) for row in in_box(rows, cities, margin)), ZIP_CELL_DEGREES)
    around = {}
    for city in cities:
        own = {zip_code.pk for zip_code in city.zip_codes.all()}
        start = Point(0, city.latitude, city.longitude)  # no row has that key
        found = nearest.to(start, ZIP_CODES_AROUND, lambda point, own=own: point.key not in own)
        if len(found) < ZIP_CODES_AROUND or found[-1][0] > margin:  # one outside of the box may be nearer
            found = _nearest(rows.exclude(cities=city), city, ZIP_CODES_AROUND)
        around[city.pk] = [
            ZipCodeNearby(zip_code.code, zip_code.place_name, miles, direction(city, zip_code))
            for miles, zip_code in found
        ]
    return around


@dataclass(frozen=True)
class _ZipPoint(Point):
    code: str
    place_name: str


def _nearest(rows, point, limit):
    """Looks through an ever wider box, so that the database reads the rows there and no others."""
    miles = FIRST_LOOK
    while True:
        found = sorted(
            ((great_circle_miles(point, row), row) for row in in_box(rows, [point], miles)),
            key=lambda pair: (round(pair[0], 6), pair[1].pk),
        )
        within = [pair for pair in found if pair[0] <= miles]
        if len(within) >= limit or miles > FARTHEST:
            return found[:limit]
        miles *= 4


def in_box(rows, points, miles):
    """The rows in a box that holds whatever is within so many miles of any of the points."""
    if not points:
        return rows.none()
    norths, easts = [point.latitude for point in points], [point.longitude for point in points]
    north = miles / MILES_PER_DEGREE
    farthest_north = min(89.0, max(map(abs, norths)) + north)
    east = north / cos(radians(farthest_north))
    return rows.filter(
        latitude__range=(min(norths) - north, max(norths) + north),
        longitude__range=(min(easts) - east, max(easts) + east),
    )
