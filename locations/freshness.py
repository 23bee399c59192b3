"""Keeps what is worked out from the rows of the directory in step with them.

`refresh_pages()` is called by whatever writes: the models' `save()`, the admin, imports.
"""

from itertools import batched
from math import inf

from django.db import transaction
from django.db.models import Count, Max, Prefetch, prefetch_related_objects

from locations.distance import Nearest, Point, great_circle_miles
from locations.models import City, Neighbor, State
from locations.models.cities import LARGE, LARGER
from locations.nearby import zip_codes_around
from locations.search.index import index_names
from therapydir.pages.fields import BATCH, stamp

NEARBY_LIMIT = 10
BIG_LIMIT = 3
BIG = 250_000  # people, of a city that is big beside any other
MANY = 20  # cities, for which working out all lists again is quicker than finding those within reach


def one_writer_at_a_time():
    """Make other writers of the directory wait until this transaction ends.

    Called before a row is written, so that two editors who save at once neither work out the
    same nearest cities twice nor wait for each other's rows. SQLite has but one writer anyway.
    """
    list(State.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def refresh_pages(cities=None, states=None, *, alone=(), moved=False):
    """Bring nearest cities and the dates of changed pages up to date.

    `cities` and `states` are the primary keys of the rows that were written; None means any.
    `moved` says that a place appeared, went, or changed its coordinates. A page that shows a
    written row is looked at too. `alone` are cities whose own pages may read differently, and
    no others. Pages that read as before keep their dates.
    """
    with transaction.atomic():
        one_writer_at_a_time()
        rearranged = rebuild_neighbors(cities) if moved else set()
        if cities is None:
            # By state, so that a batch lies close together, and so does what is looked for around it.
            written = showing = list(City.objects.order_by("state", "pk").values_list("pk", flat=True))
        else:
            written = sorted(cities)
            showing = sorted({*written, *alone, *rearranged, *_showing(written)})
        for some in batched(written, BATCH):
            index_names(_cities(some).prefetch_related("aliases"))
        for some in batched(showing, BATCH):
            stamp(with_facts(list(_cities(some))))
        every_state = State.objects.prefetch_related("neighbors", "rules")
        if states is not None:
            every_state = every_state.filter(pk__in=states)
        stamp(every_state.with_cities())


def _cities(keys):
    return City.objects.filter(pk__in=keys).select_related("state").order_by("pk")


def _showing(cities):
    """The primary keys of the cities whose pages name one of those."""
    for some in batched(cities, BATCH):
        for shows in ("neighbor_links__neighbor__in", "zip_codes__cities__in"):
            yield from City.objects.filter(**{shows: some}).values_list("pk", flat=True)


def directory_changed_at():
    """When any part of the directory, as a list of states and cities, last changed; None if never."""
    listed = State.objects.exclude(first_published_at=None)  # the withdrawn too: the list lost them
    return listed.aggregate(newest=Max("listing_changed_at"))["newest"]


# What is said of who shares a ZIP code.
SHARING = ("name", "is_published", "state__code", "state__is_published")


def with_facts(cities):
    """The cities with all that their pages show besides their own row.

    In a constant number of queries, and one more for each city with few ZIP codes around.
    """
    prefetch_related_objects(
        cities,
        "state__rules",
        Prefetch("zip_codes__cities", City.objects.select_related("state").only(*SHARING)),
        "aliases",
        Prefetch("neighbor_links", Neighbor.objects.shown()),
    )
    around = zip_codes_around(cities)
    for city in cities:
        city.zip_codes_around = around[city.pk]
    return cities


def rebuild_neighbors(moved=None):
    """Work out the nearest published cities of each city, and the nearest big ones; write what differs.

    `moved` are the primary keys of the cities that appeared, went, or changed where they are or how
    many people they have; None means any. Returns the primary keys of the cities whose lists changed.
    """
    rows = list(City.objects.published().values_list("pk", "latitude", "longitude", "population"))
    populations = {pk: population or 0 for pk, *_, population in rows}
    nearest = Nearest(Point(*row[:3]) for row in rows)
    big = Nearest(point for point in nearest.points if populations[point.key] >= LARGE)
    if moved is None or len(moved) > MANY:
        wanted, before = populations.keys(), _links(Neighbor.objects.all())
    else:
        wanted = _within_reach(moved, nearest.points)
        before = _links(Neighbor.objects.filter(city__in=wanted))
    points = [point for point in nearest.points if point.key in wanted]
    after = {point.key: list(_neighbors_of(point, nearest, big, populations)) for point in points}
    changed = {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}
    for keys in batched(sorted(changed), BATCH):
        Neighbor.objects.filter(city__in=keys).delete()
        Neighbor.objects.bulk_create(
            Neighbor(city_id=key, neighbor_id=other, miles=miles, is_big=is_big, rank=rank)
            for key in keys
            for rank, (other, miles, is_big) in enumerate(after.get(key, []), start=1)
        )
    return changed


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
    that it lists, or lists fewer than it could.
    """
    wanted = {*moved, *Neighbor.objects.filter(neighbor__in=moved).values_list("city", flat=True)}
    here = [point for point in points if point.key in moved]
    for is_big, limit in ((False, NEARBY_LIMIT), (True, BIG_LIMIT)):
        listed = Neighbor.objects.filter(is_big=is_big).values_list("city")
        reach = {
            city: miles if count >= limit else inf
            for city, miles, count in listed.annotate(Max("miles"), Count("pk")).order_by()
        }
        wanted.update(
            point.key
            for point in points
            if any(great_circle_miles(point, other) <= reach.get(point.key, inf) for other in here)
        )
    return wanted


def _neighbors_of(point, nearest, big, populations):
    """(key, miles, is big) of the points nearest to one, and of the big ones beyond them."""
    close = nearest.to(point, NEARBY_LIMIT)
    yield from ((other.key, miles, False) for miles, other in close)
    seen = {other.key for _, other in close}
    least = min(max(LARGE, LARGER * populations[point.key]), BIG)
    beyond = big.to(point, BIG_LIMIT, lambda other: populations[other.key] >= least and other.key not in seen)
    yield from ((other.key, miles, True) for miles, other in beyond)
