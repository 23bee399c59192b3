"""The outlines of states and counties, and how lines are cut, simplified and written."""

from math import cos, hypot, radians

import pytest

from locations.distance import MILES_PER_DEGREE
from locations.maps import geometry, outlines
from locations.maps.geometry import from_segment
from locations.maps.outlines import is_far_from_its_county
from locations.models import City

CODES = {"CA", "FL", "NJ", "NY", "PA"}
MOST_MILES = 1.6  # that a city may lie outside of its county's outline: 11 do, Deptford, NJ, by 1.5


@pytest.fixture
def every_city(db):
    return list(City.objects.published().select_related("state"))


def miles_outside(city):
    """How far a city lies outside of its county's outline, in miles; 0 inside."""
    stretch = cos(radians(city.latitude))

    def flat(point):
        east, north = point
        return (east - city.longitude) * stretch * MILES_PER_DEGREE, (
            north - city.latitude
        ) * MILES_PER_DEGREE

    county = outlines.outline_of(city.state.code).counties[city.county]
    rings = [[flat(point) for point in outlines.joined(ring, outlines.arcs())] for ring in county.rings]
    edges = [(ring[index - 1], point) for ring in rings for index, point in enumerate(ring)]
    crossed = sum(
        (start[1] > 0) != (end[1] > 0) and start[0] + (end[0] - start[0]) * start[1] / (start[1] - end[1]) > 0
        for start, end in edges
    )
    if crossed % 2:
        return 0
    return min(from_segment((0, 0), start, end) for start, end in edges)


def test_every_state_and_county_of_the_directory_has_an_outline(every_city):
    assert set(outlines.codes()) == CODES
    assert sum(len(outlines.outline_of(code).counties) for code in CODES) == 275
    assert len(every_city) == 942
    for city in every_city:
        assert city.county in outlines.outline_of(city.state.code).counties, city


def test_every_city_lies_in_its_county(every_city):
    far = {str(city): miles for city in every_city if (miles := miles_outside(city)) > MOST_MILES}
    assert far == {}


def test_a_ring_closes_and_borders_are_inside_the_state():
    lines = outlines.arcs()
    for code in CODES:
        outline = outlines.outline_of(code)
        for area in [outline.state, *outline.counties.values()]:
            for ring in area.rings:
                ends = [
                    (lines[n][0], lines[n][-1]) if n >= 0 else (lines[~n][-1], lines[~n][0]) for n in ring
                ]
                assert all(ends[index - 1][1] == ends[index][0] for index in range(len(ends)))
        assert not outline.state.arcs & set(outline.borders)
        west, south, east, north = outline.bounds
        inside = [lines[number] for number in outline.borders]
        assert all(west <= x <= east and south <= y <= north for line in inside for x, y in line)


def test_a_path_is_written_in_relative_steps():
    square, line = [(10, 10), (20, 10), (20, 5)], [(1, 2), (4, 2)]
    assert geometry.path([square], closed=True) == "m10 10l10 0 0-5z"
    assert geometry.path([line, square], closed=False) == "m1 2l3 0m6 8l10 0 0-5"
    assert geometry.path([[(1, 1)]], closed=False) == ""


def test_an_area_is_clipped_to_a_box():
    diamond = [(0, -10), (10, 0), (0, 10), (-10, 0)]
    clipped = geometry.clipped(diamond, (-5, -5, 5, 5))
    assert len(clipped) == 4 or {abs(x) for x, _ in clipped} <= {5}
    assert all(-5 <= x <= 5 and -5 <= y <= 5 for x, y in clipped)
    assert geometry.clipped(diamond, (20, 20, 30, 30)) == []


def test_simplifying_keeps_ends_and_corners():
    line = [(0, 0), (5, 0.2), (10, 0), (10, 10)]
    assert geometry.simplified(line, 0.5) == [(0, 0), (10, 0), (10, 10)]
    assert hypot(*geometry.simplified(line, 0.1)[1]) == pytest.approx(5, abs=0.1)


def test_of_a_line_only_what_may_touch_the_box_is_kept():
    line = [(-9, 0), (-8, 0), (2, 0), (8, 0), (9, 0), (9, 9)]
    assert geometry.runs_inside(line, (0, -1, 5, 1)) == [[(-8, 0), (2, 0), (8, 0)]]


@pytest.mark.parametrize("way", [{"latitude": 2}, {"latitude": -2}, {"longitude": 3}, {"longitude": -3}])
def test_a_place_may_lie_far_from_its_county_on_any_side(anaheim, way):
    assert not is_far_from_its_county(anaheim)
    for name, degrees in way.items():
        setattr(anaheim, name, getattr(anaheim, name) + degrees)
    assert is_far_from_its_county(anaheim)
