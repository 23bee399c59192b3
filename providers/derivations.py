"""What is worked out from the records: in which city each is, who is listed, lists, and dates of pages."""

from itertools import batched

from django.db.models import Q

from locations.models import City, CityAlias, Neighbor, PracticeRule, Serves, State
from locations.models.cities import wholes_of
from providers.facts import care_in
from providers.kinds import LISTS
from providers.lists import (
    facts_beside,
    facts_of_pages,
    pages_around,
    rebuild_lists,
    rebuild_pages,
    wanted_lists,
)
from providers.models import CityList, ListPage, Placed, Provider, Specialty
from providers.models.lists import list_path
from providers.part import NAME
from providers.placing import Places
from providers.settling import settle, unsettled
from providers.states import care_in_states
from therapydir.database.bulk import change_rows
from therapydir.derived import registry
from therapydir.derived.models import Noted
from therapydir.derived.registry import Derivations, Note, keys_of_all
from therapydir.derived.stamps import BATCH, out_of_step, stamp

SCHEMAS = {NAME: 2, "entries": 2, "around": 2, "lists": 1, "placed": 1, "settled": 1}
SHOWN = ("name", "slug", "part_of", "is_published")
IN_LISTS = ("city", "kind", "is_ot", "is_pt", "sort_name", "specialties")  # in which, and where
ENTRY = (
    *("name", "our_name", "legal_name", "credentials", "street", "our_street", "shows_street", "post_city"),
    *("zip_code", "phone", "our_phone", "source", "enumerated_on", "updated_on", "placed"),
)
# Records, of each of which it is worked out on which pages it is; of more, all pages of their cities.
FEW = 20
MANY = 500  # cities, of which to look whom each may gain or lose takes longer than to place all records
OWN = ("npi", "place", "is_hidden", "withdrawn_on", "street", "zip_code", "post_city", "state")
ADDRESS = ("state", "zip_code", "post_city", "city", "placed")
PLACED = ("state", "name", "latitude", "longitude", "part_of", "is_published")
NOTES = (
    Note("care.own", Provider, fields=(*OWN, "city", "placed"), parts=("placed", "settled")),
    Note("care.in_city", Provider, key="city", fields=IN_LISTS),
    Note("care.shown", Provider, fields=("is_listed",), of_new=False),  # all behind it move up, or down
    Note("care.entry", Provider, fields=ENTRY, of_new=False),
    # To place one record, all cities are read: so all that changed at once.
    Note("care.placed", City, fields=PLACED, spreads=True, parts=("placed",)),
    Note("care.alias", CityAlias, key="city", fields=("city", "name"), spreads=True, parts=("placed",)),
    Note("care.serves", Serves, key="city", spreads=True, parts=("placed",)),
    Note("care.state", State, fields=("is_published",), spreads=True, parts=("placed",)),
    Note("care.named", City, fields=("state", "name", "slug", "part_of", "is_published")),
    Note("care.parted", City, key="part_of", fields=("part_of", "is_published")),  # wholes, old and new
    Note("care.near", Neighbor, key="city"),
    Note("care.labels", Specialty, fields=("slug", "label")),
    Note("care.state_named", State, fields=("name", "slug", "code", "is_published"), spreads=True),
    # What lists print of a state's rules.
    Note(
        "care.look_ups",
        PracticeRule,
        key="state",
        fields=("state", "profession", "license_lookup_url"),
        spreads=True,
    ),
    Note("care.lists", City, put_off=1, varies=True),  # those of its records
    Note("care.renamed", City, put_off=1, varies=True),  # by itself, or with its state
    Note("care.pages", ListPage, put_off=2),  # of long lists: in a large city thousands
    Note("care.beside", ListPage, put_off=2),  # what these print beside their entries
    Note("care.around", City, put_off=3, varies=True),  # others, whose pages say how many are here
    Note("care.by_city", City, key="state", fields=("state", "population", "county", *SHOWN)),
    Note("care.of_state", State, put_off=4),
)


def catch_up(changes):
    if own := changes("care.own"):
        records = Provider.objects.filter(pk__in=own)
        _place(records)
        settle(set(records.values_list("npi", flat=True)))
    moved = changes("care.placed", "care.alias", "care.serves") | _cities_of(changes("care.state"))
    if moved and Provider.objects.exists():
        place_again(moved)
    # What takes long comes by itself, in slices of its own.
    changes.put_off("care.lists", changes("care.in_city"))
    if changes("care.labels"):
        labeled = CityList.objects.exclude(specialties={}).values_list("city", flat=True)
        changes.put_off("care.lists", labeled)
    _look_at(changes, changes("care.shown"), changes("care.entry"))
    whose_state = _cities_of(changes("care.state_named", "care.look_ups"))
    changes.put_off("care.renamed", changes("care.named", "care.parted") | whose_state)
    cities, named = changes("care.lists"), changes("care.renamed")
    rebuild_lists(cities)
    changes.put_off("care.pages", rebuild_pages(cities | named))
    pages = changes("care.pages")
    stamp(ListPage, facts_beside(changes("care.beside") - pages) | facts_of_pages(pages), SCHEMAS)
    # When all lists and neighbors are there: until then, pages would seem to read otherwise.
    changes.put_off("care.around", cities | named | changes("care.near") | _telling_of(cities | named))
    stamp_cities(changes("care.around"))
    changes.put_off("care.of_state", _states_of(cities | named) | changes("care.by_city", "care.state_named"))
    if states := changes("care.of_state"):
        stamp(State, facts_of_states(states), SCHEMAS)
        changes.put_off("state.counted", states)  # on its map, and in the directory


def _look_at(changes, shown, entries):
    """Bring the lists in step that records came into, or went from; put off the pages that print them."""
    records = Provider.objects.filter(pk__in=shown | entries).exclude(city=None)
    if len(shown | entries) > FEW:
        changes.put_off("care.lists", set(records.values_list("city", flat=True)))
        return
    for record in records:
        of_record, city = [one for one in LISTS if one.has(record)], {record.city_id}
        if record.pk in shown:
            rebuild_lists(city, of_record)
            rebuild_pages(city)
            changes.put_off("care.of_state", _states_of(city))
        for one in of_record:
            on, before = pages_around(record, one)
            changes.put_off("care.pages", on if record.pk in shown else on[:1])
            changes.put_off("care.beside", before if record.pk in shown else ())
        changes.put_off("care.around", city | (_telling_of(city) if record.pk in shown else set()))


def stamp_cities(keys):
    for some in batched(sorted(keys), BATCH):
        stamp(City, facts_of_cities(some), SCHEMAS)


def facts_of_cities(keys):
    """{primary key: the part of the page that says who can help}, None for a city that does not show."""
    cities = list(City.objects.filter(pk__in=keys).select_related("state").order_by("pk"))
    found = care_in([city for city in cities if city.is_visible])
    return {city.pk: {NAME: found.get(city.pk)} for city in cities}


def facts_of_states(keys):
    """{primary key: the part of the page that says who can help there}, None for one that does not show."""
    states = State.objects.filter(pk__in=keys).with_cities()
    found = care_in_states([state for state in states if state.is_published])
    return {state.pk: {NAME: found.get(state.pk)} for state in states}


def place_again(cities):
    """Tell anew in which city the records are that those cities may gain or lose.

    All cities are read for that, however few they are: it is better done for many at once.
    """
    if len(cities) > MANY:
        _place(Provider.objects.all())
        return
    states = set(City.objects.filter(pk__in=cities).values_list("state", flat=True))
    codes = Serves.objects.filter(city__in=cities).values("zipcode__code")
    unsure = [Placed.NEAR, Placed.NOWHERE, Placed.NAME, Placed.DISAGREE, Placed.ZIP_CODE]
    _place(
        Provider.objects.filter(
            Q(city__in=cities) | Q(zip_code__in=codes) | Q(state__in=states, placed__in=unsure)
        )
    )


def _place(records):
    """Tell in which city those records are; write only what differs."""
    wrong = dict(_wrong_addresses(records))
    if not wrong:
        return
    differing, npis = [], set()
    for pk, npi, *address in records.order_by().values_list("pk", "npi", *ADDRESS).iterator():
        if found := wrong.get(tuple(address)):
            differing.append((pk, found.city, str(found.how)))
            npis.add(npi)
    change_rows(Provider, ("city_id", "placed"), differing)
    for some in batched(sorted(npis), BATCH):
        settle(some)
    for some in batched([pk for pk, *_ in differing], BATCH):  # that is all that was to be done with them
        Noted.objects.filter(what="care.own", key__in=some).delete()


def _wrong_addresses(records):
    """Yields (an address with the city that it is said to be in, the `Place` of it) where these differ.

    Many records have the same: the database tells them apart.
    """
    places = Places()
    for address in records.order_by().values_list(*ADDRESS).distinct().iterator():
        found = places.place(*address[:3])
        if address[3:] != tuple(found):
            yield address, found


def _cities_of(states):
    return set(City.objects.filter(state__in=states).values_list("pk", flat=True)) if states else set()


def _states_of(cities):
    found = set()
    for some in batched(sorted(cities), BATCH):
        found.update(City.objects.filter(pk__in=some).values_list("state", flat=True).distinct())
    return found


def _telling_of(cities):
    """The cities whose pages say how many can help in one of those: their wholes, and those around them."""
    wholes = City.objects.wholes()
    found = {whole for city in cities for whole in wholes_of(city, wholes)}
    for some in batched(sorted(cities | found), BATCH):
        found.update(Neighbor.objects.filter(neighbor__in=some).values_list("city", flat=True))
    return found


def verify():
    for pk, column in unsettled():
        yield f"The column {column} of record {pk} is not what is worked out."
    yield from _misplaced()
    cities = keys_of_all("care.named")
    for some in batched(sorted(cities), BATCH):
        kept = {
            (one.city_id, one.slug): (one.count, one.first, one.specialties)
            for one in CityList.objects.filter(city__in=some)
        }
        wanted = wanted_lists(some)
        for city, slug in sorted(
            key for key in kept.keys() | wanted.keys() if kept.get(key) != wanted.get(key)
        ):
            yield f"The list {slug} of city {city} is not that of its records."
        for pk, _ in out_of_step(City, facts_of_cities(some), SCHEMAS):
            yield f"The page of city {pk} says otherwise who can help than when it was dated."
    pages = ListPage.objects.order_by("city", "slug", "number").values_list("pk", flat=True)
    for some in batched(pages.iterator(), BATCH):
        for pk, _ in out_of_step(ListPage, facts_of_pages(some), SCHEMAS):
            yield f"Page {pk} of a list reads otherwise than when it was dated."
    for pk, _ in out_of_step(State, facts_of_states(keys_of_all("care.of_state")), SCHEMAS):
        yield f"The page of state {pk} says otherwise who can help there than when it was dated."


def _misplaced():
    wrong = dict(_wrong_addresses(Provider.objects.all()))
    rows = Provider.objects.order_by("pk").values_list("pk", *ADDRESS)
    for pk, *address in rows.iterator() if wrong else ():
        if tuple(address) in wrong:
            yield f"Record {pk} is in another city than it is said to be."


def count_pages():
    return ListPage.objects.shown().count()


def dated_pages():
    rows = (
        ListPage.objects.shown()
        .order_by()
        .values_list("city__state__slug", "city__slug", "slug", "number", "digests", "content_changed_at")
    )
    for state, city, slug, number, digests, date in rows:
        yield list_path(state, city, slug, number), f"{sorted(digests.items())} {date}"


def other_paths():
    """The paths of all lists: those that are too short for a page of their own lead to their city's."""
    rows = CityList.objects.filter(city__in=City.objects.published())
    for state, city, slug in rows.values_list("city__state__slug", "city__slug", "slug"):
        yield list_path(state, city, slug)


registry.register(
    Derivations(
        "providers",
        NOTES,
        SCHEMAS,
        catch_up,
        verify,
        count_pages=count_pages,
        dated_pages=dated_pages,
        other_paths=other_paths,
    )
)
