"""While the database does not work, everybody is told so: 503, what is wrong, and that nothing was saved."""

import shutil
import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.db import DatabaseError, InternalError, OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from articles.models import Article
from locations.models import City, OtherPlace, State, ZipCode
from providers.models import Provider
from tests.reading import form_data
from tests.serving import manage, prepared
from therapydir.database.outages import (
    AWAY,
    BROKEN,
    FULL,
    LOCKED,
    NOT_WRITABLE,
    READ_ONLY,
    REFUSED,
    outage_of,
)
from therapydir.front import readiness


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OperationalError("database is locked"), LOCKED),
        (OperationalError("database or disk is full"), FULL),
        (OperationalError('could not extend file "base/1": No space left on device'), FULL),
        (OperationalError("attempt to write a readonly database"), NOT_WRITABLE),
        (InternalError("cannot execute INSERT in a read-only transaction"), READ_ONLY),
        (OperationalError("unable to open database file"), BROKEN),
        (DatabaseError("database disk image is malformed"), BROKEN),
        (OperationalError("The database did not answer within 0.7 seconds."), AWAY),
        (OperationalError("couldn't get a connection after 0.80 sec"), AWAY),
        (OperationalError("consuming input failed: server closed the connection unexpectedly"), AWAY),
        (OperationalError("FATAL:  the database system is starting up"), AWAY),
        (OperationalError("terminating connection due to administrator command"), AWAY),
        (DatabaseError('relation "locations_city" does not exist'), None),
        (OperationalError("no such table: locations_city"), None),
        (ValueError("database is locked"), None),
    ],
)
def test_an_outage_is_told_from_a_fault(error, outage):
    assert outage_of(error) is outage


def fail_with(error):
    def fail(*given, **options):
        raise error

    return fail


def test_a_page_that_needs_the_database_says_that_it_is_away(client, db, monkeypatch):
    monkeypatch.setattr("locations.views.city_at", fail_with(OperationalError("connection lost")))
    response = client.get("/locations/california/anaheim/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Cache-Control"] == "no-store"
    assert AWAY.words in response.content.decode()
    assert "Content-Security-Policy" in response


def test_a_refused_request_costs_no_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        for address in ("/locations/california/", "/admin/", "/search/?q=x"):
            assert client.get(address, **{REFUSED: True}).status_code == 503


def test_a_fault_of_the_code_is_still_one(client, db, monkeypatch):
    monkeypatch.setattr("locations.views.city_at", fail_with(OperationalError("no such column: x")))
    client.raise_request_exception = False
    assert client.get("/locations/california/anaheim/").status_code == 500


@contextmanager
def read_only():
    """As on a replica, or with a file that may only be read."""
    # Past Django, which asks nothing more in a transaction that failed.
    raw = connection.connection.cursor()
    begin, end = {
        "sqlite": (["PRAGMA query_only = ON"], ["PRAGMA query_only = OFF"]),
        "postgresql": (["SAVEPOINT here", "SET TRANSACTION READ ONLY"], ["ROLLBACK TO here"]),
    }[connection.vendor]
    for statement in begin:
        raw.execute(statement)
    try:
        yield
    finally:
        for statement in end:
            raw.execute(statement)
        connection.needs_rollback = False


def test_logging_in_on_a_replica_says_that_nothing_can_be_saved_there(db, editor, settings):
    client = Client()
    with read_only():
        response = client.post(
            "/admin/login/", {"username": "editor", "password": "words", "next": "/admin/"}
        )
    assert response.status_code == 503
    words = (NOT_WRITABLE if connection.vendor == "sqlite" else READ_ONLY).words
    assert words in response.content.decode()


def test_a_full_disk_is_said_to_who_saves(editor_client, anaheim, monkeypatch):
    address = f"/admin/locations/city/{anaheim.pk}/change/"
    data = form_data(editor_client.get(address)) | {"intro": "Words."}
    monkeypatch.setattr(City, "save", fail_with(OperationalError("database or disk is full")))
    response = editor_client.post(address, data)
    assert response.status_code == 503
    assert "Nothing was saved" in response.content.decode()
    assert FULL.words in response.content.decode()


@pytest.mark.parametrize("when", ["at once", "at the end of the request"])
def test_a_full_disk_is_said_to_who_logs_in(client, editor, monkeypatch, when):
    full = fail_with(OperationalError("database or disk is full"))
    if when == "at once":
        monkeypatch.setattr("django.contrib.sessions.models.Session.save", full)
    else:  # when the session is written that the view made
        monkeypatch.setattr("therapydir.accounts.sessions.SessionStore.save", full)
        monkeypatch.setattr("therapydir.accounts.sessions.SessionStore.cycle_key", lambda store: None)
    client.raise_request_exception = False
    response = client.post("/admin/login/", {"username": "editor", "password": "words", "next": "/admin/"})
    assert response.status_code == 503
    assert FULL.words in response.content.decode()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's one writer")
def test_who_waits_too_long_for_another_writer_is_told_so(tmp_path):
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(file, timeout=0.01)) as other:
        one.execute("CREATE TABLE t (x)")
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as locked:
            other.execute("BEGIN IMMEDIATE")
    assert outage_of(OperationalError(*locked.value.args)) is LOCKED


LOG_IN_WHILE_LOCKED = """
import sqlite3
from django.db import connection
from django.test import Client

connection.settings_dict["OPTIONS"]["timeout"] = 0.1
writer = sqlite3.connect(connection.settings_dict["NAME"])
writer.execute("BEGIN IMMEDIATE")
client = Client(raise_request_exception=False, headers={"host": "localhost"})
response = client.post("/admin/login/", {"username": "editor", "password": "words", "next": "/admin/"})
writer.rollback()
again = client.post("/admin/login/", {"username": "editor", "password": "words", "next": "/admin/"})
print(response.status_code, again.status_code, response.content.decode())
"""


def test_a_request_that_meets_another_writer_says_that_nothing_was_saved(tmp_path):
    folder = shutil.copytree(prepared(), tmp_path / "var")
    result = manage(folder, "shell", "-v0", "-c", LOG_IN_WHILE_LOCKED)
    assert result.stdout.startswith("503 200 "), result.stderr
    assert "Nothing was saved" in result.stdout
    assert LOCKED.words in result.stdout


# --- /readyz ---------------------------------------------------------------------------------------------


def said(client):
    response = client.get(reverse("readyz"))
    return response.status_code, response.content.decode()


def test_a_missing_file_is_not_a_missing_migration(client, db, monkeypatch, tmp_path):
    monkeypatch.setattr(readiness, "sqlite_file", lambda: tmp_path / "db.sqlite3")
    status, words = said(client)
    assert status == 503
    assert "is missing: put it back from a backup" in words
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize("command", [["load_fixtures"], ["createsuperuser", "--noinput"]])
def test_a_command_says_that_the_file_is_missing_and_makes_none(tmp_path, command):
    result = manage(tmp_path, *command, DJANGO_SUPERUSER_USERNAME="a", DJANGO_SUPERUSER_EMAIL="a@example.org")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "db.sqlite3").exists()


def test_a_page_makes_no_file_where_one_is_missing(tmp_path, db):
    wrapper = connections["default"].copy("missing")
    if wrapper.vendor != "sqlite":
        return  # a server makes no database by itself
    wrapper.settings_dict["NAME"] = tmp_path / "c#1 50%20" / "db.sqlite3"
    (tmp_path / "c#1 50%20").mkdir()
    with pytest.raises(OperationalError, match="unable to open database file"):
        wrapper.ensure_connection()
    assert not wrapper.settings_dict["NAME"].exists()
    wrapper.settings_dict["NAME"].touch()
    wrapper.ensure_connection()
    wrapper.close()


def test_an_empty_database_is_not_ready(client, db):
    for model in (Provider, OtherPlace, City, ZipCode, State, Article):
        model.objects.all().delete()
    assert said(client)[0] == 503
    assert "The database is empty" in said(client)[1]


def test_a_full_disk_is_not_ready_and_tried_now_and_then_alone(client, db, monkeypatch, tmp_path):
    file = tmp_path / "db.sqlite3"
    file.touch()
    tries = []
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(readiness, "sqlite_file", lambda: file)
    monkeypatch.setattr(readiness, "_probe", readiness._Probe())
    monkeypatch.setattr(
        readiness.tempfile, "TemporaryFile", lambda **options: tries.append(1) or fail_with(full)()
    )
    for _ in range(3):
        status, words = said(client)
        assert (status, "No space left on device" in words) == (503, True)
    assert tries == [1]


def test_a_replica_is_ready_for_visitors(client, db):
    with read_only():
        assert said(client) == (200, "ready\n")


def test_the_migrations_on_disk_are_read_once(client, db, monkeypatch):
    said(client)
    monkeypatch.setattr(readiness, "MigrationLoader", fail_with(AssertionError))
    assert said(client) == (200, "ready\n")
