"""A forgotten password is replaced by mail: nobody learns by it who has an account, or gets another's."""

import logging
import re
import smtplib
import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from tests.accounts.test_logins import FREE, guess, later
from tests.reading import links_of
from tests.serving import KEY, manage
from therapydir import environment as variables
from therapydir.accounts import login_log
from therapydir.models import FailedLogin

ASK, LOGIN = "/admin/password_reset/", "/admin/login/"
NEW = "a-heron-on-the-pier"
URL, FROM = "smtp+tls://user:p%40ss@mail.example.org:587", "TherapyDir <editors@example.org>"


@pytest.fixture
def sending(settings):
    """A site with a mail server."""
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.DEFAULT_FROM_EMAIL = FROM
    settings.SITE_URL = "https://www.example.org"
    settings.ROOT_URLCONF = "tests.accounts.with_mail"


@pytest.fixture
def anna(sending, editor):
    editor.username, editor.email = "anna", "Anna@example.org"
    editor.save()
    return editor


def ask(client, email="anna@example.org", **headers):
    return client.post(ASK, {"email": email}, **headers)


def sent():
    """What was sent, once it is."""
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join()
    return mail.outbox


def link_in(message):
    [link] = re.findall(r"https://www\.example\.org(/\S+)", message.body)
    return link


def choose(client, link, password=NEW, again=None):
    form = client.get(link)["Location"]
    return client.post(form, {"new_password1": password, "new_password2": again or password})


def test_a_password_is_chosen_by_the_link_in_the_mail(client, anna):
    assert ASK in links_of(client.get(LOGIN))
    assert "Send the link" in client.get(ASK).text
    response = ask(client, "anna@EXAMPLE.org")
    assert response["Location"] == f"{ASK}sent/"
    assert "Check your email" in client.get(f"{ASK}sent/").text
    [message] = sent()
    assert (message.to, message.from_email) == (["Anna@example.org"], FROM)
    assert message.subject == "Choose a new password for TherapyDir"
    assert "on TherapyDir (www.example.org).\nThe account: anna\n" in message.body
    assert message.body.isascii()  # so that no mail server breaks the link
    assert "If it was not you, do nothing" in message.body
    assert len(message.body) < 500
    assert message.alternatives == []
    link = link_in(message)
    assert "anna" in client.get(client.get(link)["Location"]).text
    done = choose(client, link)
    assert "Your password is changed" in client.get(done["Location"]).text
    assert guess(client, "words", username="anna").status_code == 200
    assert guess(client, NEW, username="anna").status_code == 302


def test_a_link_works_once(client, anna):
    ask(client)
    link = link_in(sent()[0])
    choose(client, link)
    page = Client().get(link)
    assert "This link no longer works" in page.text
    assert ASK in links_of(page)


def test_a_link_works_for_an_hour(client, anna, monkeypatch):
    ask(client)
    link = link_in(sent()[0])
    now = default_token_generator._now()
    monkeypatch.setattr(default_token_generator, "_now", lambda: now + timedelta(seconds=3700))
    assert "This link no longer works" in client.get(link).text


def test_a_link_that_somebody_made_up_does_not_work(client, anna):
    for link in (f"{ASK}MQ/abc-def/", f"{ASK}MQ/set-password/", f"{ASK}zz/abc-def/"):
        assert "This link no longer works" in client.get(link).text
        assert client.post(link, {"new_password1": NEW, "new_password2": NEW}).status_code == 200
    assert User.objects.get(username="anna").check_password("words")


def test_the_answer_is_the_same_whether_there_is_such_an_account_or_not(client, anna):
    answers = [ask(Client(), email) for email in ("anna@example.org", "nobody@example.org")]
    one, other = ((answer.status_code, answer.content, {**answer.headers}) for answer in answers)
    for headers in (one[2], other[2]):
        headers.pop("Expires")
    assert one == other
    assert len(sent()) == 1


def test_the_answer_does_not_wait_for_the_mail_server(client, anna, monkeypatch):
    goes_on = threading.Event()
    monkeypatch.setattr(
        "django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *messages: goes_on.wait(20)
    )
    begun = time.monotonic()
    assert ask(client).status_code == 302
    assert time.monotonic() - begun < 10
    goes_on.set()
    sent()


def test_a_mail_server_that_is_away_is_logged_and_not_told(client, anna, monkeypatch, caplog):
    def fail(*messages):
        raise smtplib.SMTPServerDisconnected("away")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    assert ask(client).status_code == 302
    sent()
    assert "Failed to send password reset email" in caplog.text


@pytest.mark.parametrize("why", ["inactive", "without a password"])
def test_who_may_not_log_in_gets_no_mail(client, anna, why):
    anna.is_active = why != "inactive"
    if anna.is_active:
        anna.set_unusable_password()
    anna.save()
    assert ask(client).status_code == 302
    assert sent() == []


def test_who_was_made_inactive_meanwhile_chooses_none(client, anna):
    ask(client)
    anna.is_active = False
    anna.save()
    assert "This link no longer works" in client.get(link_in(sent()[0])).text


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "localhost"},
        {"HTTP_HOST": "127.0.0.1:1234"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"SCRIPT_NAME": "/evil"},
    ],
)
def test_the_link_leads_to_the_site_whatever_the_request_says_of_it(client, anna, headers):
    ask(client, **headers)
    assert link_in(sent()[0]).startswith(f"{ASK}")
    assert "evil" not in sent()[0].body
    assert "localhost" not in sent()[0].body


def test_an_unknown_host_is_refused(client, anna):
    assert ask(client, HTTP_HOST="evil.example").status_code == 400
    assert sent() == []


def test_mails_to_one_address_are_limited_from_wherever_they_are_asked_for(client, anna):
    for email in ("anna@example.org", "nobody@example.org"):
        FailedLogin.objects.all().delete()
        answers = [
            ask(client, email, REMOTE_ADDR=f"192.0.2.{n}") for n in range(FailedLogin.FREE["mail"] + 1)
        ]
        assert [answer.status_code for answer in answers] == [302] * FailedLogin.FREE["mail"] + [429]
    assert len(sent()) == FailedLogin.FREE["mail"]
    last = answers[-1]
    assert last["Retry-After"] == "2"
    assert "no-store" in last["Cache-Control"]
    assert "No email was sent" in last.text
    assert "wait 2 seconds" in last.text
    later(2)
    assert ask(client).status_code == 302


def test_whoever_asks_for_many_addresses_is_slowed_down_and_so_are_their_logins(client, anna):
    free = FailedLogin.FREE["address"]
    answers = [ask(client, f"name{number}@example.org").status_code for number in range(free + 1)]
    assert answers == [302] * free + [429]
    assert guess(client, "words", username="anna").status_code == 429
    assert guess(client, "words", username="anna", REMOTE_ADDR="192.0.2.7").status_code == 302


def test_an_address_of_any_case_and_length_is_one_subject(client, anna):
    ask(client, "ANNA@example.org")
    ask(client, f"{'x' * 60}@{'y' * 60}.{'z' * 60}.example.org")
    assert FailedLogin.objects.get(subject="mail anna@example.org").failures == 1
    assert FailedLogin.objects.filter(subject__startswith="mail ").count() == 2


def test_the_owner_lifts_the_wait_for_mails(client, anna, capsys):
    for _ in range(FailedLogin.FREE["mail"]):
        ask(client)
    call_command("forget_failed_logins", "Anna@example.org")
    assert ask(client).status_code == 302


def test_who_chose_a_password_by_mail_need_not_wait_for_what_others_guessed(client, anna):
    attacker = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(FREE):
        guess(attacker, username="anna")
    assert guess(client, "words", username="anna").status_code == 429
    ask(client)
    choose(client, link_in(sent()[0]))
    assert guess(client, NEW, username="anna").status_code == 302


@pytest.mark.parametrize(
    ("password", "again", "reason"),
    [
        ("sh0rt!", None, "too short"),
        ("83519264701", None, "entirely numeric"),
        ("password123", None, "too common"),
        ("anna@example.org", None, "too similar to the email address"),
        (NEW, "another-heron", "didn’t match"),
    ],
)
def test_the_rules_for_passwords_hold(client, anna, password, again, reason):
    ask(client)
    response = choose(client, link_in(sent()[0]), password, again)
    assert response.status_code == 200
    assert reason in response.text
    assert User.objects.get(username="anna").check_password("words")


def test_other_sessions_end_with_the_old_password(client, anna):
    elsewhere = Client()
    elsewhere.force_login(anna)
    ask(client)
    choose(client, link_in(sent()[0]))
    assert elsewhere.get("/admin/").status_code == 302


def test_no_page_is_kept_or_told_to_others(client, anna):
    ask(client)
    link = link_in(sent()[0])
    leads_on = client.get(link)
    assert (leads_on.status_code, leads_on["Referrer-Policy"]) == (302, "no-referrer")
    form = client.get(leads_on["Location"])
    assert link.split("/")[-2] not in leads_on["Location"]
    used = Client().get(f"{ASK}MQ/abc-def/")
    assert used["Referrer-Policy"] == "no-referrer"
    pages = [client.get(ASK), client.get(f"{ASK}sent/"), form, client.get(f"{ASK}changed/")]
    assert {page["Referrer-Policy"] for page in pages} == {"same-origin"}
    assert all("no-store" in page["Cache-Control"] for page in [*pages, leads_on, used])


def test_forms_of_other_sites_send_nothing(anna):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ASK, {"email": "anna@example.org"}).status_code == 403
    assert sent() == []


def test_who_asked_who_was_sent_a_link_and_who_chose_is_logged(client, anna, caplog, monkeypatch):
    asked = login_log.Tally(login_log._write_asked)
    monkeypatch.setattr(login_log, "EVERY", 3600)
    monkeypatch.setattr(login_log, "asked", asked)
    with caplog.at_level(logging.INFO, "therapydir.accounts.logins"):
        for email in ["anna@example.org", *["x\n@example.org", "nobody@example.org"] * 4]:
            ask(client, email)
        choose(client, link_in(sent()[0]))
        asked.flush()
    asked._timer.cancel()
    assert caplog.messages[-5:] == [
        "New passwords asked for by mail: 1, for 'anna@example.org' from 127.0.0.1 (1). Refused: 0.",
        "The way to a new password is sent to 'anna'.",
        "Account 'anna' has changed: new password.",
        "'anna' chose a new password by mail, from 127.0.0.1.",
        "New passwords asked for by mail: 3, for 'nobody@example.org' from 127.0.0.1 (3). Refused: 1.",
    ]
    assert link_in(sent()[0]) not in caplog.text


# --- Without a mail server, and with half of the settings ------------------------------------------------


@pytest.mark.parametrize("address", [ASK, f"{ASK}sent/", f"{ASK}MQ/abc-def/", f"{ASK}changed/"])
def test_without_a_mail_server_there_is_no_such_address(client, editor, address):
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "anna@example.org"}).status_code == 404
    assert "password_reset" not in client.get(LOGIN).text


LOOK = """
from django.conf import settings
from django.test import Client
page = Client().get("/admin/login/", headers={"host": "127.0.0.1"}).content.decode()
print('href="/admin/password_reset/"' in page, settings.MAILERS, settings.DEFAULT_FROM_EMAIL)
"""


def test_the_address_is_there_where_a_mail_server_is_set(tmp_path):
    run = manage(tmp_path, "migrate", "-v0", SECRET_KEY=KEY)
    assert run.returncode == 0, run.stderr
    for values, says in (({}, "False"), ({"EMAIL_URL": URL, "DEFAULT_FROM_EMAIL": FROM}, "True")):
        run = manage(tmp_path, "shell", "-v0", "-c", LOOK, SECRET_KEY=KEY, DEBUG="true", **values)
        assert run.stdout.startswith(says), run.stderr
        assert (FROM in run.stdout) is bool(values)
        assert manage(tmp_path, "check", SECRET_KEY=KEY, **values).stderr == ""


def read(monkeypatch, url, sender):
    monkeypatch.setenv("EMAIL_URL", url)
    monkeypatch.setenv("DEFAULT_FROM_EMAIL", sender)
    mailers = variables.mail_server("EMAIL_URL")
    return mailers, variables.mail_sender("DEFAULT_FROM_EMAIL", "EMAIL_URL", mailers)


@pytest.mark.parametrize(
    ("url", "sender", "words"),
    [
        (URL, "", "EMAIL_URL is set, but DEFAULT_FROM_EMAIL is not: set both"),
        ("", FROM, "DEFAULT_FROM_EMAIL is set, but EMAIL_URL is not: set both"),
        (URL, "nobody", "DEFAULT_FROM_EMAIL is “nobody”, but must be an email address"),
        (URL, "A <a@b.example>\nBcc: x", "must be an email address"),
        ("mail.example.org", FROM, "EMAIL_URL must begin with one of smtp, smtp+tls, smtp+ssl"),
        ("consolemail://", FROM, "EMAIL_URL must begin with one of"),
        ("smtp://", FROM, "EMAIL_URL cannot be read"),
        ("smtp://user:pa/ss@mail.example.org", FROM, "of a password written as %2F"),
    ],
)
def test_half_a_configuration_is_refused_with_what_is_missing(monkeypatch, url, sender, words):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(monkeypatch, url, sender)
    assert words in str(refusal.value)
    assert "pa" not in str(refusal.value).replace("password", "").replace("parts", "")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (URL, ("mail.example.org", 587, "user", "p@ss", True, False)),
        ("smtp+ssl://u:p@mail.example.org", ("mail.example.org", None, "u", "p", False, True)),
        ("smtp://127.0.0.1:25", ("127.0.0.1", 25, None, None, False, False)),
    ],
)
def test_a_mail_server_is_read_from_its_url(monkeypatch, url, options):
    mailers, sender = read(monkeypatch, url, FROM)
    assert sender == FROM
    found = mailers["default"]["OPTIONS"]
    names = ("host", "port", "username", "password", "use_tls", "use_ssl")
    assert tuple(found[name] for name in names) == options
    assert found["timeout"] == variables.MAIL_TIMEOUT
