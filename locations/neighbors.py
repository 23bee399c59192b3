"""Works out the nearest cities of each city, and the nearest big ones, and keeps their lists."""

from itertools import batched
from math import cos, inf, radians

from django.db.models import Count, Max

from locations.distance import MILES_PER_DEGREE, Nearest, Point, great_circle_miles
from locations.models import City, Neighbor
from locations.models.cities import LARGE, LARGER
from therapydir.derived.stamps import BATCH

NEARBY_LIMIT = 10
BIG_LIMIT = 3
BIG = 250_000  # people, of a city that is big beside any other
MANY = 0.2  # of all: to work out all lists again is then quicker than to find those within reach


def rebuild_neighbors(moved=None):
    """Work out the nearest published cities of each city, and the nearest big ones; write what differs.

    `moved` are the primary keys of the cities that appeared, went, or changed where they are or how
    many people they have; None means any. Returns the primary keys of the cities whose lists changed.
    """
    changed, after = _differing(moved)
    for keys in batched(sorted(changed), BATCH):
        Neighbor.objects.filter(city__in=keys).delete()
        Neighbor.objects.bulk_create(
            Neighbor(city_id=key, neighbor_id=other, miles=miles, is_big=is_big, rank=rank)
            for key in keys
            for rank, (other, miles, is_big) in enumerate(after.get(key, []), start=1)
        )
    return changed


def wrong_neighbors():
    """The primary keys of the cities whose lists are not what they should be."""
    return _differing(None)[0]


def _differing(moved):
    """(cities whose lists differ from those that are kept, the right lists by city)."""
    rows = list(City.objects.published().values_list("pk", "latitude", "longitude", "population"))
    populations = {pk: population or 0 for pk, *_, population in rows}
    nearest = Nearest(Point(*row[:3]) for row in rows)
    big = Nearest(point for point in nearest.points if populations[point.key] >= LARGE)
    if moved is None or len(moved) > MANY * len(rows):
        wanted, before = populations.keys(), _links(Neighbor.objects.all())
    else:
        wanted = _within_reach(moved, nearest.points)
        before = {}
        for some in batched(sorted(wanted), BATCH):
            before |= _links(Neighbor.objects.filter(city__in=some))
    points = [point for point in nearest.points if point.key in wanted]
    after = {point.key: list(_neighbors_of(point, nearest, big, populations)) for point in points}
    changed = {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}
    return changed, after


def _links(neighbors):
    """{city: [(neighbor, miles, is big), …]} of `Neighbor` rows, in the order of their ranks."""
    links = {}
    rows = neighbors.order_by("city", "rank").values_list("city", "neighbor", "miles", "is_big")
    for city, *link in rows:
        links.setdefault(city, []).append(tuple(link))
    return links


def _within_reach(moved, points):
    """The cities whose lists may change with those that moved.

    Themselves, whoever lists one of them, and whoever has one of them nearer than the farthest
    that it lists, or lists fewer than it could: it lost one that was deleted.
    """
    wanted, there = set(moved), 0
    for some in batched(sorted(moved), BATCH):
        wanted.update(Neighbor.objects.filter(neighbor__in=some).values_list("city", flat=True))
        there += City.objects.filter(pk__in=some).count()
    here = [point for point in points if point.key in moved]
    box = _Box(here)
    for is_big, limit in ((False, NEARBY_LIMIT), (True, BIG_LIMIT)):
        listed = Neighbor.objects.filter(is_big=is_big).values_list("city")
        reach = {
            city: miles
            for city, miles, count in listed.annotate(Max("miles"), Count("pk")).order_by()
            if count >= limit
        }
        for point in points:
            miles = reach.get(point.key, inf)
            lost_one = miles == inf and there < len(moved)
            is_near = point.key not in wanted and box.is_within(miles, point)
            if lost_one or (is_near and any(great_circle_miles(point, other) <= miles for other in here)):
                wanted.add(point.key)
    return wanted


class _Box:
    """The degrees between which points lie: of most others it tells at once that they are far away."""

    def __init__(self, points):
        norths, easts = [point.latitude for point in points], [point.longitude for point in points]
        self._edges = (min(norths), max(norths), min(easts), max(easts)) if points else None

    def is_within(self, miles, point):
        """Whether the point may lie within so many miles of one of them."""
        if self._edges is None or miles == inf:
            return self._edges is not None
        south, north, west, east = self._edges
        tall = miles / MILES_PER_DEGREE
        wide = tall / cos(radians(min(89.0, max(abs(south), abs(north)) + tall)))
        return (
            south - tall <= point.latitude <= north + tall and west - wide <= point.longitude <= east + wide
        )


def _neighbors_of(point, nearest, big, populations):
    """(key, miles, is big) of the points nearest to one, and of the big ones beyond them."""
    close = nearest.to(point, NEARBY_LIMIT)
    yield from ((other.key, miles, False) for miles, other in close)
    seen = {other.key for _, other in close}
    least = min(max(LARGE, LARGER * populations[point.key]), BIG)
    beyond = big.to(point, BIG_LIMIT, lambda other: populations[other.key] >= least and other.key not in seen)
    yield from ((other.key, miles, True) for miles, other in beyond)
