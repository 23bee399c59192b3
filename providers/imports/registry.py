"""What a row of the registry's main file says: who it is, what kind, and where."""

from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from locations.us_states import NAMES
from providers import presentation
from providers.imports.records import Record, five_digits, is_npi
from providers.models import Kind, Source, Specialty

SLOTS = range(1, 16)
HERE = ("US", "USA", "")  # the country of an address in the United States
TEXTS = (
    "NPI",
    "Entity Type Code",
    "Provider Organization Name (Legal Business Name)",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider Name Suffix Text",
    "Provider Credential Text",
    "Provider Other Organization Name",
    "Provider Other Organization Name Type Code",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    "Provider Business Practice Location Address City Name",
    "Provider Business Practice Location Address State Name",
    "Provider Business Practice Location Address Postal Code",
    "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "Provider Business Practice Location Address Telephone Number",
    "Provider Enumeration Date",
    "Last Update Date",
    "NPI Deactivation Date",
    "NPI Reactivation Date",
)


class Row(NamedTuple):
    """The texts of a row, in the order of TEXTS."""

    npi: str
    entity: str
    legal: str
    last: str
    first: str
    middle: str
    suffix: str
    credential: str
    other: str
    other_type: str
    street: str
    street2: str
    post_city: str
    state: str
    zip_code: str
    country: str
    phone: str
    since: str
    updated: str
    deactivated: str
    reactivated: str

    @property
    def is_organization(self):
        return self.entity == "2"


CODES = tuple(f"Healthcare Provider Taxonomy Code_{slot}" for slot in SLOTS)
DOING_BUSINESS_AS = "3"  # the type of an organization's name by which people know it
# What an organization is that is several things, what says most first.
KINDS = (
    (("283X", "273Y"), Kind.REHABILITATION),
    (("314000000X", "3140N"), Kind.NURSING),
    (("251E",), Kind.HOME_HEALTH),
    (("225X", "2251", "261QP2000X", "261QR0400X", "261QR0401X"), Kind.CLINIC),
)
WRONG_NPI, NO_NAME = "with an NPI that has a wrong check digit", "without a name"
WITH_LINES = (WRONG_NPI, NO_NAME)  # of which it is told where they are
OT, PT = "225X", ("2251", "261QP2000X")


class Reader:
    """Makes records of rows: `read(fields, line)` gives a `Record`, or None for a row that is not for us.

    `states` are {USPS code: primary key} of those that are taken, `places` tells cities, `kept` is
    {NPI: kind} of records that are listed whatever their codes are, because Medicare said so.
    """

    def __init__(self, columns, states, places, kept, told):
        self._texts, self._codes = (itemgetter(*columns.at(*names)) for names in (TEXTS, CODES))
        self._states, self._places, self._kept, self._told = states, places, kept, told
        self._specialties = dict(Specialty.objects.exclude(slug="").values_list("code", "slug"))
        self._of_codes = {}

    def npi_of(self, fields):
        return self._texts(fields)[0].strip()

    def reactivated_on(self, fields):
        """The day on which its NPI was made valid again; the first of all days if it was not."""
        return self._day(self._texts(fields)[-1]) or date.min

    def read(self, fields, line):
        row = Row._make(map(str.strip, self._texts(fields)))
        kind, is_ot, is_pt, slugs = self._told_by(row.entity, self._codes(fields))
        if kind is None and row.is_organization:
            kind = self._kept.get(row.npi)
        if fault := self._fault(row, kind):
            self._told(fault, line if fault in WITH_LINES else None)
            return None
        name, legal_name, sort_name = _names(row)
        code = state_of(row.state)
        zip_code = five_digits(row.zip_code, code)
        found = self._places.place(self._states[code], zip_code, row.post_city)
        return Record(
            npi=row.npi,
            place="",
            is_organization=row.is_organization,
            kind=kind,
            is_ot=is_ot,
            is_pt=is_pt,
            specialties=slugs,
            name=name[:200],
            legal_name=legal_name[:200],
            sort_name=sort_name,
            credentials="" if row.is_organization else presentation.credentials(row.credential)[:100],
            street=presentation.street(row.street, row.street2)[:200],
            post_city=presentation.place_name(row.post_city)[:60],
            state=self._states[code],
            zip_code=zip_code,
            phone=presentation.digits_of_phone(row.phone),
            source=Source.NPPES,
            enumerated_on=self._day(row.since, line),
            updated_on=self._day(row.updated, line),
            city=found.city,
            placed=found.how,
        )

    def _fault(self, row, kind):
        """Why a row is not for us; "" if it is. What most rows fail is looked at before what takes long."""
        if row.deactivated and not self._is_alive(row):
            return "deactivated"
        if not is_npi(row.npi):
            return WRONG_NPI
        if kind is None:
            return "of other kinds"
        code = state_of(row.state)
        if not code or presentation.text(row.country).upper() not in HERE:
            return "outside of the states"
        if code not in self._states:
            return "in other states"
        return "" if presentation.text(row.legal if row.is_organization else row.last) else NO_NAME

    def _is_alive(self, row):
        """A record without an end, or one that was made valid again on that day or after it."""
        end, again = self._day(row.deactivated), self._day(row.reactivated)
        return end is None or (again is not None and again >= end)

    def _day(self, text, line=None):
        try:
            return _day_of(text)
        except ValueError:
            self._told("with a date that is none (which is left out)", line)
            return None

    def _told_by(self, entity, codes):
        """(kind, whether OT, whether PT, specialties) of a row of those codes; many have the same."""
        key = entity, codes
        if key not in self._of_codes:
            plain = {code.strip().upper() for code in codes}
            slugs = sorted({self._specialties[code] for code in plain if code in self._specialties})
            self._of_codes[key] = *_kind(entity, plain), f" {' '.join(slugs)} " if slugs else ""
        return self._of_codes[key]


def _kind(entity, codes):
    """(kind, whether OT, whether PT); a row that is not for us has no kind."""
    is_ot = any(code.startswith(OT) for code in codes)
    is_pt = any(code.startswith(PT) for code in codes)
    if entity == "1":
        is_pt = any(code.startswith(PT[0]) for code in codes)
        return (Kind.THERAPIST if is_ot or is_pt else None), is_ot, is_pt
    for beginnings, kind in KINDS:
        if any(code.startswith(beginnings) for code in codes):
            return kind, is_ot, is_pt
    return None, is_ot, is_pt


@lru_cache(10_000)
def _day_of(text):
    """The day that a text like 05/23/2005 is; None for none. Raises `ValueError` for one that is no day."""
    text = presentation.text(text)
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None


def _names(row):
    """(name, the legal one where that is another, what it is ordered by)."""
    if not row.is_organization:
        name = presentation.person_name(row.first, row.middle, row.last, row.suffix)
        return name, "", presentation.sort_name(row.first, row.last)
    legal = presentation.organization_name(row.legal)
    is_known = row.other_type == DOING_BUSINESS_AS and presentation.text(row.other)
    name = presentation.organization_name(row.other) if is_known else legal
    return name, "" if name == legal else legal, presentation.organization_sort_name(name)


CODES_BY_NAME = {name.upper(): code for code, name in NAMES.items()}


@lru_cache(10_000)
def state_of(raw):
    """The USPS code of a state, from its code or its name; "" for anything else."""
    name = presentation.text(raw).upper().strip(" .")
    return name if name in NAMES else CODES_BY_NAME.get(name, "")
