"""Loads the places that a new site starts with from CSV files."""

import csv
from itertools import batched

from django.db import transaction
from django.utils import timezone

from locations.freshness import refresh_pages
from locations.models import City, CityAlias, CityRedirect, State, ZipCode
from therapydir.addresses import slug_for
from therapydir.content import BATCH


@transaction.atomic
def load(folder):
    """Add the states, ZIP codes, places, aliases and redirects of `folder` that are missing.

    Rows that exist are left as they are, with what hangs on them; the keys are the USPS code,
    the ZIP code, and state and `source_name`. Returns how many rows were added, by kind.
    """
    added = {"states": _load_states(folder), "ZIP codes": _load_zip_codes(folder)}
    new_cities = _load_cities(folder)
    added["cities"] = len(new_cities)
    added["aliases and redirects"] = _load_names(folder)
    if any(added.values()):
        refresh_pages(moved=True)
    return added


def _rows(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _create(model, objects):
    created = 0
    for some in batched(objects, BATCH):
        created += len(model.objects.bulk_create(some))
    return created


def _states_by_code():
    return {state.code: state for state in State.objects.all()}


def _load_states(folder):
    known, rows, now = _states_by_code(), list(_rows(folder, "states.csv")), timezone.now()
    new = [row for row in rows if row["state_code"] not in known]
    _create(
        State,
        [
            State(name=row["name"], slug=row["slug"], code=row["state_code"], first_published_at=now)
            for row in new
        ],
    )
    states = _states_by_code()
    for row in new:
        states[row["state_code"]].neighbors.add(*(states[code] for code in row["neighbors"].split()))
    return len(new)


def _load_zip_codes(folder):
    known = set(ZipCode.objects.values_list("code", flat=True))
    states = _states_by_code()
    return _create(
        ZipCode,
        (
            ZipCode(
                code=row["zip_code"],
                state=states[row["state_code"]],
                place_name=row["place_name"],
                county=row["county"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            )
            for row in _rows(folder, "zip_codes.csv")
            if row["zip_code"] not in known
        ),
    )


def _load_cities(folder):
    known = set(City.objects.values_list("state__code", "source_name"))
    states, now = _states_by_code(), timezone.now()
    new = [row for row in _rows(folder, "places.csv") if (row["state_code"], row["source_name"]) not in known]
    _create(City, (_city(row, states[row["state_code"]], now) for row in new))
    ids = _cities_by_key()
    zip_ids = dict(ZipCode.objects.values_list("code", "pk"))
    serves = City.zip_codes.through
    _create(
        serves,
        (
            serves(city_id=ids[row["state_code"], row["source_name"]], zipcode_id=zip_ids[code])
            for row in new
            for code in row["zip_codes"].split()
        ),
    )
    return new


def _city(row, state, now):
    return City(
        state=state,
        name=row["name"],
        slug=slug_for(row["name"]),
        county=row["county"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        data_source=row["data_source"],
        geonames_id=int(row["geonames_id"]) if row["geonames_id"] else None,
        population=int(row["population"] or 0) or None,
        population_source=row["population_source"],
        intro=row["intro"],
        source_name=row["source_name"],
        first_published_at=now,
    )


def _cities_by_key():
    rows = City.objects.exclude(source_name="").values_list("state__code", "source_name", "pk")
    return {(code, source_name): pk for code, source_name, pk in rows}


def _load_names(folder):
    states, cities = _states_by_code(), _cities_by_key()
    aliases = set(CityAlias.objects.values_list("city", "slug"))
    new_aliases = [
        CityAlias(
            city_id=cities[row["state_code"], row["source_name"]],
            name=row["alias"],
            slug=slug_for(row["alias"]),
            is_shown=row["is_shown"] == "yes",
        )
        for row in _rows(folder, "aliases.csv")
    ]
    redirects = set(CityRedirect.objects.values_list("state__code", "slug"))
    new_redirects = [
        CityRedirect(
            state=states[row["state_code"]],
            slug=slug_for(row["entry"]),
            city_id=cities.get((row["state_code"], row["source_name"])),
        )
        for row in _rows(folder, "redirects.csv")
    ]
    return _create(
        CityAlias, [alias for alias in new_aliases if (alias.city_id, alias.slug) not in aliases]
    ) + _create(CityRedirect, [r for r in new_redirects if (r.state.code, r.slug) not in redirects])
