"""The outlines of states and counties, from `fixtures/outlines.json`.

The file is TopoJSON: a border is stored once, as an arc, however many areas share it. That is
also what lets a map draw it once, and keeps neighbors without gaps when a border is simplified. Beside that
it says which parts of which arcs are shores, and no borders to land that it does not know.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from django.conf import settings

from locations.maps.geometry import is_within
from locations.maps.projection import bounds

FILE = settings.BASE_DIR / "fixtures" / "outlines.json"
FAR_DEGREES = 0.2  # outside of a county's box; no city of the fixtures lies outside of it at all


@dataclass(frozen=True)
class Area:
    """A state or a county: rings of arcs, by number; ~n is arc n run backward."""

    name: str
    rings: tuple

    @property
    def arcs(self):
        """The numbers of its arcs."""
        return {arc if arc >= 0 else ~arc for ring in self.rings for arc in ring}


@dataclass(frozen=True)
class Outline:
    """A state and its counties by name; `borders` are the arcs between two of its counties.

    `shores` are the lines along which it meets water, each as points in degrees; `bounds` is (west, south,
    east, north) in degrees.
    """

    state: Area
    counties: dict
    borders: tuple
    shores: tuple
    bounds: tuple


def outline_of(code):
    """The `Outline` of the state with that USPS code, or None when the file has none."""
    return _read()[1].get(code)


def codes():
    """The USPS codes of the states that have an outline."""
    return tuple(_read()[1])


def arcs():
    """Every arc as a tuple of (degrees east, degrees north), WGS 84."""
    return _read()[0]


@cache
def arc_bounds():
    """(west, south, east, north) of every arc."""
    return tuple(bounds(line) for line in arcs())


def county_around(place):
    """The `Area` of a place's county, or None: when it has no outline, or lies nowhere near the place.

    `place` has a state, the name of its county, and degrees north and east (WGS 84).
    """
    outline = outline_of(place.state.code)
    county = outline.counties.get(place.county) if outline else None
    return county if county and not _is_far(county, place) else None


def is_far_from_its_county(place):
    """Whether the coordinates of a place and its county, which has an outline, cannot both be right."""
    outline = outline_of(place.state.code)
    return outline is not None and place.county in outline.counties and county_around(place) is None


def _is_far(area, place):
    wests, souths, easts, norths = zip(*(arc_bounds()[number] for number in area.arcs), strict=True)
    outside = (
        min(wests) - place.longitude,
        place.longitude - max(easts),
        min(souths) - place.latitude,
        place.latitude - max(norths),
    )
    return max(outside) > FAR_DEGREES


def is_on_land(place):
    """Whether a place, degrees north and east (WGS 84), lies within a county that has an outline."""
    east, north = place.longitude, place.latitude
    return any(
        west <= east <= far_east and south <= north <= far_north and is_within(ring, east, north)
        for ring, (west, south, far_east, far_north) in _county_rings()
    )


@cache
def _county_rings():
    """(points of a ring, its bounds) of every county."""
    rings = [
        joined(ring, arcs())
        for code in codes()
        for county in outline_of(code).counties.values()
        for ring in county.rings
    ]
    return [(ring, bounds(ring)) for ring in rings]


def joined(ring, lines):
    """The points of a ring, its end not repeating its start, given the points of every arc by number.

    An arc leads on from where the one before it ended, so its first point is left out.
    """
    points = []
    for arc in ring:
        line = lines[arc] if arc >= 0 else lines[~arc][::-1]
        points.extend(line[1:])
    return points


@cache
def _read():
    """(arcs, outlines by USPS code), read once in the life of a process."""
    topology = json.loads(FILE.read_text(encoding="utf-8"))
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = tuple(_decoded(line, scale, origin) for line in topology["arcs"])
    counties = defaultdict(dict)
    for shape in topology["objects"]["counties"]["geometries"]:
        name = shape["properties"]["name"]
        counties[shape["properties"]["state"]][name] = Area(name, _rings(shape))
    outlines = {}
    for shape in topology["objects"]["states"]["geometries"]:
        code = shape["properties"]["state"]
        state, parts = Area(code, _rings(shape)), counties[code]
        inner = set().union(*(county.arcs for county in parts.values())) - state.arcs
        shore = [point for number in state.arcs for point in lines[number]]
        pieces = tuple(lines[arc][start : end + 1] for arc, start, end in topology["shores"].get(code, ()))
        outlines[code] = Outline(state, parts, tuple(sorted(inner)), pieces, bounds(shore))
    return lines, outlines


def _rings(shape):
    return tuple(tuple(ring) for polygon in shape["arcs"] for ring in polygon)


def _decoded(line, scale, origin):
    """An arc's points, of which the file holds the first and then the steps, in whole units."""
    easts, norths = (list(accumulate(steps)) for steps in zip(*line, strict=True))
    return tuple(
        (east * scale[0] + origin[0], north * scale[1] + origin[1])
        for east, north in zip(easts, norths, strict=True)
    )
