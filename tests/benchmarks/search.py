"""Measures how long the server takes to answer searches, in a new site and in one 30 times as large.

    .venv/bin/python tests/benchmarks/search.py
    .venv/bin/python tests/benchmarks/search.py --database-url postgres://postgres@127.0.0.1:5432/postgres

Makes two temporary databases, SQLite unless a PostgreSQL server is named, and removes them in the
end: one with the fixtures, one with invented places and names besides. Sends the same requests to
both in turn, round by round, so that what else the machine does weighs on both alike. A request
takes the way that it takes under gunicorn: page cache, middleware, view, template, compression. Ends
with 1 if the large site reads a table of names from beginning to end for any of them. Building the
large one takes minutes.
"""

import argparse
import re
import sys
import time
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.places import add_invented_aliases  # noqa: E402
from tests.benchmarks.sites import SERVE, say, serve, two_sites  # noqa: E402

TABLE = ROOT / "tests" / "locations" / "search" / "queries.txt"
LINE = re.compile(r"([^#].*?) (?:->|[?~#!^]) .*")
OF_EACH_KIND = 4  # queries
SLOWEST_SHOWN = 5
NAME_TABLES = ("locations_placename", "locations_misspelling")
READS = re.compile("^SCAN|^SEARCH|Scan")  # the steps of a plan that go through tables
_TABLES = "|".join(NAME_TABLES)
READS_ALL = re.compile(rf"^SCAN (?:{_TABLES}|U\d+)|Seq Scan on (?:{_TABLES})", re.MULTILINE)  # U0: a subquery


def some_queries():
    """About 60 queries: some of every kind in the table that the search is tested with."""
    kinds = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            kinds.append([])
        elif (found := LINE.fullmatch(line)) and kinds:
            kinds[-1].append(found[1])
    return [query for kind in kinds for query in kind[:: max(1, len(kind) // OF_EACH_KIND)][:OF_EACH_KIND]]


def requests():
    """(words that name the request, its path, its query): searches, then what is asked while typing them."""
    queries = some_queries()
    half_typed = [query[: max(2, len(query) // 2)] for query in queries]
    return [("search", "/search/", query) for query in queries] + [
        ("suggestions", "/search/suggestions/", query) for query in half_typed
    ]


# --- In the process of a site -----------------------------------------------------------------------


@cache
def application():
    from therapydir.wsgi import application

    return application


def send(path, query):
    environ = {
        "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_HOST": "127.0.0.1",
        "QUERY_STRING": urlencode({"q": query}),
    }
    environ["PATH_INFO"] = path
    setup_testing_defaults(environ)
    status = []
    response = application()(environ, lambda *answer: status.append(answer[0]))
    b"".join(response)
    response.close()
    assert status[0][:3] in ("200", "302"), status


def measure():
    """Milliseconds of each request."""
    times = []
    for _, path, query in requests():
        begin = time.perf_counter()
        send(path, query)
        times.append((time.perf_counter() - begin) * 1000)
    return times


def statements_of(path, query):
    """The SQL queries that a request makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        send(path, query)
    return [made["sql"] for made in queries]


def count_queries():
    return [len(statements_of(path, query)) for _, path, query in requests()]


def plans():
    """The ways that the database goes through the tables of names, and for how many queries each."""
    from django.db import connection

    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (COSTS OFF)"
    statements = {sql for _, path, query in requests() for sql in statements_of(path, query)}
    ways = Counter()
    with connection.cursor() as cursor:
        for sql in statements:
            if any(table in sql for table in NAME_TABLES):
                cursor.execute(f"{explain} {sql}")
                steps = (str(row[-1]).strip(" ->") for row in cursor.fetchall())
                # The same step twice, for one key and another, tells nothing more.
                ways["\n".join(dict.fromkeys(step for step in steps if READS.search(step)))] += 1
    return ways.most_common()


def fill(names=120_000):
    """Add names and bring the pages in step. Returns how many there are, and seconds for the pages."""
    from django.db import connection

    from locations.models import City, CityAlias
    from therapydir.derived.catching_up import catch_up

    add_invented_aliases(names)
    begin = time.perf_counter()
    catch_up()
    seconds = time.perf_counter() - begin
    if connection.vendor == "postgresql":  # as autovacuum does, a minute later
        connection.cursor().execute("ANALYZE")
    return City.objects.count(), City.objects.count() + CityAlias.objects.count(), seconds


def compare(small, large, rounds):
    """Measure both sites in turn and say what came out. Returns whether the large one read all names."""
    times = {small: [], large: []}
    for site in (small, large):
        site.ask("measure")  # the first requests fill caches, and are not counted
    for turn in range(rounds):
        for site in (small, large) if turn % 2 else (large, small):
            times[site].append(site.ask("measure"))
    counts = {site: site.ask("count_queries") for site in (small, large)}
    asked = requests()
    say(f"\n{'ms':42}{'small':>8}{'large':>8}{'ratio':>8}")
    figures = {
        "median": lambda rows: median(chain(*rows)),
        "95th percentile": lambda rows: quantiles(chain(*rows), n=20)[-1],
        "median of each one's fastest": lambda rows: median(map(min, zip(*rows, strict=True))),
    }
    for kind in ("search", "suggestions"):
        of_kind = [number for number, (name, *_) in enumerate(asked) if name == kind]
        for words, figure in figures.items():
            one, other = (
                figure([[row[n] for n in of_kind] for row in times[site]]) for site in (small, large)
            )
            say(f"{f'{kind}, {words}':42}{one:8.1f}{other:8.1f}{other / one:8.1f}")
        most = [max(counts[site][n] for n in of_kind) for site in (small, large)]
        say(f"{f'{kind}, SQL queries up to':42}{most[0]:8}{most[1]:8}")
    typical = [[median(column) for column in zip(*times[site], strict=True)] for site in (small, large)]
    say("\nslowest in the large one (median of the rounds)")
    for number in sorted(range(len(asked)), key=lambda n: -typical[1][n])[:SLOWEST_SHOWN]:
        kind, _, query = asked[number]
        say(f"{f'{kind}, {query}':42.42}{typical[0][number]:8.1f}{typical[1][number]:8.1f}")
    ways = large.ask("plans")
    say("\nways through the tables of names in the large one")
    for way, count in ways:
        say(f"{count} queries:\n  " + way.replace("\n", "\n  "))
    whole = sum(count for way, count in ways if READS_ALL.search(way))
    say(f"of these, queries that read a whole table of names: {whole or 'none'}")
    return bool(whole)


def main():
    parser = argparse.ArgumentParser(description="Measure how long searches take.")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which databases may be made")
    parser.add_argument("--places", type=int, default=30_000, help="invented ones (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="(%(default)s)")
    parser.add_argument(SERVE, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_measurements:
        serve(fill, measure, count_queries, plans)
        return 0
    with two_sites(__file__, given.database_url, given.places) as (small, large, grow):
        seconds = grow()
        say(f"large: imported {given.places:,} places in {seconds:.0f} s")
        cities, names, filled = large.ask("fill")
        say(f"large: {cities:,} places with {names:,} names; all pages brought in step in {filled:.0f} s")
        reads_whole_tables = compare(small, large, given.rounds)
        return int(reads_whole_tables)


if __name__ == "__main__":
    sys.exit(main())
