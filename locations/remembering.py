"""Remembers the addresses of what shows: they go on leading to it, whatever it is called later."""

from itertools import batched

from django.db.models import Exists, OuterRef

from locations.models import City, CityAlias, CityRedirect, State, StateRedirect
from therapydir.database.bulk import add_rows
from therapydir.derived.stamps import BATCH
from therapydir.pages.paths import slug_for


def remember_paths(cities, states):
    """From now on the slugs and names of what shows lead to it, whatever they led to before.

    A name that two cities of a state share leads to neither.
    """
    for state in State.objects.published().filter(pk__in=states):
        StateRedirect.objects.update_or_create(slug=state.slug, defaults={"state": state})
    for some in batched(sorted(cities), BATCH):
        _correct_slugs(some)
        rows = City.objects.published().filter(pk__in=some).values_list("state", "slug", "pk")
        _remember(rows)
        names = CityAlias.objects.filter(city__in=some)
        others = CityAlias.objects.filter(city__state=OuterRef("city__state"), slug=OuterRef("slug"))
        pages = City.objects.filter(state=OuterRef("city__state"), slug=OuterRef("slug"))
        alone = ~Exists(others.exclude(city=OuterRef("city"))) & ~Exists(pages)
        _remember(names.filter(alone).values_list("city__state", "slug", "city"))
        shared = names.filter(Exists(others.exclude(city=OuterRef("city")))).values_list(
            "city__state", "slug"
        )
        for state, slug in set(shared):
            CityRedirect.objects.filter(state=state, slug=slug).exclude(city__slug=slug).delete()


def _correct_slugs(cities):
    """Those of other names that were written past `save()`."""
    for alias in CityAlias.objects.filter(city__in=cities):
        if alias.slug != slug_for(alias.name):
            alias.save(update_fields=["slug"])


def _remember(rows):
    """Let each address below a state lead to its city; rows are (state, slug, city)."""
    wanted = {(state, slug): city for state, slug, city in rows}
    states = {state for state, _ in wanted}
    slugs = {slug for _, slug in wanted}
    known = {
        (row.state_id, row.slug): row for row in CityRedirect.objects.filter(state__in=states, slug__in=slugs)
    }
    new = ((*address, city) for address, city in wanted.items() if address not in known)
    add_rows(CityRedirect, ("state", "slug", "city"), new)
    moved = [row for address, row in known.items() if address in wanted and row.city_id != wanted[address]]
    for row in moved:
        row.city_id = wanted[row.state_id, row.slug]
    CityRedirect.objects.bulk_update(moved, ["city"], batch_size=BATCH)
