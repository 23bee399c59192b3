"""Which city of the directory each row of a file means, and whether all rows can stand there together."""

from dataclasses import dataclass
from typing import NamedTuple

from locations.imports.rows import KnownCity, Place, ZipArea
from locations.models import City, CityAlias, State, ZipCode
from locations.us_states import NAMES
from therapydir.pages.paths import slug_for

ADD_ZIP_CODES = "say where that is in a --zip-codes file."
NOWHERE = "neither the file nor the directory has it."


@dataclass
class Plan:
    """What an import is to do: places that know their cities, and what has to be there before them."""

    places: list[Place]
    new_states: dict[str, str]  # names by USPS code
    new_zip_areas: list[ZipArea]
    left_out: int  # ZIP codes of states that the directory does not have
    ranked_areas: list[ZipArea]  # those that say which cities have most of them
    named: dict  # {(USPS code, name or key in a list): place, or city that no place means}


class Directory(NamedTuple):
    """What is there already, as far as it tells what rows of a file mean."""

    states: list  # (USPS code, slug, name)
    zip_codes: set[str]
    cities: list[KnownCity]
    names: list  # (USPS code, slug, primary key of the city, its name) of other names


def read_directory():
    cities = City.objects.order_by("state", "name").values_list(
        "pk", "state__code", "source_name", "name", "slug"
    )
    names = CityAlias.objects.order_by("pk").values_list("city__state__code", "slug", "city", "city__name")
    return Directory(
        list(State.objects.values_list("code", "slug", "name")),
        set(ZipCode.objects.order_by().values_list("code", flat=True)),
        [KnownCity(*row) for row in cities],
        list(names),
    )


def match(places, zip_areas, directory, add_zip_codes=ADD_ZIP_CODES):
    """The plan for the rows of two files. What cannot be done is complained about with its row.

    `add_zip_codes` says what to do about a ZIP code that is known nowhere.
    """
    matchable = [place for place in places if place.can_be_matched]
    states, new_states = {code: name for code, _, name in directory.states}, {}
    addresses = {slug: name for _, slug, name in directory.states}
    for place in matchable:
        _find_state(place, states, new_states, addresses)
    areas = _once_each(zip_areas, lambda area: area.zip_code, "ZIP code {}", "zip_code")
    wanted = [area for area in areas if area.code in states or area.code in new_states]
    known_codes = directory.zip_codes
    _require_known_zip_codes(places, known_codes | {area.zip_code for area in wanted}, add_zip_codes)
    once = _once_each(matchable, lambda place: place.key, "{0[0]}, “{0[1]}”", "source_name")
    others = _find_cities(once, directory)
    named = _by_name([*others, *matchable])
    _require_known_names(matchable, wanted, named)
    return Plan(
        places,
        new_states,
        [area for area in wanted if area.zip_code not in known_codes],
        len(areas) - len(wanted),
        [area for area in wanted if area.cities],
        named,
    )


def _find_state(place, states, new_states, addresses):
    name = states.get(place.code) or new_states.get(place.code)
    if name is None and place.state in states.values():
        code = next(code for code, other in states.items() if other == place.state)
        place.row.complain(
            f"{place.state} has the code {code} in the directory, not {place.code}.", "state_code"
        )
    elif name is None and NAMES.get(place.code) != place.state:
        place.row.complain(
            f"{place.code} is not the USPS code of a state named “{place.state}”.", "state_code"
        )
    elif name is None and (other := addresses.get(slug_for(place.state))):
        place.row.complain(
            f"the address of {place.state} is that of {other} in the directory: change it there.",
            "state",
        )
    elif name is None:
        new_states[place.code] = place.state
    elif name != place.state:
        place.row.complain(f"{place.code} is the code of {name}, not of “{place.state}”.", "state_code")


def _once_each(records, key_of, words, column):
    """The records without those whose key another row had before: these are complained about."""
    first = {}
    for record in records:
        key = key_of(record)
        if first.setdefault(key, record) is not record and key is not None:
            record.row.complain(
                f"{words.format(key)} is in {first[key].row.place} already: keep one.", column
            )
    return list(first.values())


def _require_known_zip_codes(places, known, what_to_do):
    for place in places:
        if unknown := [code for code in place.zip_codes if code not in known]:
            place.row.complain(f"zip_codes has {', '.join(unknown)}, known nowhere: {what_to_do}")


def _find_cities(places, directory):
    """Let each place know its city, and complain about those that would stand where another does.

    Returns the cities that no place means.
    """
    cities = directory.cities
    by_key = {(city.code, city.source_name): city for city in cities}
    without_key = [city for city in cities if not city.source_name]
    by_name = {(city.code, city.name): city for city in without_key}
    by_slug = {(city.code, city.slug): city for city in without_key}
    for place in places:
        place.known = by_key.get(place.key)
    meant = {place.known for place in places if place.known}
    of_any_key = {(city.code, city.name): city for city in cities if city not in meant}
    for place in places:
        if place.known is None:
            # An editor was faster, and made it by hand: without a key. A row without one means any by name.
            names = by_name if place.source_name else of_any_key
            place.known = names.get((place.code, place.name)) or by_slug.get((place.code, place.slug))
            if place.known:
                for found in (by_name, of_any_key):
                    found.pop((place.code, place.known.name), None)
                by_slug.pop((place.code, place.known.slug), None)
    _require_free_paths(places, directory.names)
    meant = {place.known.pk for place in places if place.known}
    others = [city for city in cities if city.pk not in meant]
    _require_one_path_each(others, places)
    return others


def _by_name(records):
    """{(USPS code, name or key in a list): place or city}; a name comes before another's key."""
    by_key = {(record.code, record.source_name): record for record in records if record.source_name}
    return by_key | {(record.code, record.name): record for record in records}


def _require_known_names(places, areas, by_name):
    """Complain about what a place is said to be a part of, and who is said to have a ZIP code, if unknown."""
    for place in places:
        if place.part_of and (place.code, place.part_of) not in by_name:
            place.row.complain(f"part_of “{place.part_of}” is no place of {place.code}: {NOWHERE}")
    for area in areas:
        for name in area.cities:
            if (area.code, name) not in by_name:
                area.row.complain(f"cities names “{name}”, no place of {area.code}: {NOWHERE}")


def _require_free_paths(places, names):
    """Complain about places that would take an address which is another name of another city."""
    others = {(code, slug): (pk, name) for code, slug, pk, name in names}
    for place in places:
        pk, name = others.get((place.code, place.slug), (None, ""))
        if name and (place.known is None or (place.known.slug != place.slug and place.known.pk != pk)):
            place.row.complain(
                f"“{place.name}” has the address of another name of “{name}” in the directory: remove that "
                "first, or add what tells them apart, such as the county.",
                "name",
            )


def _require_one_path_each(other_cities, places):
    names, slugs = {}, {}
    for record in [*other_cities, *places]:
        same = names.setdefault((record.code, record.name), record)
        if same is record:
            same = slugs.setdefault((record.code, record.slug), record)
        if same is not record:
            where = same.row.place if isinstance(same, Place) else "the directory"
            record.row.complain(
                f"“{record.name}” has the name or address of “{same.name}” in {where}, another place: "
                "add what tells them apart, such as the county.",
                "name",
            )
