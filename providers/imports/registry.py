"""What a row of the registry's main file says: who it is, what kind, and where."""

from datetime import date, datetime
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
# The beginnings of taxonomy codes, as bytes in quotation marks: a line without any is not about any of ours.
SIGNS = (b'"225', b'"261Q', b'"251E', b'"283X', b'"273Y', b'"3140')
# What an organization is that is several things, what says most first.
KINDS = (
    (("283X", "273Y"), Kind.REHABILITATION),
    (("314000000X", "3140N"), Kind.NURSING),
    (("251E",), Kind.HOME_HEALTH),
    (("225X", "2251", "261QP2000X", "261QR0400X", "261QR0401X"), Kind.CLINIC),
)
OT, PT = "225X", ("2251", "261QP2000X")


class Reader:
    """Makes records of rows: `read(fields, line)` gives a `Record`, or None for a row that is not for us.

    `states` are {USPS code: primary key} of those that are taken, `places` tells cities, `kept` is
    {NPI: kind} of records that are listed whatever their codes are, because Medicare said so.
    """

    def __init__(self, columns, states, places, kept, told):
        self._texts, self._codes = columns.at(*TEXTS), columns.at(*CODES)
        self._states, self._places, self._kept, self._told = states, places, kept, told
        self._specialties = dict(Specialty.objects.exclude(slug="").values_list("code", "slug"))

    def npi_of(self, fields):
        return fields[self._texts[0]].strip()

    def reactivated_on(self, fields):
        """The day on which its NPI was made valid again; the first of all days if it was not."""
        return self._day(fields[self._texts[-1]]) or date.min

    def read(self, fields, line):
        row = Row(*(fields[place].strip() for place in self._texts))
        codes = {code for place in self._codes if (code := fields[place].strip().upper())}
        kind, is_ot, is_pt = self._kind(row.entity, codes, row.npi)
        code = state_of(row.state)
        for is_so, reason, number in (
            (not self._is_alive(row), "deactivated", None),
            (not is_npi(row.npi), "with an NPI that has a wrong check digit", line),
            (kind is None, "of other kinds", None),
            (not code or presentation.text(row.country).upper() not in HERE, "outside of the states", None),
            (code not in self._states, "in other states", None),
            (not presentation.text(row.legal if row.is_organization else row.last), "without a name", line),
        ):
            if is_so:
                self._told(reason, number)
                return None
        name, legal_name, sort_name = _names(row)
        zip_code = five_digits(row.zip_code, code)
        found = self._places.place(self._states[code], zip_code, row.post_city)
        slugs = sorted({self._specialties[one] for one in codes if one in self._specialties})
        return Record(
            npi=row.npi,
            place="",
            is_organization=row.is_organization,
            kind=kind,
            is_ot=is_ot,
            is_pt=is_pt,
            specialties=f" {' '.join(slugs)} " if slugs else "",
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

    def _is_alive(self, row):
        """A record without an end, or one that was made valid again on that day or after it."""
        end, again = self._day(row.deactivated), self._day(row.reactivated)
        return end is None or (again is not None and again >= end)

    def _day(self, text, line=None):
        text = presentation.text(text)
        if not text:
            return None
        try:
            return datetime.strptime(text, "%m/%d/%Y").date()
        except ValueError:
            self._told("with a date that is none (which is left out)", line)
            return None

    def _kind(self, entity, codes, npi):
        is_ot = any(code.startswith(OT) for code in codes)
        is_pt = any(code.startswith(PT) for code in codes)
        if entity == "1":
            is_pt = any(code.startswith(PT[0]) for code in codes)
            return (Kind.THERAPIST if is_ot or is_pt else None), is_ot, is_pt
        for beginnings, kind in KINDS:
            if any(code.startswith(beginnings) for code in codes):
                return kind, is_ot, is_pt
        return self._kept.get(npi), is_ot, is_pt


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


def state_of(raw):
    """The USPS code of a state, from its code or its name; "" for anything else."""
    name = presentation.text(raw).upper().strip(" .")
    return name if name in NAMES else CODES_BY_NAME.get(name, "")
