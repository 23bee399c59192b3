"""From the globe to the flat: the projection of the maps, and its fit into a picture."""

from dataclasses import dataclass, replace
from math import cos, radians, sin, sqrt

from locations.distance import EARTH_RADIUS_MILES


class Albers:
    """The Albers equal-area conic projection of a sphere of radius 1.

    Equal-area, because dots for cities crowd honestly only where areas do not swell with
    latitude; conic, because a state is wider than a globe's curve lets a plane ignore and lies
    in middle latitudes. The Census Bureau and the Geological Survey use it for the same reasons.
    A sphere does, since the ellipsoid would move nothing by as much as a picture's unit.

    Source: J. P. Snyder, "Map Projections: A Working Manual", US Geological Survey Professional
    Paper 1395 (1987), pages 98 to 103, equations 14-1 to 14-6. The parallels must not lie equally
    far on both sides of the equator: the cone would be a cylinder.
    """

    def __init__(self, longitude, latitude, south, north):
        """The origin, then the two standard parallels, all in degrees."""
        self.meridian = radians(longitude)
        south, north = radians(south), radians(north)
        self.n = (sin(south) + sin(north)) / 2
        self.c = cos(south) ** 2 + 2 * self.n * sin(south)
        self.origin = self._radius(radians(latitude))

    @classmethod
    def of_area(cls, west, south, east, north):
        """The projection for an area between those degrees.

        Its standard parallels, where nothing is distorted, lie one sixth of the area's height from
        its edges: the rule of thumb that Snyder gives on page 99, after Deetz and Adams.
        """
        sixth = (north - south) / 6
        return cls((west + east) / 2, (south + north) / 2, south + sixth, north - sixth)

    def __call__(self, longitude, latitude):
        """(x, y) of a point in degrees: x to the east and y to the north of the origin."""
        radius = self._radius(radians(latitude))
        angle = self.n * (radians(longitude) - self.meridian)
        return radius * sin(angle), self.origin - radius * cos(angle)

    def _radius(self, latitude):
        return sqrt(self.c - 2 * self.n * sin(latitude)) / self.n


@dataclass(frozen=True)
class View:
    """A picture of `width` by `height` units, into which a projection is fitted; y runs down."""

    projection: Albers
    width: int
    height: int
    center: tuple
    scale: float

    def __call__(self, longitude, latitude):
        """(x, y) in the picture of a point in degrees, not rounded."""
        x, y = self.projection(longitude, latitude)
        return (
            self.width / 2 + (x - self.center[0]) * self.scale,
            self.height / 2 - (y - self.center[1]) * self.scale,
        )

    def zoomed(self, factor):
        """The same view, magnified by a factor about its center."""
        return replace(self, scale=self.scale * factor)

    @property
    def box(self):
        """(left, top, right, bottom)."""
        return 0, 0, self.width, self.height

    @property
    def units_per_mile(self):
        return self.scale / EARTH_RADIUS_MILES


def bounds(points):
    """(west, south, east, north), or left, top, right and bottom, of (x, y) points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def view_of(points, width, height, margin, miles_across=0):
    """The `View` that shows the points, in degrees, as large as fits inside the margins.

    `miles_across` is the least that the width between the margins covers.
    """
    projection = Albers.of_area(*bounds(points))
    left, bottom, right, top = bounds([projection(*point) for point in points])
    across = max(right - left, miles_across / EARTH_RADIUS_MILES)
    scale = (width - 2 * margin) / across
    if top > bottom:
        scale = min(scale, (height - 2 * margin) / (top - bottom))
    return View(projection, width, height, ((left + right) / 2, (bottom + top) / 2), scale)


def trimmed(view, points, margin):
    """A `View` of the same points and scale, without the room that they leave beside the margins."""
    left, top, right, bottom = bounds([view(*point) for point in points])
    return replace(view, width=round(right - left) + 2 * margin, height=round(bottom - top) + 2 * margin)
