"""Runs the commands of docs/backup.md as they stand there, on sites of their own, and looks what came of it.

    .venv/bin/python tests/drills/backup.py [postgres://user@host:port/database]

Without the address of a PostgreSQL server, on which it makes and drops databases, what needs one is left out.
Ends with an error at the first thing that is not as it was.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.pages import running, say  # noqa: E402

PAGE = ROOT / "docs" / "backup.md"
PORT = 8520
MOVE = "Move from one database to the other"
# Left out when moments are compared: a move keeps their milliseconds, and nothing finer.
FRACTION = r"(T\d\d:\d\d:\d\d)\.\d+"
CITY = "/locations/california/anaheim/"
PATHS = [
    "/",
    "/locations/",
    "/articles/",
    "/which-therapy/",
    "/locations/new-york/",
    CITY,
    "/search/?q=anahiem",
]
PATHS += [
    "/articles/occupational-therapy-vs-physical-therapy/",
    "/sitemap-cities-california.xml",
    "/feed.xml",
]
NAMES = ("therapydir_drill", "therapydir_restored")

SET_UP = (
    "import django, os, sys; django.setup(); from locations.models import City; "
    "from therapydir.derived.catching_up import catch_up; "
)
ACCOUNTS = """
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
owner = User.objects.create_superuser("owner", password="words")
editor = User.objects.create_user("editor", password="words", is_staff=True)
editor.groups.add(Group.objects.get(name="Editors"))
editor.user_permissions.add(Permission.objects.get(codename="view_user"))
LogEntry.objects.log_actions(editor.pk, City.objects.filter(name="Anaheim"), CHANGE, "Intro")
"""
CONTENTS = """
import hashlib, json, re
from django.apps import apps
from django.core import serializers
left_out = {"contenttypes", "sessions", "therapydir"}
# catch_up makes these anew, so that a move leaves them out, and may number them otherwise.
worked_out = {f"locations.{name}" for name in ("Neighbor", "PlaceName", "Misspelling", "County")}
key_of = dict(apps.get_model("locations.PlaceName").objects.values_list("pk", "key"))
found = {}
for model in apps.get_models():
    if model._meta.app_label in left_out or model._meta.label == "auth.Permission":
        continue
    keys = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    rows = json.loads(serializers.serialize("json", model._base_manager.order_by("pk"), **keys))
    for row in rows:
        if model._meta.label in worked_out:
            del row["pk"]
        if model._meta.label == "locations.Misspelling":
            row["fields"]["name"] = key_of[row["fields"]["name"]]
        for name, value in row["fields"].items():
            if isinstance(value, list):
                value.sort(key=repr)
    fraction = re.compile(sys.argv[1])
    texts = sorted(fraction.sub(r"\\1", json.dumps(row, sort_keys=True)) for row in rows)
    found[model._meta.label] = [len(texts), hashlib.sha256(repr(texts).encode()).hexdigest()]
sys.stdout.write(json.dumps(found))
"""
EDIT = "City.objects.filter(name='Anaheim').update(intro=sys.argv[1]); catch_up()"
# New rows get numbers that no row has, and changes move the version of the content.
ANEW = """
from django.contrib.auth.models import User
from therapydir.derived.versions import content_version
from locations.models import CityAlias
before = content_version()
CityAlias.objects.create(city=City.objects.get(name="Anaheim"), name=f"New {sys.argv[1]}")
catch_up()
User.objects.create_user(sys.argv[1])
assert content_version() != before
"""
# As after a crash: what was written stands in the journal beside the file, and not in it.
EDIT_AND_CRASH = f"{EDIT}; os.kill(os.getpid(), 9)"


class Page:
    """The blocks of commands of docs/backup.md, by the heading that they stand under."""

    def __init__(self):
        self._blocks, self._done, heading = {}, set(), None
        for line in PAGE.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                heading, is_inside = line.lstrip("# "), False
            elif line.startswith("    "):
                if not is_inside:
                    self._blocks.setdefault(heading, []).append("")
                self._blocks[heading][-1] += line.strip() + "\n"
            is_inside = line.startswith("    ")

    def run(self, site, heading, number=0):
        """Run a block, by default the first one, in the folder of a site."""
        site.run(self._blocks[heading][number])
        self._done.add((heading, number))

    def left(self):
        """What was not run yet."""
        return {
            (heading, n) for heading, blocks in self._blocks.items() for n in range(len(blocks))
        } - self._done


class Site:
    """A folder in which commands find what they find in the folder of a site."""

    def __init__(self, folder, url=""):
        self.folder, self.var, self.database = folder, folder / "var", folder / "var" / "db.sqlite3"
        folder.mkdir()
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "manage.py").symlink_to(ROOT / "manage.py")
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "VAR_DIR": str(self.var),
            "DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "therapydir.settings",
            "SITE_URL": f"http://127.0.0.1:{PORT}",
            "PORT": str(PORT),
        }

    def run(self, command, check=True):
        """What a command of the shell prints."""
        shell = ["bash", "-euo", "pipefail", "-c", command]
        result = subprocess.run(
            shell, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if check and result.returncode:
            raise SystemExit(f"{command}\n{result.stdout}{result.stderr}")
        return result.stdout

    def python(self, code, *arguments, check=True):
        result = subprocess.run(
            [sys.executable, "-c", SET_UP + code, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and result.returncode:
            raise SystemExit(result.stderr)
        return result.stdout

    @contextmanager
    def served(self):
        command = [sys.executable, str(ROOT / "manage.py"), "quickstart"]
        with running(command, PORT, cwd=self.folder, env=self.environment):
            yield f"http://127.0.0.1:{PORT}"

    def contents(self):
        """How many rows each model has, and a digest of them."""
        return json.loads(self.python(CONTENTS, FRACTION))

    def pages(self):
        """What visitors get, by address."""
        with self.served() as address:
            return {path: text_at(address + path) for path in PATHS}


def text_at(url):
    with urlopen(url) as response:
        return re.sub(FRACTION, r"\1", response.read().decode())


def same(one, other, what):
    """Fail unless both are alike, naming what differs."""
    differs = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    expect(not differs, f"{what}: {differs} differ")


def expect(is_so, words):
    if not is_so:
        raise SystemExit(f"docs/backup.md does not hold: {words}.")


def only_for_its_owner(file):
    expect(file.stat().st_mode & 0o777 == 0o600, f"{file.name} has the mode {file.stat().st_mode & 0o777:o}")


def sqlite(page, folder):
    """Back up while the site runs, restore beside a journal that was left, move; gives the site."""
    site = Site(folder / "site")
    site.run(".venv/bin/python manage.py quickstart --no-serve")
    site.python(ACCOUNTS)
    site.python(EDIT, "As backed up.")
    only_for_its_owner(site.database)
    with site.served():
        page.run(site, "Back up SQLite")
    expected, pages = site.contents(), site.pages()
    backup = site.folder / "backup.sqlite3"
    only_for_its_owner(backup)

    site.python(EDIT_AND_CRASH, "As it was last.", check=False)
    journal = Path(f"{site.database}-wal")
    expect(
        journal.exists() and journal.stat().st_size > 0, "no journal was left, which is what is tried here"
    )
    page.run(site, "Restore SQLite")
    same(site.contents(), expected, "what was restored")
    same(site.pages(), pages, "the pages that were restored")
    expect("As backed up." in pages[CITY], "the page does not show what was backed up")
    only_for_its_owner(site.database)
    with closing(sqlite3.connect(site.var / "before" / "db.sqlite3")) as before:
        (intro,) = before.execute("SELECT intro FROM locations_city WHERE name = 'Anaheim'").fetchone()
    expect(intro == "As it was last.", "what was put aside is not whole")

    (site.folder / ".env").write_text("")
    page.run(site, "Move to another machine")
    only_for_its_owner(site.folder / "move.tar.gz")
    other = Site(folder / "other")
    (site.folder / "move.tar.gz").rename(other.folder / "move.tar.gz")
    page.run(other, "Move to another machine", 1)
    same(other.contents(), expected, "what was moved to another machine")
    for name in ("secret_key", "db.sqlite3"):
        only_for_its_owner(other.var / name)
    expect((other.var / "secret_key").read_text() == (site.var / "secret_key").read_text(), "the key differs")

    page.run(site, "When nobody can log in")
    say("SQLite: backed up, restored and moved.\n")
    return site, expected, pages


def postgresql(page, folder, server, site, expected, pages):
    """Move the site to PostgreSQL, back up and restore there, and move it back to SQLite."""
    address = server.rpartition("/")[0]
    page.run(site, MOVE)
    only_for_its_owner(site.folder / "site.json.gz")
    moved = Site(folder / "moved", f"{address}/{NAMES[0]}")
    moved.run(f'createdb --maintenance-db="{server}" {NAMES[0]}')
    (site.folder / "site.json.gz").rename(moved.folder / "site.json.gz")
    page.run(moved, MOVE, 1)
    same(moved.contents(), expected, "what was moved to PostgreSQL")
    same(moved.pages(), pages, "the pages that were moved to PostgreSQL")
    moved.python(ANEW, "moved")
    say("Moved to PostgreSQL.\n")

    expected = moved.contents()
    page.run(moved, "Back up PostgreSQL")
    only_for_its_owner(moved.folder / "therapydir.dump")
    page.run(moved, "Restore PostgreSQL")
    restored = Site(folder / "restored", f"{address}/{NAMES[1]}")
    same(restored.contents(), expected, "what was restored into PostgreSQL")
    restored.python(ANEW, "restored")
    say("PostgreSQL: backed up and restored.\n")

    (moved.folder / "site.json.gz").unlink()
    page.run(moved, MOVE)
    back = Site(folder / "back")
    back.var.mkdir()
    (moved.folder / "site.json.gz").rename(back.folder / "site.json.gz")
    page.run(back, MOVE, 1)
    only_for_its_owner(back.database)
    same(back.contents(), expected, "what was moved back to SQLite")
    same(back.pages(), moved.pages(), "the pages that were moved back to SQLite")
    back.python(ANEW, "back")
    say("Moved back to SQLite.\n")


def main():
    page, server = Page(), sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as name:
        found = sqlite(page, Path(name))
        if server:
            try:
                postgresql(page, Path(name), server, *found)
                expect(not page.left(), f"nothing runs {page.left()}")
            finally:
                for database in NAMES:
                    command = ["dropdb", "--if-exists", "--force", f"--maintenance-db={server}", database]
                    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # that there is none


if __name__ == "__main__":
    main()
