"""Every ZIP code of the five states leads to whom it serves, and past nobody who is much nearer."""

from locations.distance import Nearest, Point, great_circle_miles
from locations.models import City, ZipCode
from locations.nearby import around
from locations.search.finding import find
from locations.search.zip_codes import CLOSE, NEARER


def test_no_zip_code_leads_past_a_place_that_is_close_and_much_nearer(db):
    cities = City.objects.in_bulk()
    grid = Nearest(Point(city.pk, city.latitude, city.longitude) for city in cities.values())
    past, asked = [], 0
    for zip_code in ZipCode.objects.all():
        close = grid.within(CLOSE, Point(0, zip_code.latitude, zip_code.longitude))
        if not close:
            continue
        found = find(zip_code.code)
        offered = [*found.cities, *(city for _, city in found.near)]
        least = min(great_circle_miles(zip_code, city) for city in offered)
        past += [(zip_code.code, cities[far.key].name) for miles, far in close if miles + NEARER < least]
        asked += len(offered) > 1
        assert (found.certain is None) == (len(offered) > 1 or bool(found.unlisted)), zip_code
    assert past == []
    assert asked > 500


def test_who_stands_in_a_zip_code_is_shown_its_city_first(db):
    """For positions as a device tells them, rounded; 840 of 3,734 were shown somebody else's before."""
    served = ZipCode.objects.exclude(cities=None).prefetch_related("cities")[::4]
    right = 0
    for zip_code in served:
        position = Point(0, round(zip_code.latitude, 2), round(zip_code.longitude, 2))
        _, first = around(position, 3).cities[0]
        right += first in zip_code.cities.all()
    assert right / len(served) >= 0.95
