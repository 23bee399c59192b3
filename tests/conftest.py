"""What every test stands on: the database of a new site, loaded once."""

import os

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from articles.models import Article
from locations.models import City


def pytest_configure():
    # Playwright keeps an event loop in the tests' thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    settings.SECRET_KEY = "only for tests"
    # Tests need no collected files; the real storage is tried in test_quickstart.py.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = True  # quiet about a folder of collected files that is not there
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_report_header():
    from tests.browser.conftest import CHROMIUM
    from tests.proxies import INSTALLED

    return [
        f"browser tests: {CHROMIUM or 'left out, for want of Chromium (CHROMIUM is its path)'}",
        f"tests through proxies: {', '.join(INSTALLED) or 'left out, for want of nginx and haproxy'}",
    ]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, with the fixtures that a new site starts with."""
    with django_db_blocker.unblock():
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
