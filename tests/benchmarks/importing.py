"""Measures what an import of the registry's file of a month costs, beside what Python's csv needs to read it.

    .venv/bin/python tests/benchmarks/importing.py
    .venv/bin/python tests/benchmarks/importing.py --database-url postgres://postgres@127.0.0.1:5432/postgres

Invents such a file, a zip with two million rows of which a twentieth is ours, and imports it twice into a
new site with the fixtures, on SQLite, and on PostgreSQL if a server is named. During the first import
somebody else saves without a pause, in another process, and a visitor reads. Prints the seconds of the clock
and of the process's own processor time, their ratios to those of csv, the memory, and how long others had to
wait at most. The exit status is 1 if the second import wrote a row, or moved a date or the version of the
content. Takes some minutes for each database.
"""

import argparse
import csv
import io
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.sites import SERVE, Colleague, Site, say, serve, temporary_database  # noqa: E402
from tests.providers import nppes  # noqa: E402

NAME = "npidata_pfile_20050523-20251109.csv"
ROWS, SHARE = 2_000_000, 0.05
FIXTURES = ROOT / "fixtures"
WROTE = re.compile(r"([\d,]+) added, ([\d,]+) changed, ([\d,]+) withdrawn")
colleague, visitor = Colleague(), {}


def write_month(path, rows, share=SHARE, seed=1):
    """Write the zip of a month with so many rows and what the site has from Medicare; its bytes, unpacked."""
    with (FIXTURES / "zip_codes.csv").open(newline="", encoding="utf-8") as file:
        addresses = [
            (row["zip_code"], row["place_name"].upper(), row["state_code"]) for row in csv.DictReader(file)
        ]
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(NAME, "w", force_zip64=True) as file,
    ):
        size = file.write(nppes.line(nppes.header()))
        size += sum(file.write(line) for line in _places_of_care())
        size += sum(file.write(line) for line in nppes.many(rows, addresses, share=share, seed=seed))
    return size


def _places_of_care():
    """The lines of those that a new site has, so that they do not seem to be withdrawn."""
    with (FIXTURES / "care_places.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = {"organization": row["name"], "street": row["address"], "city": row["city"]}
            values |= {"state": row["state"], "zip_code": row["zip"], "phone": row["phone"]}
            fields = nppes.clinic(0, **values)
            fields[0] = row["npi"]
            yield nppes.line(fields)


def read_with_csv(path):
    """(seconds, of these on the processor) that csv takes to read all fields of all rows."""
    begun, spent = time.perf_counter(), time.process_time()
    with zipfile.ZipFile(path) as archive, archive.open(NAME) as raw:
        for _ in csv.reader(io.TextIOWrapper(raw, "utf-8", newline="")):
            pass
    return time.perf_counter() - begun, time.process_time() - spent


def import_month(site, path):
    """(seconds, of these on the processor, MB, how many rows it wrote)."""
    begun = time.perf_counter()
    command = [sys.executable, ROOT / "manage.py", "import_nppes", path]
    process = subprocess.Popen(command, env=site.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds, process.returncode = time.perf_counter() - begun, status
    if status:
        raise SystemExit(f"The import failed: {said}")
    wrote = sum(int(number.replace(",", "")) for number in WROTE.search(said).groups())
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, wrote


def begin_saving():
    colleague.begin_saving()


def longest_wait():
    return colleague.longest_wait()


def begin_reading():
    visitor["stop"] = threading.Event()
    visitor["thread"] = threading.Thread(target=_read)
    visitor["thread"].start()


def longest_read():
    """Seconds; ends it."""
    visitor["stop"].set()
    visitor["thread"].join()
    return visitor["longest"]


def _read():
    from django.db import connection

    from locations.models import City
    from providers.facts import care_in

    cities = list(City.objects.published().select_related("state").order_by("-population")[:20])
    visitor["longest"], number = 0.0, 0
    while not visitor["stop"].wait(0.05):
        begun, number = time.perf_counter(), number + 1
        care_in([cities[number % len(cities)]])
        visitor["longest"] = max(visitor["longest"], time.perf_counter() - begun)
    connection.close()


def state():
    """What another import of the same file must leave alone: the version of the content, dates, lists."""
    from hashlib import sha256

    from locations.models import City, State
    from providers.models import CityList, ListPage
    from therapydir.derived.versions import content_version

    dates = [
        list(model.objects.order_by("pk").values_list("pk", "content_changed_at"))
        for model in (City, State, ListPage)
    ]
    lists = list(CityList.objects.order_by("pk").values_list("pk", "count", "first"))
    return [repr(content_version()), sha256(repr((dates, lists)).encode()).hexdigest()]


def not_in_step():
    from therapydir.derived.catching_up import verify

    return sum(1 for _ in verify())


@contextmanager
def others(site):
    """Yields a list that holds, in the end, how many seconds a writer and a reader waited at most."""
    waited = []
    site.ask("begin_saving", process="colleague")
    site.ask("begin_reading", process="visitor")
    try:
        yield waited
    finally:
        waited += [
            site.ask("longest_wait", process="colleague"),
            site.ask("longest_read", process="visitor"),
        ]


def measure(what, folder, server_url, path, reference):
    """Import the file twice into a new site, and say what that cost; whether something is wrong with it."""
    with temporary_database(folder, "importing", server_url) as url:
        site = Site(folder, url, __file__)
        try:
            site.manage("migrate")
            site.manage("load_fixtures")
            with others(site) as waited:
                first = import_month(site, path)
            say(f"{what:12}{'first':8}{_in_columns(first, reference)}{waited[0]:9.1f} s{waited[1]:7.1f} s")
            before = site.ask("state")
            again = import_month(site, path)
            say(f"{what:12}{'again':8}{_in_columns(again, reference)}")
            is_same, wrong = site.ask("state") == before, site.ask("not_in_step")
        finally:
            site.stop()
    say(f"{what:12}not in step: {wrong}; the same after the second: {'yes' if is_same else 'no'}")
    return wrong or again[-1] or not is_same


def _in_columns(cost, reference):
    seconds, spent, memory, wrote = cost
    return (
        f"{seconds:8.1f} s{seconds / reference[0]:7.2f}{spent:9.1f} s{spent / reference[1]:7.2f}"
        f"{memory:7.0f} MB{wrote:10,}"
    )


def main():
    parser = argparse.ArgumentParser(description="Measure what an import of the registry costs.")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which databases may be made, too")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the file (%(default)s)")
    parser.add_argument(SERVE, action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve_measurements:
        serve(begin_saving, longest_wait, begin_reading, longest_read, state, not_in_step)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "month.zip"
        size = write_month(path, given.rows)
        say(f"{given.rows:,} rows, {size / 1e6:,.0f} MB, {path.stat().st_size / 1e6:,.0f} MB as a zip")
        reference = read_with_csv(path)
        titles = "     clock  ratio        own  ratio    memory     wrote   others waited"
        say(f"{'':20}{titles}")
        say(f"{'csv':20}{reference[0]:8.1f} s{1:7.2f}{reference[1]:9.1f} s{1:7.2f}")
        servers = {"SQLite": None} | ({"PostgreSQL": given.database_url} if given.database_url else {})
        wrong = [measure(what, folder, url, path, reference) for what, url in servers.items()]
        return int(any(wrong))


if __name__ == "__main__":
    sys.exit(main())
