"""Brings a site that runs in line with files of places that a later version of the code came with.

Fact by fact: what still is as an earlier file had it was never edited, and becomes what the present one says.
"""

from collections import defaultdict

from locations.imports.csv_files import Refused
from locations.imports.importing import cities_by_name, order_cities, ranks_of
from locations.imports.rows import read_places, read_zip_areas
from locations.models import City, Serves, ZipCode
from therapydir.derived.corrections import former_files, is_new, mark_taken
from therapydir.derived.stamps import BATCH

PLACES, ZIP_CODES = "places.csv", "zip_codes.csv"
# What belongs together is one fact: a point without who says so would be somebody else's.
FACTS_OF_CITIES = {
    "the center": ("latitude", "longitude", "data_source"),
    "the population": ("population", "population_source", "population_year"),
    "the county": ("county",),
    "the kind": ("kind",),
    "what it is a part of": ("part_of_id",),
    "the GeoNames id": ("geonames_id",),
    "the Census GEOID": ("census_geoid",),
}
FACTS_OF_ZIP_CODES = {
    "the center": ("latitude", "longitude"),
    "the place": ("place_name",),
    "the county": ("county",),
}


def update(folder):
    """Take over what `places.csv` and `zip_codes.csv` in `folder` say now, once for each version of them.

    Returns how many rows changed, and what was left because an editor changed it, in words.
    """
    files = folder / PLACES, folder / ZIP_CODES
    if not any(map(is_new, files)):
        return 0, []
    if not City.objects.exists():
        _mark_taken(files)
        return 0, []
    places, areas = _versions(folder, PLACES, read_places), _versions(folder, ZIP_CODES, read_zip_areas)
    taken = [_update_cities(places), _update_zip_codes(areas), _update_links(places), _update_order(areas)]
    _mark_taken(files)
    return sum(changed for changed, _ in taken), [words for _, left in taken for words in left]


def _mark_taken(files):
    for file in files:
        mark_taken(file)


def _read(reader, file):
    problems = []
    rows = reader(file, problems)
    if problems:
        raise Refused(problems)
    return rows


def _versions(folder, name, reader):
    """The rows of the present file, and those of each earlier one, oldest first."""
    return [_read(reader, file) for file in (folder / name, *former_files(folder, name))]


def _by(versions, pair):
    """What each of the files says, as {key: value}."""
    return [dict(map(pair, rows)) for rows in versions]


def _update_cities(places):
    keys = cities_by_name()
    present, *formers = _by(places, lambda place: (place.key, _facts_of(place, keys)))
    cities = City.objects.exclude(source_name="").select_related("state").order_by("state", "name")
    return _take_over(
        City,
        {(city.state.code, city.source_name): city for city in cities},
        FACTS_OF_CITIES,
        present,
        formers,
    )


def _facts_of(place, keys):
    """The values of the fields of a city; what the file does not say is as a new city has it."""
    fields = [field for fact in FACTS_OF_CITIES.values() for field in fact if field != "part_of_id"]
    default = {field: City._meta.get_field(field).get_default() for field in fields}
    whole = keys.get((place.code, place.part_of)) if place.part_of else None
    return default | place.facts | {"part_of_id": whole}


def _update_zip_codes(areas):
    present, *formers = _by(areas, lambda area: (area.zip_code, area.facts))
    zip_codes = ZipCode.objects.in_bulk(field_name="code")
    return _take_over(ZipCode, zip_codes, FACTS_OF_ZIP_CODES, present, formers)


def _take_over(model, records, facts, present, formers):
    changed, left, fields = [], [], set()
    for key, record in records.items():
        if key not in present:
            continue
        differs = False
        for label, names in facts.items():
            stored, wanted = _values(record, names), tuple(present[key][name] for name in names)
            if stored == wanted:
                continue
            if any(
                stored == tuple(former[key][name] for name in names) for former in formers if key in former
            ):
                for name, value in zip(names, wanted, strict=True):
                    setattr(record, name, value)
                fields.update(names)
                differs = True
            else:
                left.append(f"{label} of {record}")
        if differs:
            changed.append(record)
    if fields:
        model.objects.bulk_update(
            changed,
            sorted(fields),
            batch_size=BATCH,
        )
    return len(changed), left


def _values(record, names):
    return tuple(getattr(record, name) for name in names)


def _update_links(places):
    """Which ZIP codes are whose, pair by pair."""
    keys = cities_by_name()
    pairs = _by(places, lambda place: (keys.get(place.key), set(place.zip_codes)))
    present, former = pairs[0], pairs[-1] if len(pairs) > 1 else pairs[0]
    zip_ids = dict(ZipCode.objects.values_list("code", "pk"))
    stored = defaultdict(set)
    for city, code in Serves.objects.order_by().values_list("city", "zipcode__code"):
        stored[city].add(code)
    left, changed, gone, new = [], set(), [], []
    names = {city.pk: str(city) for city in City.objects.select_related("state")}
    for city, codes in present.items():
        if city is None or city not in former:
            continue
        more, less = (
            (codes - former[city] - stored[city]) & zip_ids.keys(),
            (former[city] - codes) & stored[city],
        )
        new += [Serves(city_id=city, zipcode_id=zip_ids[code]) for code in sorted(more)]
        gone += [(city, zip_ids[code]) for code in less]
        if more or less:
            changed.add(city)
        if (stored[city] | more) - less != codes & zip_ids.keys():
            left.append(f"the ZIP codes of {names[city]}")
    for city, zip_code in gone:
        Serves.objects.filter(city=city, zipcode=zip_code).delete()
    Serves.objects.bulk_create(new, batch_size=BATCH)
    return len(changed), left


def _update_order(areas):
    """Which of the cities of a ZIP code has most of it."""
    keys = cities_by_name()
    present, *formers = _by(areas, lambda area: (area.zip_code, area.ranked(keys)))
    stored = defaultdict(dict)
    for code, city, rank in Serves.objects.order_by().values_list("zipcode__code", "city", "rank"):
        stored[code][city] = rank
    wanted, left = {}, []
    for code, ranks in stored.items():
        if not present.get(code) or ranks == ranks_of(ranks, present[code]):
            continue
        known = [
            dict.fromkeys(ranks, 1),
            *(ranks_of(ranks, former[code]) for former in formers if former.get(code)),
        ]
        if ranks in known:
            wanted[code] = present[code]
        else:
            left.append(f"the order of the cities of ZIP code {code}")
    return order_cities(wanted), left
