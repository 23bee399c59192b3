"""The projection of the maps, against the published example, and its fit into a picture."""

from math import cos, pi

import pytest

from locations.maps.projection import Albers, bounds, trimmed, view_of

# Snyder, Map Projections: A Working Manual, page 291: Albers on the sphere, forward.
SNYDER = {"longitude": -96, "latitude": 23, "south": 29.5, "north": 45.5}
PENNSYLVANIA = [(-80.5, 39.7), (-80.5, 42.3), (-74.7, 39.7), (-74.7, 42.3)]


def test_the_projection_gives_the_numbers_of_the_manual():
    projection = Albers(**SNYDER)
    assert projection.n == pytest.approx(0.6028370, abs=5e-8)
    assert projection.c == pytest.approx(1.3512213, abs=5e-8)
    assert projection(-75, 35) == pytest.approx((0.2952720, 0.2416774), abs=5e-8)


def test_the_origin_is_the_middle_of_the_plane():
    assert Albers(**SNYDER)(-96, 23) == pytest.approx((0, 0), abs=1e-12)


def test_areas_keep_their_size():
    """A small square of degrees covers as much of the plane as of the sphere, wherever it lies."""
    projection = Albers.of_area(-125, 24, -66, 50)
    degree = pi / 180
    for longitude, latitude in ((-120, 45), (-81, 25), (-96, 37)):
        half = 0.005
        west = projection(longitude - half, latitude)
        east = projection(longitude + half, latitude)
        south = projection(longitude, latitude - half)
        north = projection(longitude, latitude + half)
        across, up = (east[0] - west[0], east[1] - west[1]), (north[0] - south[0], north[1] - south[1])
        area = across[0] * up[1] - across[1] * up[0]
        assert area == pytest.approx((2 * half * degree) ** 2 * cos(latitude * degree), rel=1e-6)


def test_the_standard_parallels_lie_a_sixth_from_the_edges():
    whole, by_hand = Albers.of_area(-124, 32, -114, 44), Albers(-119, 38, 34, 42)
    assert whole(-122, 41) == by_hand(-122, 41)


def test_a_view_fills_the_room_between_its_margins_with_north_up():
    view = view_of(PENNSYLVANIA, 400, 400, 10)
    left, top, right, bottom = bounds([view(*point) for point in PENNSYLVANIA])
    assert (left, right) == pytest.approx((10, 390))
    assert top > 10
    assert bottom < 390
    assert view(-77, 42)[1] < view(-77, 40)[1]
    assert view(-80, 41)[0] < view(-76, 41)[0]
    snug = trimmed(view, PENNSYLVANIA, 10)
    assert snug.width == 400
    assert bounds([snug(*point) for point in PENNSYLVANIA])[1] == pytest.approx(10, abs=1)


def test_a_view_of_one_point_covers_the_miles_asked_for():
    view = view_of([(-118, 34)], 400, 300, 50, miles_across=20)
    assert view(-118, 34) == pytest.approx((200, 150))
    assert view.units_per_mile == pytest.approx(300 / 20)
    assert view.zoomed(0.5).units_per_mile == pytest.approx(300 / 40)
