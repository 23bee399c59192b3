"""What pages print of one record: a card in a list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from providers.models import Placed, Source, Specialty
from providers.presentation import phone_shown

STALE = 3  # years without a change, from which a page says so
REGISTRY = "https://npiregistry.cms.hhs.gov/provider-view/{npi}"  # the official record, as it is today
COLUMNS = (
    *("pk", "city", "npi", "is_organization", "name", "our_name", "legal_name", "credentials", "specialties"),
    *("street", "our_street", "shows_street", "post_city", "zip_code", "placed", "phone", "our_phone"),
    *("source", "enumerated_on", "updated_on", "kind", "is_ot", "is_pt"),
)


@dataclass(frozen=True)
class Entry:
    """A card, with what it prints."""

    npi: str
    is_person: bool
    name: str
    legal_name: str
    credentials: str
    works_with: tuple[str, ...]  # «hands», «children»
    street: str  # "" where the page keeps it to itself
    post_city: str
    zip_code: str
    is_near: bool  # in a place without a page, near the city
    phone: str
    from_medicare: bool  # of August 2022, and not renewed since
    since: date | None  # in the registry
    updated_on: date | None

    @property
    def record(self):
        return REGISTRY.format(npi=self.npi)

    @property
    def tel(self):
        return f"tel:+1{''.join(letter for letter in self.phone if letter.isdigit())}"

    @property
    def years_unchanged(self):
        """For how many whole years its record has not changed, where that is long; else None."""
        if self.updated_on is None:
            return None
        years = (timezone.localdate() - self.updated_on).days // 365
        return years if years >= STALE else None


class Origin(StrEnum):
    """Where what is shown together is from."""

    OLD = "old"  # all of it from Medicare’s files, and not renewed since
    NEW = "new"  # all of it from the registry
    BOTH = "both"
    NONE = ""


def origin_of(entries):
    """The `Origin` of those entries."""
    are_old = {entry.from_medicare for entry in entries}
    if len(are_old) > 1:
        return Origin.BOTH
    return Origin.OLD if True in are_old else Origin.NEW if are_old else Origin.NONE


def specialty_labels():
    """{slug: plain words} of all specialties."""
    return dict(Specialty.objects.exclude(slug="").values_list("slug", "label"))


def entry_of(row, labels):
    """The `Entry` of a row of COLUMNS."""
    return Entry(
        npi=row.npi,
        is_person=not row.is_organization,
        name=row.our_name or row.name,
        legal_name=row.legal_name,
        credentials=row.credentials,
        works_with=tuple(labels[slug] for slug in row.specialties.split() if slug in labels),
        street=row.our_street or (row.street if row.shows_street else ""),
        post_city=row.post_city,
        zip_code=row.zip_code,
        is_near=row.placed == Placed.NEAR,
        phone=row.our_phone or phone_shown(row.phone),
        from_medicare=row.source == Source.MEDICARE,
        since=row.enumerated_on,
        updated_on=row.updated_on,
    )
