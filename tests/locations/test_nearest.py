"""What is nearest is what a look at everything finds."""

import random

import pytest

from locations.distance import Nearest, Point, great_circle_miles
from locations.models import City, State, ZipCode
from locations.nearby import cities_nearest_to, zip_codes_around
from locations.neighbors import MARGIN, within_reach, wrong_neighbors
from tests.factories import make_city

SEED = 13


def positions():
    """In and around the five states, at sea, and far away."""
    dice = random.Random(SEED)
    yield from (Point(0, dice.uniform(25, 45), dice.uniform(-124, -74)) for _ in range(40))
    yield from (Point(0, dice.uniform(39.5, 41.5), dice.uniform(-76, -73)) for _ in range(30))
    yield from (Point(0, dice.uniform(33, 38.5), dice.uniform(-122.5, -117)) for _ in range(30))
    yield from (Point(0, 21.31, -157.86), Point(0, 64.8, -147.7), Point(0, 0.0, 0.0))


def nearest_of_all(point, rows, limit):
    by_distance = sorted(rows, key=lambda row: (round(great_circle_miles(point, row), 6), row.pk))
    return [row.pk for row in by_distance[:limit]]


def test_cities_nearest_to_any_position(db):
    rows = list(City.objects.published())
    for point in positions():
        found = cities_nearest_to(point, 10)
        assert [city.pk for _, city in found] == nearest_of_all(point, rows, 10), point
        assert all(miles == pytest.approx(great_circle_miles(point, city)) for miles, city in found)


@pytest.mark.parametrize("count", [1, 40])
def test_zip_codes_nearest_to_cities_few_or_many(db, count):
    rows = list(ZipCode.objects.all())
    lonely = ["Key Largo", "Crescent City", "Tahoe City", "Plattsburgh"]  # some of which are there
    cities = [*City.objects.filter(name__in=lonely), *City.objects.order_by("pk")[:400:10]][-count:]
    around = zip_codes_around(cities)
    for city in cities:
        own = {zip_code.pk for zip_code in city.zip_codes.all()}
        wanted = nearest_of_all(city, [row for row in rows if row.pk not in own], 12)
        codes = {row.pk: row.code for row in rows}
        assert [near.code for near in around[city.pk]] == [codes[pk] for pk in wanted], city


def test_whether_any_point_is_within_reach_is_what_a_look_at_all_finds():
    dice = random.Random(SEED)
    points = [Point(key, dice.uniform(25, 49), dice.uniform(-125, -67)) for key in range(1, 300)]
    grid = Nearest(points)
    for point in positions():
        for miles in (0, 1, 17, 60, 250, 1500):
            wanted = any(great_circle_miles(point, other) <= miles for other in points)
            assert grid.any_within(miles, point) == wanted, (point, miles)
    assert Nearest([]).any_within(5000, points[0]) is False


def test_a_population_alone_can_change_who_lists_a_city(db):
    assert wrong_neighbors() == set()
    barstow = City.objects.filter(state__code="CA", population__lt=40_000).order_by("longitude").last()
    City.objects.filter(pk=barstow.pk).update(population=900_000)
    wrong = wrong_neighbors()
    assert wrong
    assert wrong <= within_reach({barstow.pk})
    assert len(within_reach({barstow.pk})) < City.objects.count() / 2


def test_a_city_far_from_others_lists_as_many_as_one_among_them(db):
    alone = make_city(State.objects.get(code="CA"), "Alone", latitude=41.9, longitude=-115.0)
    assert great_circle_miles(alone, alone.neighbor_links.shown()[0].neighbor) > MARGIN
    assert [link.neighbor_id for link in alone.neighbor_links.shown() if not link.is_big] == nearest_of_all(
        alone, City.objects.published().exclude(pk=alone.pk), 10
    )
    assert wrong_neighbors() == set()
