"""A real session is told from a cookie that somebody made up, without a look at the database."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError

from therapydir.accounts.sessions import SessionStore, has_session


@pytest.fixture
def key(db):
    store = SessionStore()
    store.create()
    return store.session_key


def test_a_key_that_the_site_made_is_known_wherever_it_stands(key, django_assert_num_queries):
    with django_assert_num_queries(0):
        for cookies in (f"sessionid={key}", f"a=b; sessionid={key}; c=d", f"a=b;sessionid={key}"):
            assert has_session(cookies)


def test_what_somebody_made_up_is_not(key):
    others = ["", "x", key[:-1], f"{key}0", key[:-1] + ("0" if key[-1] != "0" else "1"), "a" * 32]
    assert not any(has_session(f"sessionid={other}") for other in others)
    assert not has_session(f"xsessionid={key}")
    assert not has_session(f"a=sessionid={key}")


def test_whoever_logs_in_gets_such_a_key(client, editor):
    client.force_login(editor)
    assert has_session(f"sessionid={client.cookies['sessionid'].value}")


def test_a_session_from_before_goes_on(client, editor):
    client.force_login(editor)
    old = "0123456789abcdefghijklmnopqrstuv"
    Session.objects.update(session_key=old)
    client.cookies["sessionid"] = old
    assert client.get("/admin/").status_code == 200


def test_a_full_disk_is_not_taken_for_a_session_that_ended(key, monkeypatch):
    def fail(*given, **options):
        raise OperationalError("database or disk is full")

    store = SessionStore(key)
    store["words"] = 1
    monkeypatch.setattr(Session, "save", fail)
    with pytest.raises(OperationalError, match="is full"):
        store.save()
