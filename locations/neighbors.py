"""Works out the places near each city, and the larger city that it is placed by, and keeps both."""

from itertools import batched

from locations.distance import Nearest, Point, great_circle_miles
from locations.models import City, Neighbor
from locations.models.cities import wholes_of
from locations.nearby import in_box, nearest_rows
from locations.where import anchor_among
from therapydir.database.bulk import add_rows
from therapydir.derived.stamps import BATCH

NEARBY_LIMIT = 10
NEARBY_MILES = 25
LONELY_LIMIT = 3  # the nearest, of a city that has none so close
ROW = ("pk", "latitude", "longitude", "name", "state", "county", "population", "kind")
# A township or a town is an area around some center, as a rule; what nobody says is taken for one.
CENTERS = ("", City.Kind.CITY, City.Kind.VILLAGE, City.Kind.BOROUGH, City.Kind.MUNICIPALITY)
SAME_MILES = 1e-6
MANY = 0.2  # of all: to work out all lists again is then quicker than to find those within reach


def rebuild_neighbors(keys):
    """Work out the lists of those cities; write what differs.

    `keys` are primary keys. Returns those of the cities whose lists changed.
    """
    before = _links(Neighbor.objects.filter(city__in=keys))
    after = _Places(_rows().filter(pk__in=keys)).lists(keys)
    changed = {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}
    for some in batched(sorted(changed), BATCH):
        Neighbor.objects.filter(city__in=some).delete()
        links = ((key, *link) for key in some for link in after.get(key, []))
        add_rows(Neighbor, ("city", "neighbor", "rank", "miles", "is_anchor"), links)
    return changed


def wrong_neighbors():
    """The primary keys of the cities whose lists are not what they should be."""
    before, places = _links(Neighbor.objects.all()), _Places()
    after = places.lists(places.rows)
    return {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}


def within_reach(moved):
    """The primary keys of the cities whose lists may change with those that moved.

    `moved` are those of cities that appeared, went, became a part of others, or changed where they are or how
    many people they have. Themselves and what contains them or is in them, whoever lists one of them, whoever
    is so close to where they are or were, and those that have nobody so close. All, when one was deleted:
    where that one was is not known any more.
    """
    everybody = {*_rows().values_list("pk", flat=True)}
    there = {pk for some in batched(sorted(moved), BATCH) for pk in _known(some)}
    if len(moved) > MANY * len(everybody) or there != moved:
        return moved | everybody
    here = list(City.objects.filter(pk__in=moved).order_by().values_list(*ROW, named=True))
    before = _where_they_were(here)
    if before is None:
        return moved | everybody
    grid = _grid_around([*here, *before], 2 * NEARBY_MILES)
    wanted = set(moved)
    for row in here:
        wanted.update(other.key for _, other in grid.within(NEARBY_MILES, _point(row)))
    for row in before:
        wanted.update(other.key for _, other in grid.within(2 * NEARBY_MILES, _point(row)))
    wholes = City.objects.wholes()
    for key in moved:
        wanted.update(wholes_of(key, wholes))
    wanted |= City.objects.parts_of(moved)
    for some in batched(sorted(moved), BATCH):
        wanted.update(Neighbor.objects.filter(neighbor__in=some).values_list("city", flat=True))
    close = Neighbor.objects.filter(rank=1, miles__lte=NEARBY_MILES).values_list("city", flat=True)
    return wanted | (everybody - {*close})


def _where_they_were(rows):
    """Of those that are not where they were when their lists were made: the city that was nearest then.

    None if that one moved, too: then nobody knows.
    """
    keys = {row.pk for row in rows}
    nearest = Neighbor.objects.filter(city__in=keys, rank=1, miles__lte=NEARBY_MILES).order_by()
    links = {link.city_id: link for link in nearest}
    others = City.objects.filter(pk__in=[link.neighbor_id for link in links.values()]).order_by()
    others = {row.pk: row for row in others.values_list(*ROW, named=True)}
    found = []
    for row in rows:
        if link := links.get(row.pk):
            other = others[link.neighbor_id]
            if abs(great_circle_miles(row, other) - link.miles) > SAME_MILES:
                if other.pk in keys:
                    return None
                found.append(other)
    return found


def _grid_around(rows, miles):
    return Nearest(_point(row) for row in {*in_box(_rows(), rows, miles)})


def _point(row):
    return Point(row.pk, row.latitude, row.longitude)


def _known(keys):
    return City.objects.filter(pk__in=keys).values_list("pk", flat=True)


def _rows():
    return City.objects.published().order_by().values_list(*ROW, named=True)


class _Places:
    """The published cities as points: all, or those around some rows, which are `wanted`."""

    def __init__(self, wanted=None):
        wanted = rows = list(_rows() if wanted is None else wanted)
        if len(wanted) < City.objects.count():
            rows = {*in_box(_rows(), wanted, NEARBY_MILES), *wanted}
        self.wanted = [_point(row) for row in wanted]
        self.rows = {row.pk: row for row in rows}
        self.nearest = Nearest(map(_point, rows))
        self.wholes = City.objects.wholes()

    def lists(self, keys):
        """{city: [(neighbor, rank, miles, is anchor), …]} of those of the cities that show."""
        return {point.key: list(self._list(point)) for point in self.wanted if point.key in keys}

    def _list(self, point):
        close = [
            (miles, other.key)
            for miles, other in self.nearest.within(NEARBY_MILES, point)
            if not self._are_one(point.key, other.key)
        ]
        anchor = None
        if point.key not in self.wholes:  # a part is placed by its whole, and places nobody
            around = [(miles, self.rows[key]) for miles, key in close if key not in self.wholes]
            anchor = anchor_among(
                self.rows[point.key], [(miles, row) for miles, row in around if row.kind in CENTERS]
            )
        listed = close[:NEARBY_LIMIT] or self._farther(point)
        yield from ((key, rank, miles, key == anchor) for rank, (miles, key) in enumerate(listed, start=1))
        yield from ((key, 0, miles, True) for miles, key in close[NEARBY_LIMIT:] if key == anchor)

    def _farther(self, point):
        """(miles, key) of the nearest of a city that has none close."""
        parts = [part for part in self.wholes if point.key in wholes_of(part, self.wholes)]
        others = _rows().exclude(pk__in=[point.key, *parts, *wholes_of(point.key, self.wholes)])
        return [(miles, row.pk) for miles, row in nearest_rows(others, point, LONELY_LIMIT)]

    def _are_one(self, one, other):
        """Whether one of the two contains the other."""
        return other in wholes_of(one, self.wholes) or one in wholes_of(other, self.wholes)


def _links(neighbors):
    """{city: [(neighbor, rank, miles, is anchor), …]} of `Neighbor` rows, first those that are listed."""
    links = {}
    rows = neighbors.order_by("city", "rank").values_list("city", "neighbor", "rank", "miles", "is_anchor")
    for city, *link in rows:
        links.setdefault(city, []).append(tuple(link))
    for one in links.values():
        one.sort(key=lambda link: link[1] or NEARBY_LIMIT + 1)
    return links
