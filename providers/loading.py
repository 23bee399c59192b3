"""Loads the records that a new site starts with: places of care that Medicare knew in August 2022."""

import csv
from itertools import batched

from locations.models import State
from providers import presentation
from providers.imports.records import Record, five_digits, is_npi, place_key
from providers.imports.staging import BATCH, staging
from providers.models import Kind, Provider, Source, Specialty
from providers.placing import Places
from therapydir.derived.corrections import is_new, mark_taken

CARE_PLACES, SPECIALTIES = "care_places.csv", "specialties.csv"
KINDS = {
    "therapy group": Kind.CLINIC,
    "outpatient therapy facility": Kind.CLINIC,
    "comprehensive outpatient rehabilitation facility": Kind.CLINIC,
    "home health agency": Kind.HOME_HEALTH,
    "skilled nursing facility": Kind.NURSING,
    "rehabilitation hospital": Kind.REHABILITATION,
    "rehabilitation unit": Kind.REHABILITATION,
}


def load(folder):
    """Add what is missing of the specialties, and the places of care, once for each version of their file.

    A record that has come from the registry since is newer, and stays. Returns how many rows were added, by
    kind.
    """
    return {"specialties": _load_specialties(folder), "places of care": _load_care_places(folder)}


def _load_specialties(folder):
    known = set(Specialty.objects.values_list("code", flat=True))
    with (folder / SPECIALTIES).open(newline="", encoding="utf-8") as file:
        new = [Specialty(**row) for row in csv.DictReader(file) if row["code"] not in known]
    return len(Specialty.objects.bulk_create(new))


def _load_care_places(folder):
    file = folder / CARE_PLACES
    if not is_new(file):
        return 0
    renewed = set(Provider.objects.order_by().exclude(source=Source.MEDICARE).values_list("npi", flat=True))
    with staging() as staged:
        for some in batched((record for record in _records(file) if record.npi not in renewed), BATCH):
            staged.add(some)
        staged.index()
        staged.settle()
        staged.compare()
        added = staged.merge().added
    mark_taken(file)
    return added


def _records(file):
    """A `Record` for each row: one organization may have several places, and the first is its own."""
    states = dict(State.objects.values_list("code", "pk"))
    places, seen = Places(), set()
    with file.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["state"] not in states or not is_npi(row["npi"]):
                continue
            record = _record(row, states[row["state"]], places)
            key = record.npi, ""
            if key in seen:
                record = record._replace(place=place_key(record.street, record.zip_code))
                key = record.npi, record.place
            if key not in seen:
                seen.add(key)
                yield record


def _record(row, state, places):
    name = presentation.organization_name(row["name"])
    street, zip_code = presentation.street(row["address"]), five_digits(row["zip"], row["state"])
    found = places.place(state, zip_code, row["city"])
    return Record(
        npi=row["npi"],
        place="",
        is_organization=True,
        kind=KINDS[row["kind"]],
        is_ot=False,
        is_pt=False,
        specialties="",
        name=name,
        legal_name="",
        sort_name=presentation.organization_sort_name(name),
        credentials="",
        street=street,
        post_city=presentation.place_name(row["city"]),
        state=state,
        zip_code=zip_code,
        phone=presentation.digits_of_phone(row["phone"]),
        source=Source.MEDICARE,
        enumerated_on=None,
        updated_on=None,
        city=found.city,
        placed=found.how,
    )
