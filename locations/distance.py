"""Distances between places, and the nearest of many."""

from collections import defaultdict
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, floor, radians, sin, sqrt

# Mean radius of the Earth, 6,371.0088 km (IUGG), in statute miles.
EARTH_RADIUS_MILES = 3958.7613
# Degrees of latitude and longitude on a side of a cell. Small enough to hold a handful of places in
# a dense county, and wide enough to need few rings in a desert.
CELL_DEGREES = 0.25
MILES_PER_DEGREE = EARTH_RADIUS_MILES * radians(1)


@dataclass(frozen=True)
class Point:
    """A place on the globe: its key, and degrees north and east (WGS 84)."""

    key: int
    latitude: float
    longitude: float


def great_circle_miles(one, other):
    """Distance in statute miles between two points, by the haversine formula on a sphere.

    Source: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984).
    """
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = radians(other.longitude - one.longitude) / 2
    a = sin(half_lat) ** 2 + cos(lat1) * cos(lat2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(min(1, sqrt(a)))


def in_miles(miles):
    """A distance in words, no more precise than a place's center is: whole miles."""
    if miles < 1:
        return "less than 1 mile"
    whole = round(miles)
    return "1 mile" if whole == 1 else f"{whole:,} miles"


DIRECTIONS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")


def direction(start, end):
    """Which way one sets off from `start` to `end`, as one of eight directions.

    The initial course of the great circle: E. Williams, Aviation Formulary.
    """
    lat1, lat2 = radians(start.latitude), radians(end.latitude)
    east = radians(end.longitude - start.longitude)
    course = atan2(sin(east) * cos(lat2), cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(east))
    return DIRECTIONS[round(degrees(course) / 45) % 8]


class Nearest:
    """Finds the nearest of many points, by looking through the cells of a grid outward.

    Meant for the United States: it does not wrap around the 180th meridian or the poles.
    """

    def __init__(self, points, cell_degrees=CELL_DEGREES):
        self.points = list(points)
        self.cell_degrees = cell_degrees
        self.cells = defaultdict(list)
        for point in self.points:
            self.cells[self._cell(point)].append(point)

    def _cell(self, point):
        return floor(point.latitude / self.cell_degrees), floor(point.longitude / self.cell_degrees)

    def to(self, point, limit, accept=lambda other: True):
        """The `limit` points nearest to `point`, itself left out, as (miles, Point), nearest first.

        Only those that `accept` takes. Points equally far are ordered by key.
        """
        found, seen, ring = [], 0, 0
        row, column = self._cell(point)
        while seen < len(self.points):
            for cell in _ring(row, column, ring):
                for other in self.cells.get(cell, ()):
                    seen += 1
                    if other.key != point.key and accept(other):
                        found.append((great_circle_miles(point, other), other))
            ring += 1
            reach = self._reach(row, ring)
            if sum(miles <= reach for miles, _ in found) >= limit:
                break
        return _in_order(found)[:limit]

    def within(self, miles, point):
        """All points at most so many miles from that one, without itself: (miles, Point), nearest first."""
        found, seen, ring = [], 0, 0
        row, column = self._cell(point)
        while seen < len(self.points):
            for cell in _ring(row, column, ring):
                for other in self.cells.get(cell, ()):
                    seen += 1
                    if other.key != point.key and (far := great_circle_miles(point, other)) <= miles:
                        found.append((far, other))
            ring += 1
            if self._reach(row, ring) > miles:
                break
        return _in_order(found)

    def _reach(self, row, rings):
        """How far away at least, in miles, whatever lies outside of so many rings is."""
        return (rings - 1) * self.cell_degrees * MILES_PER_DEGREE * self._narrowest(row, rings)

    def _narrowest(self, row, ring):
        """How much shorter than a degree of latitude a degree of longitude gets in the rings."""
        northmost = min(90, max(abs(row - ring), abs(row + ring + 1)) * self.cell_degrees)
        return cos(radians(northmost))


def _in_order(found):
    return sorted(found, key=lambda pair: (round(pair[0], 6), pair[1].key))


def _ring(row, column, distance):
    """The cells whose row or column is exactly `distance` away."""
    if distance == 0:
        return [(row, column)]
    side = range(-distance, distance + 1)
    edges = [(row + end, column + step) for end in (-distance, distance) for step in side]
    sides = [(row + step, column + end) for end in (-distance, distance) for step in side[1:-1]]
    return edges + sides
