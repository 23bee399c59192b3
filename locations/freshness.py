"""Keeps what is worked out from the rows of the directory in step with them.

`refresh_pages()` is called by whatever writes: the models' `save()`, the admin, imports.
"""

from itertools import batched

from django.db import transaction
from django.db.models import Max, Prefetch, prefetch_related_objects

from locations.distance import Nearest, Point
from locations.models import City, Neighbor, State
from locations.models.cities import LARGE, LARGER
from locations.name_index import index_names
from locations.nearest import zip_codes_around
from therapydir.content import BATCH, stamp

NEARBY_LIMIT = 10
BIG_LIMIT = 3
BIG = 250_000  # people, of a city that is big beside any other


def one_writer_at_a_time():
    """Make other writers of the directory wait until this transaction ends.

    Called before a row is written, so that two editors who save at once neither work out the
    same nearest cities twice nor wait for each other's rows. SQLite has but one writer anyway.
    """
    list(State.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def refresh_pages(cities=None, states=None, *, moved=False):
    """Bring nearest cities and the dates of changed pages up to date.

    `cities` and `states` are the primary keys of the rows that were written; None means any.
    `moved` says that a place appeared, went, or changed its coordinates. A page that shows a
    written row is looked at too. Pages that read as before keep their dates.
    """
    with transaction.atomic():
        one_writer_at_a_time()
        rearranged = rebuild_neighbors() if moved else set()
        every_city = written = City.objects.order_by("pk")
        if cities is not None:
            written = every_city.filter(pk__in=cities) if cities else every_city.none()
            showing = set(cities) | rearranged
            for shows in ("neighbor_links__neighbor__in", "zip_codes__cities__in"):
                showing |= set(City.objects.filter(**{shows: cities}).values_list("pk", flat=True))
            every_city = every_city.filter(pk__in=showing) if showing else every_city.none()
        index_names(written.select_related("state").prefetch_related("aliases").iterator(BATCH))
        for keys in batched(every_city.values_list("pk", flat=True), BATCH):
            stamp(with_facts(list(City.objects.filter(pk__in=keys).select_related("state"))))
        every_state = State.objects.with_cities().prefetch_related("neighbors", "rules")
        if states is not None:
            every_state = every_state.filter(pk__in=states)
        stamp(every_state)


def directory_changed_at():
    """When any part of the directory, as a list of states and cities, last changed; None if never."""
    listed = State.objects.exclude(first_published_at=None)  # the withdrawn too: the list lost them
    return listed.aggregate(newest=Max("listing_changed_at"))["newest"]


def with_facts(cities):
    """The cities with all that their pages show besides their own row, in a constant number of queries."""
    prefetch_related_objects(
        cities,
        "state__rules",
        Prefetch("zip_codes__cities", City.objects.select_related("state")),
        "aliases",
        Prefetch("neighbor_links", Neighbor.objects.shown()),
    )
    around = zip_codes_around(cities)
    for city in cities:
        city.zip_codes_around = around[city.pk]
    return cities


def rebuild_neighbors():
    """Work out every city's nearest published cities, and the nearest big ones; write what differs.

    Returns the primary keys of the cities for which they are not the same as before.
    """
    rows = list(City.objects.published().values_list("pk", "latitude", "longitude", "population"))
    populations = {pk: population or 0 for pk, *_, population in rows}
    nearest = Nearest(Point(*row[:3]) for row in rows)
    big = Nearest(point for point in nearest.points if populations[point.key] >= LARGE)
    after = {point.key: list(_neighbors_of(point, nearest, big, populations)) for point in nearest.points}
    before = {}
    fields = ("neighbor", "miles", "is_big")
    for city, *link in Neighbor.objects.order_by("city", "rank").values_list("city", *fields):
        before.setdefault(city, []).append(tuple(link))
    changed = {key for key in before.keys() | after.keys() if before.get(key, []) != after.get(key, [])}
    for keys in batched(sorted(changed), BATCH):
        Neighbor.objects.filter(city__in=keys).delete()
        Neighbor.objects.bulk_create(
            Neighbor(city_id=key, neighbor_id=other, miles=miles, is_big=is_big, rank=rank)
            for key in keys
            for rank, (other, miles, is_big) in enumerate(after.get(key, []), start=1)
        )
    return changed


def _neighbors_of(point, nearest, big, populations):
    """(key, miles, is big) of the points nearest to one, and of the big ones beyond them."""
    close = nearest.to(point, NEARBY_LIMIT)
    yield from ((other.key, miles, False) for miles, other in close)
    seen = {other.key for _, other in close}
    least = min(max(LARGE, LARGER * populations[point.key]), BIG)
    beyond = big.to(point, BIG_LIMIT, lambda other: populations[other.key] >= least and other.key not in seen)
    yield from ((other.key, miles, True) for miles, other in beyond)
