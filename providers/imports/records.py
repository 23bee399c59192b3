"""One record as an import has read it: what the registry says of one NPI at one place of practice."""

from datetime import date
from typing import NamedTuple

from providers.models import Provider


class Record(NamedTuple):
    """The columns of a `Provider` that imports write, in words and names as pages show them."""

    npi: str
    place: str  # "" for the place that the registry has first
    is_organization: bool
    kind: str
    is_ot: bool
    is_pt: bool
    specialties: str
    name: str
    legal_name: str
    sort_name: str
    credentials: str
    street: str
    post_city: str
    state: int
    zip_code: str
    phone: str
    source: str
    enumerated_on: date | None
    updated_on: date | None
    city: int | None
    placed: str


COLUMNS = tuple(Provider._meta.get_field(name).column for name in Record._fields)

DOUBLED = str.maketrans("0123456789", "0246813579")  # twice a digit, the digits of that added up


def is_npi(text):
    """Whether these are ten digits with the right check digit.

    The Luhn formula over 80840 and the NPI: CMS, “Requirements for National Provider Identifier (NPI) and NPI
    Check Digit”, 2004.
    """
    if not (text.isascii() and text.isdigit() and len(text) == 10 and text[0] in "12"):
        return False
    doubled = text[::2].translate(DOUBLED)
    return (24 + sum(map(int, doubled + text[1::2]))) % 10 == 0  # 24 is what 80840 adds


def place_key(street, zip_code):
    """What tells a further place of practice from others of the same NPI."""
    return f"{zip_code} {''.join(letter for letter in street.lower() if letter.isalnum())}"[:60]


def five_digits(raw, state_code):
    """The ZIP code of five digits, from 5, 9, or 4 and 8 whose first 0 was lost; "" for anything else."""
    digits = "".join(letter for letter in raw or "" if letter.isdigit())
    if len(digits) in (4, 8) and state_code in WITH_LEADING_ZERO:
        digits = f"0{digits}"
    return digits[:5] if len(digits) in (5, 9) else ""


WITH_LEADING_ZERO = frozenset(
    "CT MA ME NH NJ NY RI VT PR".split()
)  # whose ZIP codes begin, or may begin, with 0
