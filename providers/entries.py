"""What pages print of one record: a card in a list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Case, CharField, F, Func, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from providers.models import Placed, Source, Specialty
from providers.presentation import phone_shown

STALE = 3  # years without a change, from which a page says so
REGISTRY = "https://npiregistry.cms.hhs.gov/provider-view/{npi}"  # the official record, as it is today


def _corrected(ours, theirs):
    """What an editor knows better, or else what the registry says."""
    return Case(When(~Q(**{ours: ""}), then=F(ours)), default=theirs)


def _if(condition):
    return Case(When(condition, then=Value("yes")), default=Value(""))


_street = Case(When(shows_street=True, then="street"), default=Value(""))
# What pages print of a record, as the database tells it: texts, "" for none. What else a record has is not
# shown, and moves no date.
PRINTED = {
    "printed_name": _corrected("our_name", F("name")),
    "printed_street": _corrected("our_street", _street),
    "printed_phone": _corrected("our_phone", F("phone")),
    "is_person": _if(Q(is_organization=False)),
    "is_near": _if(Q(placed=Placed.NEAR)),
    "from_medicare": _if(Q(source=Source.MEDICARE)),
    "since": Coalesce(Cast("enumerated_on", CharField()), Value("")),
    "updated": Coalesce(Cast("updated_on", CharField()), Value("")),
}
AS_THEY_ARE = ("npi", "legal_name", "credentials", "specialties", "post_city", "zip_code")


class Joined(Func):
    """Texts one after the other."""

    template, arg_joiner, output_field = "(%(expressions)s)", " || '|' || ", TextField()


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


def printed(records):
    """Rows of what pages print of those records, for `entry_of`; `pk` is there, too."""
    return records.annotate(**PRINTED).values_list("pk", *AS_THEY_ARE, *PRINTED, named=True)


def printed_texts(records):
    """The same of each as one text: a page of them reads otherwise when these do."""
    return records.values_list(Joined(*AS_THEY_ARE, *PRINTED.values()), flat=True)


def entry_of(row, labels):
    """The `Entry` of a row of `printed()`."""
    return Entry(
        npi=row.npi,
        is_person=bool(row.is_person),
        name=row.printed_name,
        legal_name=row.legal_name,
        credentials=row.credentials,
        works_with=tuple(labels[slug] for slug in row.specialties.split() if slug in labels),
        street=row.printed_street,
        post_city=row.post_city,
        zip_code=row.zip_code,
        is_near=bool(row.is_near),
        phone=phone_shown(row.printed_phone),
        from_medicare=bool(row.from_medicare),
        since=_day(row.since),
        updated_on=_day(row.updated),
    )


def _day(text):
    return date.fromisoformat(text) if text else None
