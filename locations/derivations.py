"""What is worked out from places: dates of pages, nearest cities, the index of names, and old addresses."""

from collections import defaultdict
from itertools import batched

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone

from locations.facts import PARTS, parts
from locations.models import (
    City,
    CityAlias,
    CityRedirect,
    Neighbor,
    OtherPlace,
    PlaceName,
    PracticeRule,
    State,
    ZipCode,
)
from locations.neighbors import rebuild_neighbors, within_reach, wrong_neighbors
from locations.offering import kept_back
from locations.paths import other_paths
from locations.remembering import remember_paths
from locations.search.index import (
    entries_of,
    entries_of_other,
    index_counties,
    index_names,
    index_other_names,
    wrong_counties,
)
from locations.state_facts import state_parts
from therapydir.derived import registry
from therapydir.derived.registry import Derivations, Note, keys_of_all
from therapydir.derived.stamps import BATCH, out_of_step, stamp

# Parts of the pages of cities; of the pages of states; of what else is kept.
SCHEMAS = {"own": 2, "rules": 2, "zip codes": 2, "near": 2}
SCHEMAS |= {"cities": 3, "map": 1, "borders": 1, "listing": 2}
SCHEMAS |= {"names": 2, "neighbors": 2, "addresses": 1, "counties": 1}
POSITION = ("latitude", "longitude", "data_source")
PLACED = ("latitude", "longitude", "name", "county", "population", "kind", "part_of")  # who is near it
SHOWN = ("state", "is_published")  # whether, and below what
NAMED = ("name", "slug", "population", "county", "part_of", *POSITION, *SHOWN)  # the county tells of waters
RULE = (
    *("state", "profession", "in_short", "summary", "limit", "citation", "board", "board_url"),
    *("license_lookup_url", "confidence", "checked_on", "read_in"),
)
NOTES = (
    Note(
        "city.own",
        City,
        fields=(
            *("name", "slug", "county", "kind", "part_of", "intro"),
            *("population", "population_source", "population_year", "geonames_id"),
            *(*POSITION, *SHOWN),
        ),
    ),
    Note("city.named", City, fields=NAMED),  # what others print, and where it is said to be itself
    Note("city.placed", City, fields=(*PLACED, *SHOWN), spreads=True),
    # What has parts, or had them: what its page prints of them, and who is near it, which they are not.
    Note("city.parts", City, key="part_of", fields=("name", "slug", *SHOWN)),
    Note("city.parted", City, key="part_of", fields=("part_of",), spreads=True),
    # Whose ZIP codes others share or not.
    Note("city.parting", City, fields=("part_of",), of_new=False, spreads=True),
    Note("city.shown", City, fields=SHOWN),
    Note(
        "state.listed", City, key="state", fields=("name", "slug", "county", "population", *POSITION, *SHOWN)
    ),
    Note("city.aliases", CityAlias, key="city", fields=("city", "name", "slug", "is_shown")),
    Note("city.serves", City.zip_codes.through, key="city"),  # and who has the ZIP code with it
    Note("city.ruled", City, put_off=2),
    Note("city.sharing", City, put_off=2),  # ZIP codes with others
    Note("city.surrounded", City, put_off=1),  # by others than before, perhaps
    Note("city.near", City, put_off=2),  # others, among its nearest
    # Of what is deleted, the database takes the links away itself: what is left may be as worked out anew.
    Note("city.left", Neighbor, key="city", of_new=False),
    Note("city.whole", City, put_off=2),  # of what it is a part
    Note("zip.serves", City.zip_codes.through, key="zipcode", of_new=False, spreads=True),  # who had it, too
    Note("zip.own", ZipCode, fields=("code",), of_new=False, spreads=True),
    Note("other.named", OtherPlace, fields=("state", "name", "other_names", "population", "source")),
    Note("state.own", State, fields=("name", "slug", "code", "intro", "is_published")),
    # What pages of its cities print of it, and what others print of its cities.
    Note("state.named", State, fields=("name", "slug", "code", "is_published"), spreads=True),
    Note("state.path", State, fields=("slug", "code", "is_published"), spreads=True),
    Note("state.shown", State, fields=("is_published",), spreads=True),
    Note("state.ruled", PracticeRule, key="state", fields=RULE, spreads=True),
    Note("state.borders", State.neighbors.through, key="from_state"),
    Note("state.rules", PracticeRule, key="state", fields=RULE),
    Note("state.counted", State, put_off=5),  # others, as parts that other apps bring tell it
)


def catch_up(changes):
    _spread(changes)
    shown, own, named = changes("city.shown"), changes("city.own"), changes("city.named")
    aliased, serving = changes("city.aliases"), changes("city.serves")
    note_publication(shown, changes("state.shown"))
    remember_paths(named | aliased, changes("state.path"))
    indexed = City.objects.filter(pk__in=named | aliased)
    index_names(list(indexed.select_related("state").prefetch_related("aliases")))
    index_other_names(list(OtherPlace.objects.filter(pk__in=changes("other.named"))))
    index_counties(changes("state.listed", "state.shown"))
    if surrounded := changes("city.surrounded"):
        changes.put_off("city.near", rebuild_neighbors(surrounded))
    changes.put_off("city.ruled", shown)
    changes.put_off("city.whole", _parts_of(named))
    changes.put_off("city.near", _naming(named) | named | changes("city.left"))
    changes.put_off("city.sharing", _sharing(named | serving) | named | serving)
    stale = {
        "own": own | aliased | named | changes("city.parts", "city.parted", "city.whole"),
        "rules": changes("city.ruled"),
        "zip codes": changes("city.sharing"),
        "near": changes("city.near"),
    }
    facts = defaultdict(dict)
    for part, keys in stale.items():
        for pk, value in parts(part, keys).items() if keys else ():
            facts[pk][part] = value
    stamp(City, facts, SCHEMAS)
    states = changes("state.own", "state.listed", "state.rules", "state.borders", "state.counted")
    if states := states | _bordering(changes("state.named")):
        stamp(State, state_parts(states), SCHEMAS)


def _spread(changes):
    """Note what changes of states, rules and ZIP codes are to cities, and cities to those around them."""
    for what, of_city in (
        ("state.shown", "city.shown"),
        ("state.named", "city.own"),
        ("state.path", "city.named"),
        ("state.ruled", "city.ruled"),
    ):
        changes.put_off(of_city, _cities_of(changes(what)))
    if placed := changes("city.placed", "city.parted") | _cities_of(changes("state.shown")):
        changes.put_off("city.surrounded", within_reach(placed))
    changes.put_off("city.sharing", _served_by(changes("zip.serves", "zip.own")))
    if parting := changes("city.parting"):
        family = parting | City.objects.parts_of(parting)
        changes.put_off("city.sharing", _sharing(family) | family)


def note_publication(cities, states):
    """Give what shows for the first time the moment of that."""
    now = timezone.now()
    State.objects.published().filter(pk__in=states, first_published_at=None).update(first_published_at=now)
    for some in batched(sorted(cities), BATCH):
        visible = City.objects.filter(pk__in=some, is_published=True, first_published_at=None)
        visible.filter(state__in=State.objects.published()).update(first_published_at=now)


def _cities_of(states):
    return set(City.objects.filter(state__in=states).values_list("pk", flat=True)) if states else set()


def _by_state(keys):
    if len(keys) <= 1:
        return list(keys)
    found = []
    for some in batched(sorted(keys), BATCH):
        found += City.objects.filter(pk__in=some).values_list("state", "pk")
    return [pk for _, pk in sorted(found)]


def _naming(cities):
    """Those whose pages name one of those cities among their nearest."""
    found = set()
    for some in batched(sorted(cities), BATCH):
        found.update(Neighbor.objects.filter(neighbor__in=some).values_list("city", flat=True))
    return found


def _sharing(cities):
    """Those that have a ZIP code with one of those cities."""
    links, found = City.zip_codes.through.objects.order_by(), set()
    for some in batched(sorted(cities), BATCH):
        codes = links.filter(city__in=some).values("zipcode")
        found.update(links.filter(zipcode__in=codes).values_list("city", flat=True))
    return found


def _served_by(zip_codes):
    """Those that have one of those ZIP codes."""
    links, found = City.zip_codes.through.objects.order_by(), set()
    for some in batched(sorted(zip_codes), BATCH):
        found.update(links.filter(zipcode__in=some).values_list("city", flat=True))
    return found


def _parts_of(cities):
    """Those that are a part of one of those cities."""
    found = set()
    for some in batched(sorted(cities), BATCH):
        found.update(City.objects.filter(part_of__in=some).values_list("pk", flat=True))
    return found


def _bordering(states):
    """Those states, and those that border on them."""
    through = State.neighbors.through.objects
    return states | set(through.filter(to_state__in=states).values_list("from_state", flat=True))


def verify():
    cities = keys_of_all("city.own")
    for part in PARTS:
        for some in batched(_by_state(cities), BATCH):
            found = {pk: {part: value} for pk, value in parts(part, some).items()}
            for pk, _ in out_of_step(City, found, SCHEMAS):
                yield f"The page of city {pk} reads otherwise than when it was dated ({part})."
    for pk, part in out_of_step(State, state_parts(keys_of_all("state.own")), SCHEMAS):
        yield f"The page of state {pk} reads otherwise than when it was dated ({part})."
    for pk in sorted(wrong_neighbors()):
        yield f"The nearest cities of city {pk} are not those that are kept."
    yield from _wrong_names()
    for city in City.objects.published().filter(first_published_at=None):
        yield f"City {city.pk} shows, and nothing says since when."
    remembered = CityRedirect.objects.filter(
        state=OuterRef("state"), slug=OuterRef("slug"), city=OuterRef("pk")
    )
    for city in City.objects.published().exclude(Exists(remembered)):
        yield f"The address of city {city.pk} is not remembered."
    for state in State.objects.published().exclude(former_slugs__slug=F("slug")):
        yield f"The address of state {state.pk} is not remembered."


def _wrong_names():
    kept = defaultdict(dict)
    for row in PlaceName.objects.values_list("city", "other", "key", "kind", "population"):
        city, other, key, *entry = row
        kept[city, other][key] = tuple(entry)
    for city in City.objects.select_related("state").prefetch_related("aliases"):
        if kept[city.pk, None] != entries_of(city):
            yield f"The names by which city {city.pk} is found are not those that are kept."
    for other in OtherPlace.objects.all():
        if kept[None, other.pk] != entries_of_other(other):
            yield f"The names by which place {other.pk} without a page is found are not those that are kept."
    for state in wrong_counties(keys_of_all("state.own")):
        yield f"The counties of state {state} are not those that are kept."


def count_pages():
    return City.objects.published().count() + State.objects.published().count() + 1  # the directory


def dated_pages():
    not_offered = defaultdict(list)  # to search engines, as links in lists say
    withheld = kept_back(City.objects.published()).order_by("pk")
    for state, city in withheld.values_list("state", "pk"):
        not_offered[state].append(city)
    for state in State.objects.published():
        made_of = f"{sorted(state.digests.items())} {not_offered[state.pk]}"
        yield state.get_absolute_url(), f"{made_of} {state.content_changed_at}"
    rows = (
        City.objects.published()
        .order_by()
        .values_list("state__slug", "slug", "digests", "content_changed_at")
    )
    for state_slug, slug, digests, date in rows:
        yield reverse("locations:city", args=[state_slug, slug]), f"{sorted(digests.items())} {date}"


registry.register(
    Derivations(
        "locations",
        NOTES,
        SCHEMAS,
        catch_up,
        verify,
        count_pages=count_pages,
        dated_pages=dated_pages,
        other_paths=other_paths,
    )
)
