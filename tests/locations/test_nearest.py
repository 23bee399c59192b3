"""What is nearest is what a look at everything finds."""

import random

import pytest

from locations.distance import Nearest, Point, great_circle_miles
from locations.models import City, Neighbor, State
from locations.models.cities import wholes_of
from locations.nearby import around, cities_nearest_to
from locations.neighbors import within_reach, wrong_neighbors
from tests.factories import make_city, save
from tests.reading import page_of
from therapydir.derived.catching_up import catch_up

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


def test_all_points_within_reach_are_those_that_a_look_at_all_finds():
    dice = random.Random(SEED)
    points = [Point(key, dice.uniform(25, 49), dice.uniform(-125, -67)) for key in range(1, 300)]
    grid = Nearest(points)
    for point in positions():
        for miles in (0, 1, 17, 60, 250, 1500):
            by_distance = sorted((great_circle_miles(point, other), other.key) for other in points)
            wanted = [key for far, key in by_distance if far <= miles]
            assert [other.key for _, other in grid.within(miles, point)] == wanted, (point, miles)
    assert Nearest([]).within(5000, points[0]) == []
    assert points[0] not in [other for _, other in grid.within(50, points[0])]


def are_one(one, other, wholes):
    return other in wholes_of(one, wholes) or one in wholes_of(other, wholes)


def test_each_city_lists_ten_places_within_25_miles_or_else_the_nearest_three(db):
    cities = list(City.objects.published())
    wholes = {city.pk: city.part_of_id for city in cities if city.part_of_id}
    assert len(wholes) == 49
    for city in cities:
        by_distance = sorted((great_circle_miles(city, other), other.pk) for other in cities if other != city)
        others = [(miles, pk) for miles, pk in by_distance if not are_one(city.pk, pk, wholes)]
        close = [pk for miles, pk in others if miles <= 25]
        wanted = close[:10] or [pk for _, pk in others[:3]]
        listed = Neighbor.objects.filter(city=city, rank__gt=0).order_by("rank")
        assert list(listed.values_list("neighbor", flat=True)) == wanted, city


def test_no_city_is_placed_by_one_that_is_far_smaller_or_a_part(db):
    for link in Neighbor.objects.filter(is_anchor=True).select_related("city", "neighbor"):
        assert link.miles <= 25, link
        assert link.neighbor.population >= 2 * (link.city.population or 0), link
        assert link.neighbor.part_of_id is link.city.part_of_id is None, link
        assert link.neighbor.kind not in (City.Kind.TOWNSHIP, City.Kind.CDP) or link.miles <= 12, link
    assert not Neighbor.objects.filter(city__in=City.objects.exclude(part_of=None), is_anchor=True).exists()


def test_a_place_that_becomes_a_part_leaves_the_lists_of_what_contains_it(client, db):
    anaheim, fullerton = (City.objects.get(name=name) for name in ("Anaheim", "Fullerton"))
    placentia = City.objects.get(name="Placentia")
    assert anaheim.neighbor_links.filter(neighbor=fullerton).exists()
    fullerton.part_of = anaheim
    save(fullerton)
    placentia.part_of = fullerton
    save(placentia)
    for one in (anaheim, fullerton, placentia):
        others = {anaheim.pk, fullerton.pk, placentia.pk}
        assert not one.neighbor_links.filter(neighbor__in=others).exists(), one
    assert wrong_neighbors() == set()
    assert "A city of Anaheim" in page_of(client, fullerton.get_absolute_url()).text
    assert fullerton.get_absolute_url() in page_of(client, anaheim.get_absolute_url()).links
    City.objects.filter(pk=fullerton.pk).update(part_of=None)
    catch_up()
    assert anaheim.neighbor_links.filter(neighbor=fullerton).exists()
    assert anaheim.neighbor_links.filter(neighbor=placentia).exists()
    assert wrong_neighbors() == set()


def test_what_is_around_a_visitor_begins_with_the_cities_of_the_nearest_zip_code(db):
    for position, first in {(34.03, -118.40): "Los Angeles", (32.85, -117.25): "La Jolla"}.items():
        found = around(Point(0, *position), 10)
        assert found.is_here
        assert found.cities[0][1].name == first
        assert len({city.pk for _, city in found.cities}) == 10
    assert not around(Point(0, 41.88, -87.63), 10).is_here  # Chicago


def test_who_stands_in_a_state_that_does_not_show_is_not_said_to_be_here(db):
    position = Point(0, 25.77, -80.19)  # Miami
    assert around(position, 3).is_here
    State.objects.filter(code="FL").update(is_published=False)
    assert not around(position, 3).is_here


def test_a_population_alone_can_change_who_lists_a_city(db):
    assert wrong_neighbors() == set()
    barstow = City.objects.filter(state__code="CA", population__lt=40_000).order_by("longitude").last()
    City.objects.filter(pk=barstow.pk).update(population=900_000)
    wrong = wrong_neighbors()
    assert wrong
    assert wrong <= within_reach({barstow.pk})
    assert len(within_reach({barstow.pk})) < City.objects.count() / 2


def test_a_city_far_from_others_lists_the_nearest_three(db):
    alone = make_city(State.objects.get(code="CA"), "Alone", latitude=41.9, longitude=-115.0)
    others = City.objects.published().exclude(pk=alone.pk)
    assert [link.neighbor_id for link in alone.neighbor_links.shown()] == nearest_of_all(alone, others, 3)
    assert wrong_neighbors() == set()
    farther = make_city(State.objects.get(code="CA"), "Farther", latitude=41.9, longitude=-113.9)
    assert alone.neighbor_links.shown()[0].neighbor_id == farther.pk
    close = make_city(State.objects.get(code="CA"), "Close", latitude=41.9, longitude=-115.1)
    assert [link.neighbor_id for link in alone.neighbor_links.shown()] == [close.pk]
    City.objects.filter(pk__in=[close.pk, farther.pk]).delete()
    catch_up()
    assert [link.neighbor_id for link in alone.neighbor_links.shown()] == nearest_of_all(alone, others, 3)
    assert wrong_neighbors() == set()
