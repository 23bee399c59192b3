"""Imports of the registry that are killed at twenty moments: each leaves all lists as they were, or all new.

    .venv/bin/python -m tests.drills.killed_imports [--kills 20] [--rows 50000] [--database-url URL]

Makes a site, in a database of the named PostgreSQL server or in SQLite, and imports a month of the registry
into it. Then it begins to import the next one, in which many are others, and ends that by SIGKILL at a moment
by chance: in turn at any, while what differs is looked for, in the transaction that writes, and while others
are brought in step after that. The next who writes must find all records and lists as they were, or all as
they are after an import that nobody ended, and `verify()` must have nothing to say. At last an import may
end. Prints each moment and what was found; the exit status is 1 when something was neither.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.benchmarks.importing import write_month
from tests.benchmarks.sites import say, temporary_database

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261127
OURS = 0.3  # of the rows
STEPS = ("compare", "merge")
IMPORT = """
import sys
import django
django.setup()
from django.core.management import call_command
from providers.imports.staging import Staged
def tell(name):
    step = getattr(Staged, name)
    def told(*args, **options):
        print(name, flush=True)
        return step(*args, **options)
    setattr(Staged, name, told)
for name in sys.argv[2:]:
    tell(name)
call_command("import_nppes", sys.argv[1], shrink=True)
"""
LOOK = """
import json
import django
django.setup()
from hashlib import sha256
from django.db.models import F
from articles.models import Owner
from providers.models import CityList, ListPage, Provider
from therapydir.derived.catching_up import verify, writing
with writing():
    Owner.objects.update(contact=F("contact"))
npis = dict(Provider.objects.values_list("pk", "npi"))
records = list(Provider.objects.listed().order_by("npi", "place").values_list(
    "npi", "place", "name", "street", "phone", "city", "kind", "specialties", "shows_street"))
lists = [(city, slug, count, [npis[pk] for pk in first])
    for city, slug, count, first in CityList.objects.order_by("city", "slug").values_list(
        "city", "slug", "count", "first")]
pages = list(ListPage.objects.order_by("city", "slug", "number").values_list("city", "slug", "number"))
whole = sha256(repr((records, lists, pages)).encode()).hexdigest()
print(json.dumps([whole, len(records), list(verify())]))
"""


class Database:
    """The database of the drill, which can be put back to what it was."""

    def __init__(self, url, folder):
        self._url, self._copy = urlsplit(url), folder / "kept.sqlite3"
        self._is_file = self._url.scheme == "sqlite"

    def keep(self):
        if self._is_file:
            shutil.copy(self._url.path, self._copy)
        else:
            self._make(f"{self._name}_kept", self._name)

    def put_back(self):
        if self._is_file:
            for end in ("", "-wal", "-shm"):
                Path(f"{self._url.path}{end}").unlink(missing_ok=True)
            shutil.copy(self._copy, self._url.path)
        else:
            self._make(self._name, f"{self._name}_kept")

    def forget(self):
        if not self._is_file:
            with self._server() as server:
                server.execute(f"DROP DATABASE IF EXISTS {self._name}_kept")

    @property
    def _name(self):
        return self._url.path.strip("/")

    def _server(self):
        return psycopg.connect(self._url._replace(path="/postgres").geturl(), autocommit=True)

    def _make(self, name, template):
        with self._server() as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


class Site:
    """The site of the drill."""

    def __init__(self, folder, url):
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "DEBUG": "false",
            "DJANGO_SETTINGS_MODULE": "therapydir.settings",
            "SECRET_KEY": "only to import with, not to be guessed",
            "SITE_URL": "http://127.0.0.1",
            "VAR_DIR": str(folder),
        }

    def run(self, *arguments):
        """What a process of Python prints, which must succeed."""
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def look(self):
        """(a digest of records and lists, how many are listed, what is not in step), as the next writer."""
        return json.loads(self.run("-c", LOOK))

    def begin(self, path):
        command = [sys.executable, "-c", IMPORT, str(path), *STEPS]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, **pipes)

    def whole(self, path):
        """Import it, and let nobody end that; {step: at which second it began}, with that of the end."""
        begun, moments = time.monotonic(), {"begin": 0.0}
        process = self.begin(path)
        for line in process.stdout:
            if line.strip() in STEPS:
                moments[line.strip()] = time.monotonic() - begun
        if process.wait():
            raise SystemExit(process.stderr.read())
        return moments | {"end": time.monotonic() - begun}

    def killed(self, path, step, seconds):
        """Begin to import it, and end that so long after a step; whether it was ended."""
        process = self.begin(path)
        end = threading.Timer(seconds, process.kill)
        if step == "begin":
            end.start()
        for line in process.stdout:
            if line.strip() == step:
                end.start()
        process.wait()
        end.cancel()
        return process.returncode == -9


def moment(chance, number, moments):
    """(a step, seconds after it) by chance: at any moment, or in turn within a step."""
    steps = [*moments]
    if number % 2 == 0:
        return "begin", chance.uniform(0, moments["end"])
    step = STEPS[number // 2 % len(STEPS)]
    return step, chance.uniform(0, moments[steps[steps.index(step) + 1]] - moments[step])


def drill(site, database, folder, rows, kills):
    """Kill so many imports; how many of them left something else than they should."""
    months = folder / "one.zip", folder / "other.zip"
    for path, fewer in zip(months, (0, rows // 50), strict=True):
        write_month(path, rows - fewer, share=OURS, seed=SEED + fewer)
    site.whole(months[0])
    before = site.look()
    database.keep()
    moments = site.whole(months[1])
    after = site.look()
    say(
        f"listed {before[1]:,}, then {after[1]:,}; " + ", ".join(f"{k} {v:.1f} s" for k, v in moments.items())
    )
    wrong, chance = len(before[2]) + len(after[2]), random.Random(SEED)
    is_before, number, pace = False, 0, 1.0
    while number < kills:
        if not is_before:
            database.put_back()
        step, seconds = moment(chance, number, moments)
        was_killed = site.killed(months[1], step, seconds * pace)
        digest, _, sentences = site.look()
        is_before, is_after = digest == before[0], digest == after[0]
        found = "as before" if is_before else "as after" if is_after else "NEITHER"
        wrong += bool(sentences) or not (is_before or is_after)
        number += was_killed
        pace *= 1 if was_killed else 0.7  # it ended before: the machine has less else to do than it had
        how = f"{number:3} killed" if was_killed else "    ended"
        say(f"{how} {seconds * pace:5.1f} s after {step}: {found}, not in step: {len(sentences)}")
    site.whole(months[1])
    is_right = site.look()[::2] == after[::2]
    say(f"at last the import ended: {'as after' if is_right else 'SOMETHING ELSE'}")
    return wrong + (not is_right)


def main():
    parser = argparse.ArgumentParser(description="Kill imports of the registry, and see what is there then.")
    parser.add_argument("--kills", type=int, default=20, help="(%(default)s)")
    parser.add_argument("--rows", type=int, default=50_000, help="of a month (%(default)s)")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which databases may be made")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        temporary_database(Path(name), "killed_imports", given.database_url) as url,
    ):
        folder = Path(name)
        site, database = Site(folder, url), Database(url, folder)
        for command in ("migrate", "load_fixtures"):
            site.run("manage.py", command, "-v0")
        try:
            wrong = drill(site, database, folder, given.rows, given.kills)
        finally:
            database.forget()
    say(f"wrong: {wrong}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
