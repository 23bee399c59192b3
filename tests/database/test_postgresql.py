"""Nobody waits for ever on a connection to PostgreSQL."""

import time

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.db.utils import DatabaseError

from therapydir.database.postgresql import at_most, require_open

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL alone"),
]


@pytest.fixture
def own():
    """A connection of its own from the pool, as Django makes it."""
    wrapper = connections["default"].copy("own")
    wrapper.settings_dict["OPTIONS"]["pool"].update(min_size=1, max_size=1)
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def ask(wrapper, sql):
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_an_answer_that_takes_too_long_ends_the_connection_and_the_next_one_works(own):
    assert ask(own, "SELECT 1") == 1
    began = time.monotonic()
    with at_most(0.2), pytest.raises(OperationalError, match="did not answer within"):
        ask(own, "SELECT pg_sleep(2)")
    assert time.monotonic() - began < 10
    own.close()  # as at the end of a request
    assert ask(own, "SELECT 2") == 2


def test_what_nobody_waits_for_any_more_the_server_stops_working_on(own):
    process = ask(own, "SELECT pg_backend_pid()")
    with at_most(0.1), pytest.raises(OperationalError):
        ask(own, "SELECT pg_sleep(60)")
    own.close()
    for _ in range(50):
        if ask(own, f"SELECT count(*) FROM pg_stat_activity WHERE pid = {process}") == 0:
            return
        time.sleep(0.1)
    raise AssertionError("It is still at work.")


def test_without_a_bound_one_may_wait(own):
    with at_most(0.05), at_most(5):
        assert ask(own, "SELECT count(pg_sleep(0.2))") == 1


def test_an_error_of_the_server_is_said_as_it_is(own):
    with at_most(5), pytest.raises(DatabaseError, match="nothing_of_that_name"):
        ask(own, "SELECT * FROM nothing_of_that_name")


def test_a_connection_that_the_server_closed_meanwhile_is_replaced_unseen(own):
    process = ask(own, "SELECT pg_backend_pid()")
    own.close()
    ask(connection, f"SELECT pg_terminate_backend({process})")
    time.sleep(0.1)
    assert ask(own, "SELECT pg_backend_pid()") != process


def test_an_open_connection_passes_without_a_word(own):
    own.ensure_connection()
    require_open(own.connection)
    assert ask(own, "SELECT 1") == 1
    assert isinstance(own.connection, psycopg.Connection)
