"""Brings the directory in line with a file of places."""

from collections import Counter, defaultdict
from itertools import batched
from pathlib import Path

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from locations.imports.csv_files import Refused
from locations.imports.matching import match, read_directory
from locations.imports.rows import read_places, read_zip_areas
from locations.models import City, CityRedirect, Serves, State, ZipCode
from therapydir.database.bulk import add_rows
from therapydir.derived.stamps import BATCH
from therapydir.history.models import Batch
from therapydir.history.recording import recorded
from therapydir.pages.paths import slug_for


def import_places(path, zip_codes_path=None, *, dry_run=False):
    """Add and update states, ZIP codes and cities as the CSV files say, or nothing of it at all.

    State and `source_name` are a place's key. Cities that the file does not name stay as they
    are, and so does what it has no column for. Returns a `Counter` of what was done: `states`,
    `ZIP codes` and `cities` added, cities `updated` and `unchanged`, ZIP codes whose cities were `ordered`
    anew, and those `left out`, of states that are not there. With `dry_run` all of it is undone. Raises
    `Refused` with every problem that it found.
    """
    problems = []
    zip_areas = read_zip_areas(zip_codes_path, problems) if zip_codes_path else []
    places = read_places(path, problems)
    directory = read_directory()
    plan = match(places, zip_areas, directory)  # before others have to wait
    with transaction.atomic() if dry_run else recorded(Batch.By.IMPORT, why=Path(path).name):
        if not problems and (now := read_directory()) != directory:
            plan = match(places, zip_areas, now)  # somebody else was faster
        if problems:
            raise Refused(problems)
        done = carry_out(plan)
        if dry_run:
            transaction.set_rollback(True)
    return done


def add_missing(folder):
    """Add the ZIP codes and places of `zip_codes.csv` and `places.csv` that the directory lacks.

    What is there is left as it is, and so is every address that leads somewhere. States are not added.
    Returns the numbers of (ZIP codes, cities). Raises `Refused` with what is wrong with the files.
    """
    problems = []
    areas, places = (
        read_zip_areas(folder / "zip_codes.csv", problems),
        read_places(folder / "places.csv", problems),
    )
    if problems:
        raise Refused(problems)
    states = {state.code: state for state in State.objects.all()}
    known = set(ZipCode.objects.values_list("code", flat=True))
    zip_codes = _add_zip_codes(
        (area for area in areas if area.zip_code not in known and area.code in states), states
    )
    zip_ids = dict(ZipCode.objects.values_list("code", "pk"))
    keys = {*City.objects.values_list("state__code", "source_name")}
    names, taken = {*City.objects.values_list("state__code", "name")}, paths_in_use()
    new = [
        place
        for place in places
        if place.code in states
        and place.key not in keys
        and (place.code, place.name) not in names
        and (place.code, place.slug) not in taken
    ]
    for place in new:
        place.zip_codes = [code for code in place.zip_codes if code in zip_ids]
    _Work(states, zip_ids).add(new)
    cities = cities_by_name()
    _set_wholes([(place, cities.get((place.code, place.part_of))) for place in new if place.part_of])
    added = {code for place in new for code in place.zip_codes}
    order_cities({area.zip_code: area.ranked(cities) for area in areas if area.zip_code in added})
    return zip_codes, len(new)


def cities_by_name():
    """{(USPS code, name or key in a list): primary key} of all cities; a name comes before another's key."""
    rows = list(City.objects.order_by().values_list("state__code", "name", "source_name", "pk"))
    by_key = {(code, key): pk for code, _, key, pk in rows if key}
    return by_key | {(code, name): pk for code, name, _, pk in rows}


def order_cities(shares):
    """Rank the cities of ZIP codes: {ZIP code: primary keys of those that have most of it, in that order}.

    Whoever is not among them comes after them. Returns how many ZIP codes were put in another order.
    """
    changed = set()
    for some in batched(shares, BATCH):
        links = list(Serves.objects.filter(zipcode__code__in=some).select_related("zipcode"))
        moved = []
        for link in links:
            [rank] = ranks_of([link.city_id], shares[link.zipcode.code]).values()
            if link.rank != rank:
                link.rank = rank
                moved.append(link)
        Serves.objects.bulk_update(moved, ["rank"], batch_size=BATCH)
        changed.update(link.zipcode.code for link in moved)
    return len(changed)


def ranks_of(cities, ranked):
    """{city: its rank} among those that are `ranked`; whoever is not comes after them. All by primary key."""
    places = {city: rank for rank, city in enumerate(ranked, start=1)}
    return {city: places.get(city, len(ranked) + 1) for city in cities}


def paths_in_use():
    """(USPS code, slug) of every city and redirect: whatever leads somewhere goes on leading there."""
    return {row for model in (City, CityRedirect) for row in model.objects.values_list("state__code", "slug")}


def create(model, objects):
    """Add the unsaved objects, any number of them, in batches. Returns how many."""
    created = 0
    for some in batched(objects, BATCH):
        created += len(model.objects.bulk_create(some))
    return created


def carry_out(plan):
    """Do what a `Plan` says, in the transaction of the caller; a `Counter` as of `import_places()`."""
    _add_states(plan.new_states)
    states = {state.code: state for state in State.objects.all()}
    zip_codes = _add_zip_codes(plan.new_zip_areas, states)
    known = [place for place in plan.places if place.known]
    # By state: what lies together is then worked out together.
    new = sorted((place for place in plan.places if not place.known), key=lambda place: place.code)
    renamed = [place for place in known if place.is_renamed]
    _make_way(renamed)
    work = _Work(states, dict(ZipCode.objects.values_list("code", "pk")))
    for some in batched(known, BATCH):
        work.update(some)
    work.add(new)
    cities = cities_by_name()
    parts = [
        (place, cities[place.code, place.part_of] if place.part_of else None)
        for place in plan.places
        if place.part_of is not None
    ]
    updated = (work.updated | _set_wholes(parts)) & {place.known.pk for place in known}
    ordered = order_cities({area.zip_code: area.ranked(cities) for area in plan.ranked_areas})
    return Counter(
        {
            "states": len(plan.new_states),
            "ZIP codes": zip_codes,
            "cities": len(new),
            "updated": len(updated),
            "unchanged": len(known) - len(updated),
            "ordered": ordered,
            "left out": plan.left_out,
        }
    )


def _add_states(names):
    create(State, [State(name=name, slug=slug_for(name), code=code) for code, name in names.items()])


def _add_zip_codes(areas, states):
    names = ("place_name", "county", "latitude", "longitude")
    rows = ((area.zip_code, states[area.code].pk, *(area.facts[name] for name in names)) for area in areas)
    return add_rows(ZipCode, ("code", "state", *names), rows)


def _set_wholes(parts):
    """Say of places what they are a part of; (place, primary key of that city or None) pairs.

    Returns the primary keys of those that were a part of something else. Raises `Refused` for a circle.
    """
    rows = City.objects.order_by().values_list("state__code", "name", "pk", "part_of")
    cities = {(code, name): (pk, whole) for code, name, pk, whole in rows}
    by_whole = defaultdict(list)
    for place, whole in parts:
        pk, before = cities[place.code, place.name]
        if before != whole:
            by_whole[whole].append(pk)
    for whole, parts_of_it in by_whole.items():
        for some in batched(parts_of_it, BATCH):
            City.objects.filter(pk__in=some).update(part_of=whole)
    if by_whole and (round_ := City.objects.parts_of_themselves()):
        names = ", ".join(str(city) for city in round_)
        raise Refused([f"part_of goes round in a circle ({names}): a place cannot be a part of itself."])
    return {pk for parts_of_it in by_whole.values() for pk in parts_of_it}


def _make_way(renamed):
    """Take the names off the cities that get others: two of them may swap theirs."""
    aside = Concat(Value("~"), Cast("pk", CharField()))
    for some in batched((place.known.pk for place in renamed), BATCH):
        City.objects.filter(pk__in=some).update(name=aside, slug=aside)


class _Work:
    """Writes places batch by batch; `updated` are the primary keys of cities that were there and changed."""

    def __init__(self, states, zip_ids):
        self._states, self._zip_ids = states, zip_ids
        self.updated = set()

    def add(self, places):
        """Make new cities of the places."""
        if not places:
            return
        facts = [facts_of_new(place) | {"state": self._states[place.code].pk} for place in places]
        default = {name: City._meta.get_field(name).get_default() for name in sorted(set().union(*facts))}
        add_rows(City, [*default], (tuple((default | own).values()) for own in facts))
        rows = City.objects.order_by().values_list("state__code", "name", "pk")
        cities = {(code, name): pk for code, name, pk in rows}
        links = (
            (cities[place.code, place.name], self._zip_ids[code])
            for place in places
            for code in place.zip_codes
        )
        add_rows(Serves, ("city", "zipcode"), links)

    def update(self, places):
        """Write what differs between the places and the cities that they mean."""
        cities = City.objects.in_bulk([place.known.pk for place in places])
        links = defaultdict(dict)
        for pk, city, zip_code in Serves.objects.filter(city__in=cities).values_list("pk", "city", "zipcode"):
            links[city][zip_code] = pk
        fields, changed, added, removed = set(), [], [], []
        for place in places:
            city = cities[place.known.pk]
            differing = apply(place, city)
            before, after = links[city.pk], {self._zip_ids[code] for code in place.zip_codes}
            added += [Serves(city=city, zipcode_id=zip_code) for zip_code in after - before.keys()]
            removed += [before[zip_code] for zip_code in before.keys() - after]
            if differing or after != before.keys():
                changed.append(city)
            fields |= differing
        if fields:
            City.objects.bulk_update(changed, sorted(fields), batch_size=BATCH)
        for some in batched(removed, BATCH):
            Serves.objects.filter(pk__in=some).delete()
        create(Serves, added)
        self.updated.update(city.pk for city in changed)


def facts_of_new(place):
    """The values of the fields of a new city, but for its state, its ZIP codes and what it is a part of."""
    own = {"name": place.name, "slug": place.slug, "source_name": place.source_name, "intro": place.intro}
    return own | place.facts


def apply(place, city):
    """Give the city what its row says, unsaved. Returns the names of the fields that differed."""
    facts = {"name": place.name, "slug": place.slug, **place.facts}
    if place.source_name:
        facts["source_name"] = place.source_name
    if city.population != facts["population"]:
        # A figure that names no source is GeoNames', whoever counted the last one.
        facts.setdefault("population_source", City.PopulationSource.GEONAMES)
    differing = {field for field, value in facts.items() if getattr(city, field) != value}
    for field in differing:
        setattr(city, field, facts[field])
    return differing
