"""What every test stands on: the database of a new site, loaded once."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from articles.models import Article
from locations.models import City
from tests.serving import SHARED, prepared

# Files that take longest come first, so that no process works on one of them alone in the end.
LONGEST = (
    *("browser/test_pages", "delivery/test_poisoning", "front/test_crawl", "derived/test_catching_up"),
    *("delivery/test_cache_processes", "front/test_quickstart", "delivery/test_export"),
    *("derived/test_dates", "browser/test_ways", "locations/imports/test_imports", "derived/test_places"),
    *("derived/test_writers_at_once", "browser/test_editing", "delivery/test_slow_clients"),
)


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        os.environ[SHARED] = str(Path(config.option.basetemp).parent)
    # Playwright keeps an event loop in the tests' thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    settings.SECRET_KEY = "only for tests"
    # Tests need no collected files; the real storage is tried in front/test_quickstart.py.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = True  # quiet about a folder of collected files that is not there
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        settings.DATABASES["default"].setdefault("TEST", {}).update(NAME=":memory:", MIGRATE=False)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Without another order within a file, which is by chance."""

    def rank(item):
        name = item.nodeid.partition("tests/")[2].partition(".py")[0]
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=rank)


def pytest_report_header():
    from tests.browser.conftest import CHROMIUM
    from tests.proxies import INSTALLED

    return [
        f"browser tests: {CHROMIUM or 'left out, for want of Chromium (CHROMIUM is its path)'}",
        f"tests through proxies: {', '.join(INSTALLED) or 'left out, for want of nginx and haproxy'}",
    ]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database: on SQLite that of a new site, on PostgreSQL made and filled by its commands."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            # What only reads it leaves no files beside it, which others who copy the folder would miss again.
            file = f"file:{prepared() / 'db.sqlite3'}?immutable=1"
            with closing(sqlite3.connect(file, uri=True)) as of_new_site:
                of_new_site.backup(connection.connection)
            ContentType.objects.clear_cache()
        else:
            call_command("load_fixtures", verbosity=0)


@pytest.fixture
def anaheim(db):
    return City.objects.get(name="Anaheim")


@pytest.fixture
def explainer(db):
    return Article.objects.get(is_explainer=True)


@pytest.fixture
def editor(db):
    """A person who edits: staff, in the Editors group, no superuser."""
    user = User.objects.create_user("editor", password="words", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture
def editor_client(client, editor):
    client.force_login(editor)
    return client
