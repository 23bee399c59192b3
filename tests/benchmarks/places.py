"""Invents places over the whole country, to measure with: never for the site.

    .venv/bin/python tests/benchmarks/places.py FOLDER --places 30000

writes `places.csv` and `zips.csv` into FOLDER, as `manage.py import_places` reads them. The same
seed gives the same files. Many names are alike on purpose, as real ones are.
"""

import argparse
import csv
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from locations.us_states import NAMES  # noqa: E402
from therapydir.pages.paths import slug_for  # noqa: E402

SEED = 20261124
STATES = [(code, name) for code, name in sorted(NAMES.items()) if code != "DC"]
ZIP_CODES_EACH = (2, 6)  # the fewest and the most of a place: four on average
BEFORE = [""] * 5 + "North |South |East |West |New |Mount |St. |Fort |Lake ".split("|")
FIRST = "Al An Ar Ash Bel Ber Bran Bro Cal Car Clar Dan Del Dor Ed El Fair Glen Green Har Hol".split()
FIRST += "Jack Ken Lan Lin Mar Mil Mor Nor Oak Pal Pem Ray Red Ros Sal San Shel Spring Stan Ter".split()
FIRST += "Thorn Wal Wel Win".split()
MIDDLE = ["", "", "a", "e", "er", "i", "in", "o", "on", "ing", "al", "en"]
LAST = "bach boro bridge brook burg bury by dale field ford ham haven hurst land ley mont mouth".split()
LAST += "port ridge side stead ton view ville ward water wick wood worth".split()
AFTER = [""] * 12 + [" Heights", " Springs", " Beach", " Park", " Township", " City", " Falls", " Hills"]
SHORT = {"North": "N", "South": "S", "East": "E", "West": "W", "Mount": "Mt", "St.": "Saint", "Fort": "Ft"}
SHORT |= {"Heights": "Hts", "Springs": "Spgs", "Beach": "Bch", "Township": "Twp"}


def invented_places(count, seed=SEED):
    """Yields (place, its ZIP codes), dictionaries by column: `count` places over 50 states."""
    chance = random.Random(seed)
    boxes = {code: _box(number) for number, (code, _) in enumerate(STATES)}
    zip_codes = iter(chance.sample(range(100_000), min(100_000, count * ZIP_CODES_EACH[1])))
    taken, areas = set(), {}
    for number in range(count):
        code, state = STATES[number % len(STATES)]
        name = _name(chance)
        while (code, slug_for(name)) in taken:
            name = _name(chance)
        taken.add((code, slug_for(name)))
        south, west, height, width = boxes[code]
        latitude = round(south + chance.random() * height, 4)
        longitude = round(west + chance.random() * width, 4)
        county = f"{chance.choice(FIRST)}{chance.choice(LAST)}"
        own, new = _zip_codes(chance, zip_codes, areas.setdefault(code, []))
        place = {
            "state": state,
            "state_code": code,
            "source_name": name,
            "name": name,
            "latitude": latitude,
            "longitude": longitude,
            "county": county,
            "population": round(chance.lognormvariate(8, 1.5)) if chance.random() < 0.9 else "",
            "zip_codes": " ".join(own),
            "data_source": "GeoNames",
            "geonames_id": 50_000_000 + number,
        }
        around = {"state_code": code, "place_name": name, "county": county}
        around |= {"latitude": latitude, "longitude": longitude}
        yield place, [{"zip_code": zip_code, **around} for zip_code in new]


def write_files(folder, count, seed=SEED):
    """Write `places.csv` and `zips.csv` of `count` places. Returns the number of ZIP codes."""
    folder.mkdir(parents=True, exist_ok=True)
    places, areas = [], []
    for place, new in invented_places(count, seed):
        places.append(place)
        areas += new
    for name, rows in (("places.csv", places), ("zips.csv", areas)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return len(areas)


def add_invented_aliases(names=120_000, seed=SEED):
    """Add other names to the cities until there are `names` in all, theirs included.

    Needs Django set up. Writes the rows alone: call `catch_up()` where their effect on pages
    or on the search is to be seen. Returns how many were added.
    """
    from locations.models import City, CityAlias  # only where Django is set up
    from therapydir.derived.stamps import BATCH

    chance = random.Random(seed)
    cities = list(City.objects.order_by("pk").values_list("pk", "name", "slug"))
    have = set(CityAlias.objects.values_list("city", "slug")) | {(pk, slug) for pk, _, slug in cities}
    new = []
    while cities and len(have) < names:
        for pk, name, _ in cities[: names - len(have)]:
            alias = _other_name(chance, name)
            while (pk, slug_for(alias)) in have:
                alias = _name(chance)
            have.add((pk, slug_for(alias)))
            new.append(CityAlias(city_id=pk, name=alias, slug=slug_for(alias), is_shown=False))
    CityAlias.objects.bulk_create(new, batch_size=BATCH)
    return len(new)


def _box(number):
    """South and west edge, height and width in degrees of an invented state: one of 5 rows of 10."""
    row, column = divmod(number, 10)
    return 26 + row * 4.4, -124 + column * 5.6, 4.4, 5.6


def _name(chance):
    stem = chance.choice(FIRST) + chance.choice(MIDDLE) + chance.choice(LAST)
    return f"{chance.choice(BEFORE)}{stem}{chance.choice(AFTER)}"


def _other_name(chance, name):
    """The name as people shorten it, or with two letters swapped."""
    short = " ".join(SHORT.get(word, word) for word in name.split())
    if short != name and chance.random() < 0.5:
        return short
    spot = chance.randrange(1, len(name) - 1)
    return name[:spot] + name[spot + 1] + name[spot] + name[spot + 2 :]


def _zip_codes(chance, unused, of_state):
    """Some ZIP codes for a place, and which of them are new; those of the state when none is left."""
    wanted = chance.randint(*ZIP_CODES_EACH)
    shared = chance.sample(of_state, min(len(of_state), wanted // 2))
    new = [f"{digits:05}" for _, digits in zip(range(wanted - len(shared)), unused, strict=False)]
    of_state += new
    return sorted(shared + new), new


def main():
    parser = argparse.ArgumentParser(description="Invent places for measurements, and write them as CSV.")
    parser.add_argument("folder", type=Path, help="where places.csv and zips.csv go")
    parser.add_argument("--places", type=int, default=30_000, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="another gives other places (%(default)s)")
    given = parser.parse_args()
    zip_codes = write_files(given.folder, given.places, given.seed)
    sys.stdout.write(f"Invented: {given.places:,} places with {zip_codes:,} ZIP codes, in {given.folder}.\n")


if __name__ == "__main__":
    main()
