"""Works out the nearest cities of each city, and the nearest big ones, and keeps their lists."""

from itertools import batched
from math import inf

from django.db.models import Count

from locations.distance import Nearest, Point
from locations.models import City, Neighbor
from locations.models.cities import LARGE, LARGER
from locations.nearby import in_box
from therapydir.derived.stamps import BATCH

NEARBY_LIMIT = 10
BIG_LIMIT = 3
BIG = 250_000  # people, of a city that is big beside any other
MARGIN = 40  # miles around, within which most cities have so many
POINT = ("pk", "latitude", "longitude", "population")
MANY = 0.2  # of all: to work out all lists again is then quicker than to find those within reach


def rebuild_neighbors(keys):
    """Work out the nearest cities of those cities, and the nearest big ones; write what differs.

    `keys` are primary keys. Returns those of the cities whose lists changed.
    """
    before = _links(Neighbor.objects.filter(city__in=keys))
    after = _lists(keys)
    changed = {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}
    for some in batched(sorted(changed), BATCH):
        Neighbor.objects.filter(city__in=some).delete()
        Neighbor.objects.bulk_create(
            Neighbor(city_id=key, neighbor_id=other, miles=miles, is_big=is_big, rank=rank)
            for key in some
            for rank, (other, miles, is_big) in enumerate(after.get(key, []), start=1)
        )
    return changed


def wrong_neighbors():
    """The primary keys of the cities whose lists are not what they should be."""
    before, places = _links(Neighbor.objects.all()), _Places()
    after = places.lists(places.populations)
    return {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}


def within_reach(moved):
    """The primary keys of the cities whose lists may change with those that moved.

    `moved` are those of cities that appeared, went, or changed where they are or how many people they have.
    Themselves, whoever lists one of them, and whoever has one of them nearer than the farthest that it
    lists, or lists fewer than it could: it lost one that was deleted.
    """
    places = _Places()
    if len(moved) > MANY * len(places.populations):
        return moved | places.populations.keys()
    wanted, there = set(moved), 0
    for some in batched(sorted(moved), BATCH):
        wanted.update(Neighbor.objects.filter(neighbor__in=some).values_list("city", flat=True))
        there += City.objects.filter(pk__in=some).count()
    for is_big, among in ((False, places.nearest), (True, places.big)):
        here = Nearest(point for point in among.points if point.key in moved)
        reach = _reach(is_big)
        if there < len(moved):
            wanted.update(_incomplete(is_big))
        for point in places.nearest.points:
            if point.key not in wanted and here.any_within(reach.get(point.key, inf), point):
                wanted.add(point.key)
    return wanted


def _reach(is_big):
    """{city: how far away the farthest is that it lists}, in miles; without those that list too few."""
    last = NEARBY_LIMIT + BIG_LIMIT if is_big else NEARBY_LIMIT
    return dict(Neighbor.objects.filter(is_big=is_big, rank=last).order_by().values_list("city", "miles"))


def _incomplete(is_big):
    """The cities that list too few: one that they listed was deleted, or there are no more."""
    least = BIG_LIMIT if is_big else NEARBY_LIMIT
    links = Neighbor.objects.filter(is_big=is_big).order_by().values_list("city")
    full = {city for city, count in links.annotate(Count("pk")) if count >= least}
    return {*City.objects.published().values_list("pk", flat=True)} - full


def _lists(keys):
    """What `_Places.lists` says, from what is around those cities alone where that is enough."""
    here = list(City.objects.published().filter(pk__in=keys).values_list(*POINT, named=True))
    after = _Places(here).lists(keys)
    lonely = {key for key, links in after.items() if not _is_full_within(MARGIN, links)}
    return after | (_Places().lists(lonely) if lonely else {})


def _is_full_within(miles, links):
    """Whether so many are listed as nearest, and all so near, that nothing farther away can be among them."""
    near = [far for _, far, is_big in links if not is_big]
    return len(near) == NEARBY_LIMIT and near[-1] <= miles


class _Places:
    """The published cities as points: all, or the big ones and those around some rows."""

    def __init__(self, around=None):
        rows = cities = City.objects.published().order_by().values_list(*POINT, named=True)
        if around is not None:
            rows = {*in_box(cities, around, MARGIN), *cities.filter(population__gte=LARGE)}
        self.populations = {row.pk: row.population or 0 for row in rows}
        self.nearest = Nearest(Point(*row[:3]) for row in rows)
        self.big = Nearest(point for point in self.nearest.points if self.populations[point.key] >= LARGE)

    def lists(self, keys):
        """{city: [(neighbor, miles, is big), …]} of those of the cities that show."""
        points = [point for point in self.nearest.points if point.key in keys]
        return {point.key: list(self._list(point)) for point in points}

    def _list(self, point):
        close = self.nearest.to(point, NEARBY_LIMIT)
        yield from ((other.key, miles, False) for miles, other in close)
        seen = {other.key for _, other in close}
        populations = self.populations
        least = min(max(LARGE, LARGER * populations[point.key]), BIG)
        beyond = self.big.to(
            point, BIG_LIMIT, lambda other: populations[other.key] >= least and other.key not in seen
        )
        yield from ((other.key, miles, True) for miles, other in beyond)


def _links(neighbors):
    """{city: [(neighbor, miles, is big), …]} of `Neighbor` rows, in the order of their ranks."""
    links = {}
    rows = neighbors.order_by("city", "rank").values_list("city", "neighbor", "miles", "is_big")
    for city, *link in rows:
        links.setdefault(city, []).append(tuple(link))
    return links
