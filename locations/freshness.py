"""Keeps what is worked out from the rows of the directory in step with them.

`refresh_pages()` is called by whatever writes: the models' `save()`, the admin, imports.
"""

from itertools import batched

from django.db import transaction
from django.db.models import Max, Prefetch

from locations.distance import Nearest, Point
from locations.models import City, Neighbor, State
from therapydir.content import BATCH, stamp

NEARBY_LIMIT = 10


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
        every_city = City.objects.order_by("pk")
        if cities is not None:
            showing = set(cities) | rearranged
            showing |= set(
                City.objects.filter(neighbor_links__neighbor__in=cities).values_list("pk", flat=True)
            )
            every_city = every_city.filter(pk__in=showing) if showing else every_city.none()
        for keys in batched(every_city.values_list("pk", flat=True), BATCH):
            stamp(with_facts(City.objects.filter(pk__in=keys)))
        every_state = State.objects.with_cities().prefetch_related("neighbors")
        if states is not None:
            every_state = every_state.filter(pk__in=states)
        stamp(every_state)


def directory_changed_at():
    """When any part of the directory, as a list of states and cities, last changed; None if never."""
    listed = State.objects.exclude(first_published_at=None)  # the withdrawn too: the list lost them
    return listed.aggregate(newest=Max("listing_changed_at"))["newest"]


def with_facts(cities):
    """The cities with all that their `content_facts()` read, in a constant number of queries."""
    return cities.select_related("state").prefetch_related(
        "zip_codes", "aliases", Prefetch("neighbor_links", Neighbor.objects.shown())
    )


def rebuild_neighbors():
    """Work out every city's nearest published cities and write those that differ.

    Returns the primary keys of the cities whose nearest cities are not the same as before.
    """
    points = [Point(*row) for row in City.objects.published().values_list("pk", "latitude", "longitude")]
    nearest = Nearest(points)
    after = {point.key: nearest.to(point, NEARBY_LIMIT) for point in points}
    before = {}
    for city, neighbor, miles in Neighbor.objects.values_list("city", "neighbor", "miles").order_by(
        "city", "rank"
    ):
        before.setdefault(city, []).append((neighbor, miles))
    changed = {
        key
        for key in before.keys() | after.keys()
        if before.get(key, []) != [(other.key, miles) for miles, other in after.get(key, [])]
    }
    for keys in batched(sorted(changed), BATCH):
        Neighbor.objects.filter(city__in=keys).delete()
        Neighbor.objects.bulk_create(
            Neighbor(city_id=key, neighbor_id=other.key, miles=miles, rank=rank)
            for key in keys
            for rank, (miles, other) in enumerate(after.get(key, []), start=1)
        )
    return changed
