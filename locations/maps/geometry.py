"""Lines and areas in a picture: what is left out of them, and how SVG writes them down."""

from itertools import pairwise
from math import dist


def simplified(points, tolerance):
    """The points without those that lie within `tolerance` units of the line without them.

    Source: D. H. Douglas and T. K. Peucker, "Algorithms for the Reduction of the Number of Points
    Required to Represent a Digitized Line or Its Caricature", Cartographica 10 (1973). The first
    and the last point stay, so that simplified lines meet where they met before.
    """
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        start, end = spans.pop()
        far, farthest = 0, None
        for index in range(start + 1, end):
            distance = from_segment(points[index], points[start], points[end])
            if distance > far:
                far, farthest = distance, index
        if far > tolerance:
            kept.add(farthest)
            spans += [(start, farthest), (farthest, end)]
    return [points[index] for index in sorted(kept)]


def from_segment(point, start, end):
    """How far a point is from the segment between two others."""
    return dist(point, nearest_on(start, end, point))


def nearest_on(start, end, point):
    """The point of a segment that is nearest to another point."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    along, down = x2 - x1, y2 - y1
    length = along * along + down * down
    part = 0 if length == 0 else max(0, min(1, ((x - x1) * along + (y - y1) * down) / length))
    return x1 + part * along, y1 + part * down


def area_of(ring):
    """The area within a ring of points, by the shoelace formula; the way round does not matter."""
    sides = pairwise([*ring[-1:], *ring])
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in sides)) / 2


def is_within(ring, x, y):
    """Whether a point is within a ring, by the number of sides that a ray from it crosses."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise([*ring[-1:], *ring]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def rounded(points):
    """The points in whole units, without repetitions of the one before."""
    whole = [(round(x), round(y)) for x, y in points]
    return [point for index, point in enumerate(whole) if index == 0 or point != whole[index - 1]]


def clipped(ring, box):
    """The part of an area that lies in a box (left, top, right, bottom), as the points of one ring.

    Source: I. E. Sutherland and G. W. Hodgman, "Reentrant Polygon Clipping", Communications of the
    ACM 17 (1974). Parts that fall apart stay joined along the box's edge: a box somewhat larger
    than the picture keeps that out of sight.
    """
    left, top, right, bottom = box
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        inside = [sign * (point[axis] - limit) >= 0 for point in ring]
        if all(inside):
            continue
        kept = []
        for index, point in enumerate(ring):
            if inside[index] != inside[index - 1]:
                kept.append(_crossing(ring[index - 1], point, axis, limit))
            if inside[index]:
                kept.append(point)
        ring = kept
    return ring


def _crossing(start, end, axis, limit):
    """Where the line between two points has that value on that axis."""
    part = (limit - start[axis]) / (end[axis] - start[axis])
    return tuple(one + part * (other - one) for one, other in zip(start, end, strict=True))


def runs_inside(line, box):
    """The stretches of a line, whole segments, that may touch a box."""
    run, runs = [], []
    for start, end in pairwise(line):
        if _touches(start, end, box):
            run = run or [start]
            run.append(end)
        elif run:
            runs.append(run)
            run = []
    return [*runs, run] if run else runs


def _touches(start, end, box):
    left, top, right, bottom = box
    return (
        max(start[0], end[0]) >= left
        and min(start[0], end[0]) <= right
        and max(start[1], end[1]) >= top
        and min(start[1], end[1]) <= bottom
    )


def path(lines, *, closed):
    """The `d` attribute for lines, or with `closed` for areas, of points in whole units.

    Every step is relative: small numbers are short, and repeat themselves, which compresses well.
    Lines of one point, and areas of two, show nothing and are left out.
    """
    parts = []
    x = y = 0
    for line in lines:
        if len(line) < (3 if closed else 2):
            continue
        steps = []
        start_x, start_y = line[0]
        steps.append(f"m{_pair(start_x - x, start_y - y)}")
        x, y = start_x, start_y
        for next_x, next_y in line[1:]:
            steps.append(("l" if len(steps) == 1 else _gap(next_x - x)) + _pair(next_x - x, next_y - y))
            x, y = next_x, next_y
        if closed:
            steps.append("z")
            x, y = start_x, start_y  # closing an area leads back to where it began
        parts.append("".join(steps))
    return "".join(parts)


def _pair(x, y):
    return f"{x}{_gap(y)}{y}"


def _gap(number):
    """What parts a number from the one before it: its sign does, when it has one."""
    return "" if number < 0 else " "
