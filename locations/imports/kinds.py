"""The kinds of files that editors upload and download, column by column; places have a room of their own."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from locations.consequences import HAS_A_PAGE, LEADS_ELSEWHERE
from locations.coordinates import LATITUDE, LONGITUDE
from locations.imports.places import Places
from locations.imports.tables import AS_IT_IS, Column, Table, text, written
from locations.models import (
    CityAlias,
    CityRedirect,
    PracticeRule,
    Serves,
    StateRedirect,
    ZipCode,
)
from therapydir.pages.paths import slug_for, validate_slug
from therapydir.pages.professions import Profession

STATE_HELP = "The USPS code of its state, like CA."


# --- How cells are read -------------------------------------------------------------------------


def a_state(row, name, directory):
    """The `State` of a USPS code."""
    code = row.value(name)
    return directory.states.get(code) or row.complain(
        f"{name} “{code[:40]}” is the USPS code of no state of the directory: write one like CA."
    )


def a_city(row, name, directory):
    """The `City` of a name in the state of the row; «Trenton, NJ» is one in another."""
    city = _city(row.value(name), row, directory)
    if city or row.value("state_code") not in directory.states:  # of which its own reader complains
        return city
    return row.complain(
        f"{name} “{row.value(name)[:40]}” is no place of {row.value('state_code')}: check how it is spelled, "
        "or add it first."
    )


def a_city_or_nothing(row, name, directory):
    """In the same way; None for an empty cell."""
    return a_city(row, name, directory) if row.value(name) else None


def cities_in_order(row, name, directory):
    """Several, with semicolons between; where the cell is empty, those that there are."""
    names = [one.strip() for one in row.value(name).split(";") if one.strip()]
    cities = {one: _city(one, row, directory) for one in names}
    unknown = [one for one, city in cities.items() if city is None]
    if unknown and row.value("state_code") in directory.states:
        return row.complain(
            f"{name} has “{'”, “'.join(unknown)}”, no place of {row.value('state_code')}: check how it is "
            "spelled, or add it first."
        )
    return list({city.pk: city for city in cities.values() if city}.values()) or AS_IT_IS


def _city(words, row, directory):
    name, _, code = words.rpartition(", ")
    return directory.cities.get((row.value("state_code"), words)) or directory.cities.get((code, name))


def yes_or_no(row, name, directory):
    """Whether the cell says yes; it must say yes or no."""
    value = row.value(name).casefold()
    if value in ("yes", "no"):
        return value == "yes"
    return row.complain(f"{name} “{row.value(name)[:40]}” is neither yes nor no.")


def a_day(row, name, directory):
    """A `date`."""
    try:
        return date.fromisoformat(row.value(name))
    except ValueError:
        return row.complain(f"{name} “{row.value(name)[:40]}” is not a day as 2026-11-27 is written.")


def degrees(validators):
    return lambda row, name, directory: row.degrees(validators, name)


def one_of(choices):
    return lambda row, name, directory: row.choice(choices, name)


def an_address(row, name, directory):
    """The last part of an address, spelled as addresses are."""
    value = row.value(name)
    try:
        validate_slug(value)
    except ValidationError as error:
        return row.complain(f"{name} “{value[:40]}”: {error.message}")
    return value


# --- How they are written -----------------------------------------------------------------------


def _named_from(city, state):
    """A city as a row of that state names it."""
    return city.name if city.state_id == state.pk else str(city)


def _code(record):
    return record.state.code


# --- Other names --------------------------------------------------------------------------------


def _check_alias(row, alias, directory):
    """An address that a page has, or that leads to another city, cannot lead here, too."""
    address = (alias.city.state_id, alias.slug)
    page = directory.pages.get(address)
    if page and page.pk != alias.city_id:
        row.complain(f"alias: {HAS_A_PAGE.format(alias.name)}")
        return
    aliases = directory.aliases.setdefault(address, {})
    leading = aliases | directory.redirects.get(address, {})
    if others := [name for city, name in leading.items() if city != alias.city_id]:
        row.complain(f"alias: {LEADS_ELSEWHERE.format(alias.name, others[0])}")
    aliases[alias.city_id] = alias.city.name


def _aliases():
    return CityAlias.objects.select_related("city__state").order_by("city__state__code", "city__name", "name")


OTHER_NAMES = Table(
    slug="other-names",
    title="Other names",
    model=CityAlias,
    columns_read=(
        Column("state_code", STATE_HELP, lambda alias: alias.city.state.code, "", a_state),
        Column("city", "The name of its place.", lambda alias: alias.city.name, "city", a_city),
        Column(
            "alias",
            "The other name. Its address below the state leads to the place.",
            written("name"),
            "name",
            text,
        ),
        Column(
            "is_shown",
            "yes to show it as “also called”; no for a misspelling that should only lead there.",
            lambda alias: "yes" if alias.is_shown else "no",
            "is_shown",
            yes_or_no,
        ),
    ),
    key=lambda alias: (alias.city_id, slug_for(alias.name)),
    names=lambda alias: f"“{alias.name}” for {alias.city}",
    records=_aliases,
    given=_aliases,
    check=_check_alias,
    also=("slug",),
)

# --- ZIP codes ----------------------------------------------------------------------------------


def _zip_codes():
    """All, each with its `cities_in_order`."""
    links = Serves.objects.select_related("city__state").order_by("rank", "pk")
    for zip_code in ZipCode.objects.select_related("state").prefetch_related(Prefetch("serves_set", links)):
        zip_code.cities_in_order = [link.city for link in zip_code.serves_set.all()]
        yield zip_code


def _cities_of(zip_code):
    return "; ".join(_named_from(city, zip_code.state) for city in getattr(zip_code, "cities_in_order", ()))


def _serve(zip_codes):
    for zip_code in zip_codes:
        if hasattr(zip_code, "cities_in_order"):
            zip_code.serve(zip_code.cities_in_order)


def _field(name, help, read=text, *, of=None, is_needed=True):
    """A column for a field of another name, or of the same."""
    return Column(name, help, written(of or name), of or name, read, is_needed)


ZIP_CODES = Table(
    slug="zip-codes",
    title="ZIP codes",
    model=ZipCode,
    columns_read=(
        _field("zip_code", "Five digits.", of="code"),
        Column("state_code", STATE_HELP, _code, "state", a_state),
        _field("place_name", "The name that the post office uses."),
        _field("county", "Without the word “County”; may be empty."),
        _field("latitude", "Degrees north, WGS 84.", degrees(LATITUDE)),
        _field("longitude", "Degrees east, WGS 84: negative in the Americas.", degrees(LONGITUDE)),
        Column(
            "cities",
            "The places that it serves, with most of its people and land first, and semicolons between. "
            "Empty leaves them as they are.",
            _cities_of,
            "cities_in_order",
            cities_in_order,
            is_needed=False,
        ),
    ),
    key=lambda zip_code: zip_code.code,
    names=lambda zip_code: zip_code.code,
    records=_zip_codes,
    given=_zip_codes,
    after=_serve,
)

# --- Practice rules -----------------------------------------------------------------------------


def _rules():
    return PracticeRule.objects.select_related("state").order_by("state__code", "-profession")


PRACTICE_RULES = Table(
    slug="practice-rules",
    title="Practice rules",
    model=PracticeRule,
    columns_read=(
        Column("state_code", STATE_HELP, _code, "state", a_state),
        _field("profession", f"{' or '.join(Profession.values)}.", one_of(Profession)),
        *(
            _field(field.name, field.help_text or f"{field.verbose_name.capitalize()}, with https://.")
            for field in map(
                PracticeRule._meta.get_field,
                "in_short summary limit citation board board_url license_lookup_url".split(),
            )
        ),
        _field(
            "confidence",
            f"How sure we are: {', '.join(PracticeRule.Confidence.values)}.",
            one_of(PracticeRule.Confidence),
        ),
        _field("checked_on", "The day somebody last compared it with the law, like 2026-11-27.", a_day),
        _field("read_in", "The copy that was read; may be empty."),
    ),
    key=lambda rule: (rule.state_id, rule.profession),
    names=str,
    records=_rules,
    given=_rules,
)

# --- Old addresses ------------------------------------------------------------------------------


def _check_city_redirect(row, redirect, directory):
    """An address of a page that shows, or that is another place's name, cannot lead elsewhere."""
    address = (redirect.state_id, redirect.slug)
    others = [name for city, name in directory.aliases.get(address, {}).items() if city != redirect.city_id]
    page = directory.pages.get(address)
    if page and page.is_published:
        row.complain(f"old_address “{redirect.slug}” is the address of {page} itself, and leads there.")
    elif others:
        row.complain(f"old_address “{redirect.slug}” is another name of {others[0]}, and leads there.")


def _city_redirects():
    return CityRedirect.objects.select_related("state", "city__state").order_by("state__code", "slug")


# One that leads elsewhere now was removed, and another added.
ADDED_AND_REMOVED = ("add", "delete")

CITY_REDIRECTS = Table(
    slug="old-addresses",
    title="Old addresses of places",
    model=CityRedirect,
    columns_read=(
        Column("state_code", STATE_HELP, _code, "state", a_state),
        _field("old_address", "The last part of an address below the state.", an_address, of="slug"),
        Column(
            "city",
            "The name of the place that it leads to; empty for the page of the state.",
            lambda redirect: _named_from(redirect.city, redirect.state) if redirect.city else "",
            "city",
            a_city_or_nothing,
        ),
    ),
    key=lambda redirect: (redirect.state_id, redirect.slug),
    names=lambda redirect: f"“{redirect.slug}” below {redirect.state}",
    records=_city_redirects,
    given=lambda: _city_redirects().old(),
    check=_check_city_redirect,
    needs=ADDED_AND_REMOVED,
)


def _check_state_redirect(row, redirect, directory):
    for state in directory.states.values():
        if state.slug == redirect.slug and state.is_published:
            row.complain(f"old_address “{redirect.slug}” is the address of {state} itself, and leads there.")


def _state_redirects():
    return StateRedirect.objects.select_related("state").order_by("slug")


STATE_REDIRECTS = Table(
    slug="old-addresses",
    title="Old addresses of states",
    model=StateRedirect,
    columns_read=(
        _field("old_address", "The part of an address after /locations/.", an_address, of="slug"),
        Column("state_code", "The USPS code of the state that it leads to.", _code, "state", a_state),
    ),
    key=lambda redirect: redirect.slug,
    names=lambda redirect: f"“{redirect.slug}”",
    records=_state_redirects,
    given=lambda: _state_redirects().old(),
    check=_check_state_redirect,
    needs=ADDED_AND_REMOVED,
)

PLACES = Places()
