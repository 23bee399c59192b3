"""Distances, and the nearest of many."""

import random

import pytest

from locations.distance import Nearest, Point, great_circle_miles, in_miles
from locations.templatetags.humanize_place import degrees
from locations.words import about


@pytest.mark.parametrize(
    ("one", "other", "miles"),
    [
        # A degree of a great circle is 69.09 miles on a sphere of 3,958.76 miles.
        (Point(1, 0, 0), Point(2, 1, 0), 69.09),
        (Point(1, 0, 0), Point(2, 0, 1), 69.09),
        (Point(1, 60, 0), Point(2, 60, 1), 34.54),
        (Point(1, 0, 0), Point(2, 0, 180), 12436.8),
        (Point(1, 40.7128, -74.006), Point(2, 34.0522, -118.2437), 2445.6),  # New York, Los Angeles
        (Point(1, 5, 5), Point(2, 5, 5), 0),
    ],
)
def test_great_circle_distances(one, other, miles):
    assert great_circle_miles(one, other) == pytest.approx(miles, rel=2e-3, abs=1e-9)
    assert great_circle_miles(other, one) == great_circle_miles(one, other)


@pytest.mark.parametrize("spread", [0.05, 2, 25])
def test_the_grid_finds_what_a_look_at_every_point_finds(spread):
    chance = random.Random(7)
    points = [
        Point(key, 40 + chance.uniform(-spread, spread), -100 + chance.uniform(-2 * spread, 2 * spread))
        for key in range(400)
    ]
    nearest = Nearest(points)
    for point in points[::20]:
        others = [other for other in points if other.key != point.key]
        by_distance = sorted(others, key=lambda other, here=point: great_circle_miles(here, other))
        assert [other.key for _, other in nearest.to(point, 10)] == [o.key for o in by_distance[:10]]


def test_there_may_be_fewer_points_than_asked_for():
    alone, far = Point(1, 10, 10), Point(2, 60, 100)
    assert Nearest([alone]).to(alone, 10) == []
    assert [other.key for _, other in Nearest([alone, far]).to(alone, 10)] == [2]


def test_equally_far_points_come_in_the_order_of_their_keys():
    points = [Point(3, 0, 1), Point(2, 0, -1), Point(1, 0, 0)]
    assert [other.key for _, other in Nearest(points).to(points[2], 2)] == [2, 3]


@pytest.mark.parametrize(
    ("miles", "words"),
    [
        (0, "less than 1 mile"),
        (0.99, "less than 1 mile"),
        (1, "1 mile"),
        (1.49, "1 mile"),
        (1.51, "2 miles"),
        (2445.6, "2,446 miles"),
    ],
)
def test_miles_in_words(miles, words):
    assert in_miles(miles) == words


def test_numbers_about_a_place():
    assert degrees(-117.9145, "E") == "117.9145° W"
    assert degrees(33.8, "N") == "33.8000° N"
    assert [about(n) for n in (350_742, 8_804_190, 598, 1_472_654, 45, 7)] == [
        "350,000",
        "8,800,000",
        "600",
        "1,500,000",
        "45",
        "7",
    ]


@pytest.mark.parametrize(
    ("value", "positive", "words"),
    [
        (33.8353, "N", "33.8353° N"),
        (-33.8353, "N", "33.8353° S"),
        (-117.9, "E", "117.9000° W"),
        (0, "E", "0.0000° E"),
    ],
)
def test_degrees_in_words(value, positive, words):
    assert degrees(value, positive) == words
