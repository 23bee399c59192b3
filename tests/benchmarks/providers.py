"""Measures what pages, lists, the admin and saves cost with a million records of who can help.

    .venv/bin/python tests/benchmarks/providers.py
    .venv/bin/python tests/benchmarks/providers.py --database-url postgres://postgres@127.0.0.1:5432/postgres

Makes two temporary databases, SQLite unless a PostgreSQL server is named, and removes them in the end: one
with the records of the fixtures, one with invented records besides (`records.py`). Asks both for the same in
turn, round by round, in Django; no page is kept. Prints milliseconds (of each request the fewest, of these
the median), their ratio, queries, and what a page weighs with gzip; then what saves cost, and with `--export`
what an export takes for each page. Ends with 1 if a query of the large site goes through a whole table of
records, a page weighs more than it may, or anything is not in step. Making the large site takes minutes.
"""

import argparse
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
if sys.path[0] != str(ROOT):
    sys.path.insert(0, str(ROOT))  # started as a script, Python looks first here, where this is «providers»

from tests.benchmarks.sites import SERVE, new_sites, say, serve  # noqa: E402

HEAVIEST = 14_600  # bytes of a page with gzip


def functions():
    """What is called by name in the process of a site, where Django is set up."""
    import django

    django.setup()
    from tests.benchmarks import asking, records

    return records.fill, asking.subjects, asking.measure, asking.weigh, asking.save, asking.not_in_step


def compare(small, large, rounds):
    """Measure both sites in turn and say what came out. Returns what is wrong in the large one."""
    rows, there = {}, {site: dict(map(tuple, site.ask("subjects"))) for site in (small, large)}
    for what in there[large]:
        rows[what] = {site: [] for site in (small, large) if there[site].get(what)}
    for turn in range(rounds + 1):
        for what, times in rows.items():
            for site in list(times)[:: -1 if turn % 2 else 1]:
                times[site].append(site.ask("measure", what))
    say(f"\n{'':44}{'queries':>12}{'ms':>18}{'ratio':>8}{'kB':>14}{'addresses':>14}")
    wrong = []
    for what, times in rows.items():
        # The first round fills caches, and is not counted. What else the machine does makes none faster.
        quickest = {site: [min(column) for column in zip(*times[site][1:], strict=True)] for site in times}
        found = {site: (*site.ask("weigh", what), median(quickest[site])) for site in times}
        say(f"{what:44.44}{_columns([found.get(site) for site in (small, large)])}")
        _, weight, _, whole, _ = found[large]
        if weight > HEAVIEST and there[large][what] == "page":
            wrong.append(f"{what} weighs {weight:,} bytes.")
        wrong += [f"{what} reads a whole table: {statement}" for statement in whole]
    return wrong


def _columns(found):
    few, _, here, _, quick = found[0] or (0,) * 5
    many, weight, there, _, slow = found[1]
    ratio = f"{slow / quick:8.2f}" if quick else " " * 8
    kilobytes = (found[0][1] if found[0] else 0) / 1000, weight / 1000
    addresses = f"{here:7}{there:7}" if there else ""
    milliseconds = f"{quick:9.1f}{slow:9.1f}"
    return f"{few:6}{many:6}{milliseconds}{ratio}{kilobytes[0]:7.1f}{kilobytes[1]:7.1f}{addresses}"


def compare_saves(small, large, rounds):
    say(f"\n{'saves: seconds, queries':44}{'small':>14}{'large':>14}{'ratio':>8}")
    found = {site: [dict(map(tuple, site.ask("save"))) for _ in range(rounds)] for site in (small, large)}
    for what in found[large][0]:
        (one, few), (other, many) = (
            (median(done[what][0] for done in found[site]), found[site][0][what][1])
            for site in (small, large)
        )
        say(f"{what:44}{one:9.2f}{few:5}{other:9.2f}{many:5}{other / one:8.1f}")


def compare_exports(small, large, folder):
    costs = []
    for name, site in (("small", small), ("large", large)):
        target = folder / f"export-{name}"
        seconds = site.manage("export_site", str(target))
        pages = sum(1 for _ in target.resolve().rglob("*.html"))
        costs.append(1000 * seconds / pages)
        say(f"export of the {name} one: {seconds:,.0f} s, {pages:,} pages, {costs[-1]:.1f} ms each")
    say(f"ratio, for each page: {costs[1] / costs[0]:.2f}")


def main():
    parser = argparse.ArgumentParser(description="Measure what a million records cost.")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which databases may be made")
    parser.add_argument("--records", type=int, default=1_000_000, help="in all (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="(%(default)s)")
    parser.add_argument("--export", action="store_true", help="measure the export, too, which takes long")
    parser.add_argument(SERVE, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_measurements:
        serve(*functions())
        return 0
    with new_sites(__file__, given.database_url) as (small, large, folder):
        for site in (small, large):
            site.manage("collectstatic", "--no-input")
        count, seconds = large.ask("fill", given.records)
        say(f"large: {count:,} records, with all pages in step after {seconds:.0f} s")
        wrong = compare(small, large, given.rounds)
        compare_saves(small, large, given.rounds)
        if given.export:
            compare_exports(small, large, folder)
        wrong += large.ask("not_in_step")
    say("\n" + ("\n".join(wrong) or "no query reads a whole table, no page is too heavy, all is in step"))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
