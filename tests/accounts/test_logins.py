"""Logging in: guesses get slower, nobody is kept out for good, and visitors notice nothing."""

import logging
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from therapydir.accounts import hashing, login_log
from therapydir.accounts.logins import COOKIE, client_address, network_of
from therapydir.models import FailedLogin

LOGIN = "/admin/login/"
FREE = FailedLogin.FREE["account"]


def guess(client, password="wrong", username="editor", **headers):
    return client.post(LOGIN, {"username": username, "password": password}, **headers)


def later(seconds):
    """Let so much time pass since all failures."""
    for row in FailedLogin.objects.all():
        row.last_at -= timedelta(seconds=seconds)
        row.save()


@pytest.fixture
def hashed(monkeypatch):
    """A list with an entry for each password that was hashed."""
    entries = []
    monkeypatch.setattr(
        "django.contrib.auth.hashers.pbkdf2", lambda *args, **more: entries.append(args) or b"hash"
    )
    return entries


@pytest.fixture
def real_hasher(settings):
    settings.PASSWORD_HASHERS = ["therapydir.accounts.hashing.OneAtATimeHasher"]


@contextmanager
def another_hashes():
    """Another thread is hashing, until this ends or the event that it yields is set."""
    begun, ends = threading.Event(), threading.Event()

    def hash_something():
        with hashing.one_at_a_time():
            begun.set()
            ends.wait()

    thread = threading.Thread(target=hash_something)
    thread.start()
    begun.wait()
    yield ends
    ends.set()
    thread.join()


@pytest.fixture
def busy():
    with another_hashes():
        yield


def test_a_second_password_at_once_is_refused_before_it_is_hashed(client, editor, real_hasher, hashed, busy):
    response = guess(client, "words")
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "Other passwords are being checked" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert hashed == []
    assert not FailedLogin.objects.exists()


def test_a_password_is_not_changed_either_while_another_is_hashed(
    editor_client, editor, real_hasher, hashed, busy
):
    before = editor.password
    passwords = {"old_password": "words", "new_password1": "xy-zzy-17", "new_password2": "xy-zzy-17"}
    response = editor_client.post("/admin/password_change/", passwords)
    assert response.status_code == 503
    assert hashed == []
    editor.refresh_from_db()
    assert editor.password == before


def test_the_next_password_is_checked_once_the_first_is(client, editor):
    with hashing.one_at_a_time():
        pass
    assert guess(client, "words").status_code == 302


def test_hashes_are_those_that_django_makes(settings, real_hasher):
    made_here = make_password("words")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    assert check_password("words", made_here)


@pytest.mark.parametrize("name", ["editor", "nobody"])
def test_a_wrong_guess_is_hashed_once_whether_there_is_such_an_account_or_not(
    client, real_hasher, editor, hashed, name
):
    del hashed[:]
    assert guess(client, username=name).status_code == 200
    assert len(hashed) == 1


def test_an_update_logs_nobody_out(client, editor):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 200


def test_whoever_logged_in_before_waits_for_the_place_rather_than_being_refused(client, editor, monkeypatch):
    guess(client, "words")
    wait = hashing._wait
    with another_hashes() as ends:
        monkeypatch.setattr(hashing, "_wait", lambda: ends.set() or wait())
        assert guess(client, "words").status_code == 302


def test_only_one_waits_for_the_place(busy):
    with hashing._waiting, pytest.raises(hashing.Busy), hashing.one_at_a_time(may_wait=True):
        pass


def test_after_some_failures_no_password_is_checked_for_a_while(client, editor, monkeypatch):
    for _ in range(FREE):
        assert guess(client).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(User, "check_password", None)
        response = guess(client, "words")
    assert (response.status_code, response["Retry-After"]) == (429, "2")
    assert "wait 2 seconds" in response.content.decode()
    later(2)
    assert guess(client, "words").status_code == 302


def test_refused_guesses_write_nothing(client, editor, django_assert_num_queries):
    for _ in range(FREE):
        guess(client)
    before = list(FailedLogin.objects.values_list())
    with django_assert_num_queries(1):
        assert guess(client).status_code == 429
    assert list(FailedLogin.objects.values_list()) == before


def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(db):
    rows = [
        FailedLogin(subject="account a", failures=FREE + n, last_at=timezone.now()) for n in (-1, 0, 1, 2)
    ]
    assert [round(row.seconds_to_wait) for row in rows] == [0, 2, 4, 8]
    many = FailedLogin(subject="account a", failures=10**9, last_at=timezone.now())
    assert round(many.seconds_to_wait) == 15 * 60


def test_a_clock_that_was_put_back_keeps_nobody_waiting(db):
    row = FailedLogin(subject="account a", failures=99, last_at=timezone.now() + timedelta(days=999))
    assert row.seconds_to_wait == 0


def test_an_account_that_is_not_there_is_slowed_down_like_one_that_is(client, db):
    answers = [guess(client, username="nobody").status_code for _ in range(FREE + 1)]
    assert answers == [200] * FREE + [429]


def test_an_address_that_tries_many_accounts_is_slowed_down(client, db):
    tries = FailedLogin.FREE["address"]
    answers = [guess(client, username=f"name{number}").status_code for number in range(tries + 1)]
    assert answers == [200] * tries + [429]
    assert guess(client, username="another", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_an_attacker_elsewhere_does_not_keep_out_who_logged_in_before(client, editor):
    guess(client, "words")
    client.post("/admin/logout/")
    attacker = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(FREE):
        guess(attacker)
    assert guess(attacker, "words").status_code == 429
    assert guess(Client(), "words").status_code == 429  # the owner, too, from another browser
    assert guess(client, "words").status_code == 302
    assert guess(attacker).status_code == 429  # and that helps the attacker nothing


def test_a_known_browser_may_not_guess_without_end_nor_for_other_accounts(client, editor):
    guess(client, "words")
    client.post("/admin/logout/")
    answers = [guess(client).status_code for _ in range(FREE + 1)]
    assert answers == [200] * FREE + [429]
    assert guess(client, username="other").status_code == 200
    assert FailedLogin.objects.filter(subject="account other").exists()


def test_what_makes_a_browser_known_is_signed_and_goes_to_the_login_page_alone(client, editor):
    cookie = guess(client, "words").cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (LOGIN, True, "Strict")
    client.post("/admin/logout/")
    client.cookies[COOKIE] = cookie.value.replace(":", "x:", 1)
    guess(client)
    assert FailedLogin.objects.filter(subject="account editor").exists()


def test_logging_in_forgets_what_failed_before(client, editor):
    guess(client)
    assert FailedLogin.objects.count() == 2
    guess(client, "words")
    assert not FailedLogin.objects.exists()


def test_the_owner_lifts_the_wait_by_a_command(client, editor, capsys):
    for _ in range(FREE):
        guess(client)
    call_command("forget_failed_logins", "editor")
    assert capsys.readouterr().out == f"Failed logins of editor forgotten: {FREE}.\n"
    assert guess(client, "words").status_code == 302


def test_the_owner_lifts_the_wait_of_an_address_and_of_all(db, capsys):
    FailedLogin.objects.note(["account a", "address 2001:db8::/64"])
    call_command("forget_failed_logins", "2001:db8::17")
    assert [row.subject for row in FailedLogin.objects.all()] == ["account a"]
    call_command("forget_failed_logins")
    assert capsys.readouterr().out.endswith("Failed logins forgotten: 1.\n")
    assert not FailedLogin.objects.exists()


def test_failures_are_forgotten_after_a_day_and_when_there_are_too_many(db, monkeypatch):
    FailedLogin.objects.note(["account a"])
    later(25 * 3600)
    FailedLogin.objects.note(["account b"])
    assert [row.subject for row in FailedLogin.objects.all()] == ["account b"]
    monkeypatch.setattr(FailedLogin, "MOST", 3)
    for name in "cdef":
        FailedLogin.objects.note([f"account {name}"])
    assert {row.subject for row in FailedLogin.objects.all()} == {"account d", "account e", "account f"}


def test_any_login_removes_what_failed_more_than_a_day_before(client, editor):
    FailedLogin.objects.note(["account b"])
    FailedLogin.objects.create(subject="account c", last_at=timezone.now() - timedelta(days=2))
    guess(client, "words")
    assert [row.subject for row in FailedLogin.objects.all()] == ["account b"]


def test_looking_at_the_login_page_and_failing_keep_no_session(client, editor):
    client.get(LOGIN)
    guess(client)
    assert not Session.objects.exists()


def test_a_name_that_is_too_long_for_an_account_is_a_failure_like_others(client, db):
    answers = [guess(client, username="x" * 10_000 + str(number)).status_code for number in range(FREE + 1)]
    assert answers == [200] * FREE + [429]


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "192.0.2.1", "10.0.0.9"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.5, 192.0.2.1", "192.0.2.1"),
        (2, "198.51.100.5, 192.0.2.1, 203.0.113.4", "192.0.2.1"),
        (2, "192.0.2.1", "10.0.0.9"),
        (1, "192.0.2.1:4711", "192.0.2.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "unknown", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_a_clients_address_is_what_trusted_proxies_say_and_nothing_else(settings, proxies, told, address):
    settings.TRUST_X_FORWARDED_FOR = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": told})
    assert client_address(request) == address


def test_one_household_is_one_client():
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("") == ""


@pytest.fixture
def tally(monkeypatch):
    """The count of failures, as when nothing was written before; its timer never ends by itself."""
    fresh = login_log.Tally(login_log._write)
    monkeypatch.setattr(login_log, "EVERY", 3600)
    monkeypatch.setattr(login_log, "tally", fresh)
    yield fresh
    if fresh._timer:
        fresh._timer.cancel()


def test_failures_are_logged_as_counts_not_line_by_line(client, db, tally, caplog):
    for _ in range(FREE + 3):
        guess(client, username="a\nb")
    tally.flush()
    lines = [record.getMessage() for record in caplog.records if record.name == "therapydir.accounts.logins"]
    assert lines == [
        r"Failed logins: 1, for 'a\nb' from 127.0.0.1 (1). Refused without a look at the password: 0.",
        r"Failed logins: 4, for 'a\nb' from 127.0.0.1 (4). Refused without a look at the password: 3.",
    ]


def test_no_timer_of_the_count_keeps_a_process_from_ending(tally):
    before = set(threading.enumerate())
    tally.add(("anna", "192.0.2.7"))
    assert [thread.daemon for thread in set(threading.enumerate()) - before] == [True]


def test_refusals_are_in_the_count_alone(client, db, tally, caplog, busy):
    for _ in range(3):
        assert guess(client).status_code == 503
    assert {record.name for record in caplog.records} == {"therapydir.accounts.logins"}


def test_counting_failures_takes_no_memory_without_bound(tally, caplog, monkeypatch):
    monkeypatch.setattr(login_log, "MOST_COUNTED", 3)
    for number in range(10):
        tally.add((f"name{number}", "192.0.2.7"))
    tally.flush()
    last = caplog.records[-1].getMessage()
    assert last.startswith("Failed logins: 9, for 'name1' from 192.0.2.7 (1), ")
    assert ", others. " in last


def test_a_login_is_logged_with_its_address(client, editor, caplog):
    with caplog.at_level(logging.INFO, "therapydir.accounts.logins"):
        guess(client, "words")
    assert caplog.messages == ["'editor' logged in from 127.0.0.1."]


def test_grave_changes_of_an_account_are_logged(db, caplog):
    user = User.objects.create_user("anna", password="words", is_staff=True)
    user.first_name = "Anna"
    user.save()
    user.is_superuser = True
    user.set_password("others")
    user.save()
    user.delete()
    assert caplog.messages == [
        "Account 'anna' is new: staff, active.",
        "Account 'anna' has changed: superuser: yes, new password.",
        "Account 'anna' was deleted.",
    ]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("sh0rt!", "too short"),
        ("83519264701", "entirely numeric"),
        ("password123", "too common"),
        ("annabelle-lee", "too similar to the username"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_with_the_reason(password, reason):
    with pytest.raises(ValidationError, match=reason):
        validate_password(password, User(username="annabelle-lee"))
