"""What the files of places and of ZIP codes say, row by row."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import ValidationError

from locations.coordinates import LATITUDE, LONGITUDE
from locations.imports.csv_files import Row, read_rows
from locations.models import City, State, ZipCode
from locations.models.cities import GEOIDS
from therapydir.pages.paths import slug_for

PLACE_COLUMNS = (
    "state state_code source_name name latitude longitude county population zip_codes data_source geonames_id"
).split()
MORE_PLACE_COLUMNS = "kind part_of census_geoid population_source population_year intro".split()
LOST_ZERO = "a spreadsheet may have dropped a zero at its beginning."
ZIP_COLUMNS = "zip_code state_code place_name county latitude longitude".split()
MOST = 2_147_483_647  # what PostgreSQL keeps in an integer
STATE_CODE = re.compile("[A-Z]{2}")
FIVE_DIGITS = re.compile("[0-9]{5}")
LAST_YEAR = 2100


class KnownCity(NamedTuple):
    """As much of a city of the directory as tells which row of a file means it."""

    pk: int
    code: str
    source_name: str
    name: str
    slug: str


@dataclass(slots=True)
class Place:
    """A row of the file of places. What could not be read is None, and was complained about."""

    row: Row
    state: str | None
    code: str | None
    source_name: str | None
    name: str | None
    facts: dict  # fields of City and their values
    zip_codes: list[str]
    part_of: str | None = None  # the name of a place of that state, "" for none; None: the file does not say
    intro: str = ""  # the editors' words, with which a new city begins
    known: KnownCity | None = None  # its city, once that was looked for; a new one has none

    @property
    def key(self):
        """What says, in every file, that it is the same place; of one without a key in a list, its name."""
        return (self.code, self.source_name) if self.source_name else (self.code, self.name, "by name")

    @property
    def can_be_matched(self):
        return None not in (self.state, self.code, self.source_name, self.name)

    @property
    def slug(self):
        """Follows the name, unless an editor chose another, or the name stays."""
        if self.known and (self.known.name == self.name or self.known.slug != slug_for(self.known.name)):
            return self.known.slug
        return slug_for(self.name)

    @property
    def is_renamed(self):
        return self.known is not None and self.known.name != self.name


@dataclass(slots=True)
class ZipArea:
    """A row of the file of ZIP codes. What could not be read is None, and was complained about."""

    row: Row
    zip_code: str | None
    code: str | None
    facts: dict  # fields of ZipCode and their values
    cities: tuple[str, ...] = ()  # the names of those that have most of it, in that order

    def ranked(self, keys):
        """The primary keys of these cities, of all by (USPS code, name)."""
        return [keys[self.code, name] for name in self.cities if (self.code, name) in keys]


def read_places(path, problems, *, may_lack_keys=False):
    """The places of a CSV file; sentences about what is wrong with them are added to `problems`.

    Where they `may_lack_keys`, `source_name` may be empty: such a row means the city of its name, and gives
    it no key. Raises `Refused` when the file as a whole cannot be read.
    """
    return [_place(row, may_lack_keys) for row in read_rows(path, PLACE_COLUMNS, problems)]


def read_zip_areas(path, problems):
    """The ZIP codes of a CSV file, in the same way."""
    return [_zip_area(row) for row in read_rows(path, ZIP_COLUMNS, problems, f" of {path.name}")]


def _place(row, may_lack_key):
    lacks_key = may_lack_key and not row.value("source_name")
    return Place(
        row=row,
        state=row.name(_field(State, "name"), "state"),
        code=_state_code(row),
        source_name="" if lacks_key else row.text(_field(City, "source_name"), "source_name"),
        name=row.name(_field(City, "name"), "name"),
        facts={
            "latitude": row.degrees(LATITUDE, "latitude"),
            "longitude": row.degrees(LONGITUDE, "longitude"),
            "county": _county(row),
            "population": row.count("population", MOST),
            "data_source": row.choice(City.DataSource, "data_source"),
            "geonames_id": row.count("geonames_id", MOST),
        }
        | _facts_that_some_files_have(row),
        zip_codes=_zip_codes(row),
        part_of=row.value("part_of") if row.has("part_of") else None,
        intro=_intro(row),
    )


def _zip_area(row):
    zip_code = row.value("zip_code")
    if not FIVE_DIGITS.fullmatch(zip_code):
        zip_code = row.complain(f"zip_code “{zip_code[:40]}” is not five digits, like 07030: {LOST_ZERO}")
    return ZipArea(
        row=row,
        zip_code=zip_code,
        code=_state_code(row),
        facts={
            "place_name": row.text(_field(ZipCode, "place_name"), "place_name"),
            # Some ZIP codes are of no county: those of ships, for one.
            "county": row.text(_field(ZipCode, "county"), "county") if row.value("county") else "",
            "latitude": row.degrees(LATITUDE, "latitude"),
            "longitude": row.degrees(LONGITUDE, "longitude"),
        },
        cities=tuple(name for one in row.value("cities").split(";") if (name := one.strip())),
    )


def _field(model, name):
    return model._meta.get_field(name)


def _state_code(row):
    value = row.value("state_code")
    if STATE_CODE.fullmatch(value):
        return value
    return row.complain(f"state_code “{value[:40]}” is not a USPS code of two capital letters, like CA.")


def _county(row):
    value = row.name(_field(City, "county"), "county")
    if value and value.lower().endswith(" county"):
        return row.complain(f"county “{value}”: leave out the word “County”, which the page adds.")
    return value


def _intro(row):
    """Markdown, where the file has a column for it."""
    value = row.value("intro")
    try:
        return _field(City, "intro").clean(value, None) if value else ""
    except ValidationError as error:
        return row.complain(f"intro: {error.messages[0]}")


def _facts_that_some_files_have(row):
    """Those that not every file has a column for; where it is empty, nobody knows."""
    facts = {}
    if row.value("population_source"):
        facts["population_source"] = row.choice(City.PopulationSource, "population_source")
    if row.has("population_year"):
        facts["population_year"] = row.count("population_year", LAST_YEAR)
    if row.has("kind"):
        facts["kind"] = row.choice(City.Kind, "kind") if row.value("kind") else ""
    if row.has("census_geoid"):
        facts["census_geoid"] = _geoid(row)
    return facts


def _geoid(row):
    value = row.value("census_geoid")
    if not value or re.fullmatch(GEOIDS, value, re.ASCII):
        return value
    return row.complain(f"census_geoid “{value[:40]}” is not 7 or 10 digits, like 0600562: {LOST_ZERO}")


def _zip_codes(row):
    codes = dict.fromkeys(row.value("zip_codes").split())
    for code in codes:
        if not FIVE_DIGITS.fullmatch(code):
            row.complain(f"ZIP code “{code[:40]}” is not five digits, like 07030: {LOST_ZERO}", "zip_codes")
    return [code for code in codes if FIVE_DIGITS.fullmatch(code)]
