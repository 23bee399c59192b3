"""Several editors who save at once, in processes of their own, on the database under test."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.serving import KEY, own_database, prepared

WRITERS = 3
SAVE = """
import sys
from locations.models import City
from therapydir.derived.catching_up import writing
writer = int(sys.argv[1])
for turn in range(6):
    city = City.objects.filter(county="Orange", state__code="CA").order_by("pk")[(writer + turn) % 4]
    city.intro += f" {writer}.{turn}"
    city.latitude += 0.01 * (writer + 1)
    with writing():
        city.save()
"""
CHECK = """
from therapydir.derived.catching_up import verify
found = list(verify())
assert not found, found
"""


@pytest.fixture
def site(tmp_path, db):
    """The environment of a site with a database of its own, of the kind under test."""
    if connection.vendor == "sqlite":
        shutil.copy(prepared() / "db.sqlite3", tmp_path)
    with own_database(tmp_path) as url:
        yield {**os.environ, "VAR_DIR": str(tmp_path), "SECRET_KEY": KEY, "DATABASE_URL": url}


def run(site, *command):
    return subprocess.Popen(
        [sys.executable, *command], env=site, cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True
    )


def assert_all_succeed(processes):
    errors = [process.communicate(timeout=100)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), "".join(errors)


def test_editors_who_save_at_once_leave_everything_in_step(site):
    setup = "import django; django.setup()"
    site = site | {"DJANGO_SETTINGS_MODULE": "therapydir.settings"}
    if connection.vendor == "postgresql":
        assert_all_succeed([run(site, "manage.py", "migrate", "-v0")])
        assert_all_succeed([run(site, "manage.py", "load_fixtures", "-v0")])
    assert_all_succeed([run(site, "-c", f"{setup}\n{SAVE}", str(writer)) for writer in range(WRITERS)])
    assert_all_succeed([run(site, "-c", f"{setup}\n{CHECK}")])
