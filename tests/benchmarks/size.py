"""Measures what a page costs that is not kept, in sites of different sizes, and draws it.

    .venv/bin/python tests/benchmarks/size.py docs/cost.svg

Makes sites on SQLite with the fixtures and invented places besides, and measures each kind of page in
Django, in all sites in turn, round by round. Prints a table of medians and writes the picture.
"""

import argparse
import sqlite3
import sys
import tempfile
from contextlib import closing
from math import log10
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.pages import PAGES, misses, say  # noqa: E402
from tests.benchmarks.places import write_files  # noqa: E402
from tests.benchmarks.search import Site  # noqa: E402

SIZES = (0, 2_000, 9_000, 30_000)  # places besides
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 320, 50, 40, 20, 110
COLORS = {"city": "#8f350a", "state": "#3f3d9e", "directory": "#0a635c", "explainer": "#6b7280"}


def make(folder, places):
    """Make a site with so many places besides. Returns its number of cities."""
    folder.mkdir()
    site = Site(folder, f"sqlite:///{folder / 'db.sqlite3'}")
    site.manage("migrate")
    site.manage("load_fixtures")
    site.manage("collectstatic", "--no-input")
    if places:
        write_files(folder, places)
        seconds = site.manage(
            "import_places", str(folder / "places.csv"), f"--zip-codes={folder / 'zips.csv'}"
        )
        say(f"imported {places:,} places in {seconds:.0f} s\n")
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM locations_city").fetchone()[0]


def measured(folder):
    """What pages of a site cost, as `misses()` returns it."""
    return misses(
        folder,
        DATABASE_URL="",
        STATIC_ROOT=str(folder / "static"),
        DEBUG="false",
        SECRET_KEY="only to measure with, not to be guessed",
    )


def medians(rounds):
    """{kind of page: (milliseconds, bytes)} of the results of several rounds."""
    return {kind: (median(found[kind][0] for found in rounds), size) for kind, (_, size) in rounds[0].items()}


def drawn(found):
    """The milliseconds by number of cities as an SVG picture."""
    highest = 10 * (1 + max(ms for pages in found.values() for ms, _ in pages.values()) // 10)
    first, last = log10(min(found)), log10(max(found))

    def at(cities, ms):
        x = LEFT + (WIDTH - LEFT - RIGHT) * (log10(cities) - first) / (last - first)
        return round(x), round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * ms / highest)

    parts = []
    for ms in range(0, int(highest) + 1, 10):
        x, y = at(min(found), ms)
        parts.append(f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#ccc"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{ms}</text>')
    for cities in found:
        x, y = at(cities, 0)
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{cities:,}</text>')
    taken = []
    for kind, color in sorted(COLORS.items(), key=lambda pair: found[max(found)][pair[0]]):
        points = [at(cities, pages[kind][0]) for cities, pages in found.items()]
        line = "L".join(f"{x} {y}" for x, y in points)
        parts.append(f'<path d="M{line}" fill="none" stroke="{color}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"/>' for x, y in points]
        x, y = points[-1]
        y = min([y, *(other - 15 for other in taken)])
        taken.append(y)
        parts.append(f'<text x="{x + 8}" y="{y + 4}" fill="{color}">{kind}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}'
        f'<text x="{LEFT}" y="14">milliseconds of a page that is not kept, by number of cities</text></svg>\n'
    )


def main():
    parser = argparse.ArgumentParser(description="Measure what a page costs in sites of different sizes.")
    parser.add_argument("picture", type=Path, help="the SVG file to write")
    parser.add_argument("--rounds", type=int, default=5, help="(%(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / str(places) for places in SIZES]
        sites = {make(folder, places): folder for folder, places in zip(folders, SIZES, strict=True)}
        rounds = {cities: [] for cities in sites}
        for turn in range(given.rounds):
            for cities, folder in list(sites.items())[:: -1 if turn % 2 else 1]:
                rounds[cities].append(measured(folder))
    found = {cities: medians(of_site) for cities, of_site in rounds.items()}
    say(f"{'ms (bytes with gzip)':22}" + "".join(f"{kind:>18}" for kind in PAGES) + "\n")
    for cities, pages in found.items():
        cells = (f"{ms:.1f} ({size:,})" for ms, size in pages.values())
        say(f"{f'{cities:,} cities':22}" + "".join(f"{cell:>18}" for cell in cells) + "\n")
    given.picture.write_text(drawn(found), encoding="utf-8")


if __name__ == "__main__":
    main()
