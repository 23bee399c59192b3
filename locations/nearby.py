"""What is nearest to any point."""

from dataclasses import dataclass
from math import cos, radians

from locations.distance import MILES_PER_DEGREE, great_circle_miles
from locations.models import City, Serves, ZipCode

FIRST_LOOK = 25  # miles around, which holds a handful of places but in a desert
FARTHEST = 3000  # miles: across the country
ZIP_CODES = 4  # the nearest, whose cities come first
AT_HOME = 30  # miles from the center of a ZIP code, beyond which somebody is not in one of our states


def cities_nearest_to(point, limit):
    """(miles, city) of the `limit` published cities nearest to a point, nearest first.

    `point` has a latitude and a longitude in degrees (WGS 84).
    """
    cities = City.objects.published()
    nearest = nearest_rows(cities.values_list("pk", "latitude", "longitude", named=True), point, limit)
    # There may be hundreds in the box: only those that were looked for are read whole.
    found = cities.select_related("state").in_bulk(row.pk for _, row in nearest)
    return [(miles, found[row.pk]) for miles, row in nearest if row.pk in found]


@dataclass(frozen=True)
class Around:
    """What is around a position: (miles, city) pairs, and whether that is in one of our states, or close."""

    cities: tuple
    is_here: bool


def around(position, limit):
    """The cities around a position: first those of the nearest ZIP codes, then the nearest.

    Somebody at the edge of a large city is nearer to the center of another. `position` has a latitude and a
    longitude in degrees (WGS 84).
    """
    areas = ZipCode.objects.filter(state__is_published=True).order_by()
    areas = areas.values_list("pk", "latitude", "longitude", named=True)
    zip_codes = nearest_rows(areas, position, ZIP_CODES)
    place = {zip_code.pk: number for number, (_, zip_code) in enumerate(zip_codes)}
    links = Serves.objects.filter(zipcode__in=place).select_related("city__state")
    ranked = sorted(links, key=lambda link: (place[link.zipcode_id], link.rank, link.city_id))
    first = {link.city_id: link.city for link in ranked if link.city.is_visible}
    found = [(great_circle_miles(position, city), city) for city in first.values()]
    found += [pair for pair in cities_nearest_to(position, limit) if pair[1].pk not in first]
    is_here = bool(zip_codes) and zip_codes[0][0] <= AT_HOME
    return Around(tuple(found[:limit]), is_here)


def nearest_rows(rows, point, limit):
    """(miles, row) of the `limit` rows nearest to a point.

    Looks through an ever wider box, so that the database reads the rows there and no others.
    """
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
