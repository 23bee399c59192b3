"""Settings that cannot be right are refused with their name and what to do, before anything is done."""

import json
import logging
import re
import runpy
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.serving import KEY, environment, manage
from therapydir import environment as variables
from therapydir.delivery.log_counts import CountedFilter

REFUSED = [
    (variables.number, ("PORT", 8000), "abc", "PORT is “abc”, but must be a number, such as 8000."),
    (variables.number, ("WEB_CONCURRENCY", 2), "-1", "must be 0 or more."),
    (variables.number, ("CDN_SECONDS", 1), "1.5", "must be a number"),
    (variables.number, ("CDN_SECONDS", 1), "1 # second", "write comments on lines of their own"),
    (variables.flag, ("DEBUG",), "flase", "DEBUG is “flase”, but must be true or false."),
    (
        variables.time_zone,
        ("TIME_ZONE", "UTC"),
        "Nowhere/Here",
        "TIME_ZONE is “Nowhere/Here”, but is no time zone",
    ),
    (variables.time_zone, ("TIME_ZONE", "UTC"), "../etc/passwd", "is no time zone"),
    (variables.log_level, ("LOG_LEVEL", "WARNING"), "LOUD", "must be one of DEBUG, INFO"),
    (variables.hosts, ("EXTRA_HOSTS",), "a.example, https://b.example", "EXTRA_HOSTS is “https://b.example”"),
    (variables.hosts, ("EXTRA_HOSTS",), "*", "must be host names alone"),
    (variables.database, ("DATABASE_URL",), "nonsense", "DATABASE_URL must begin with one of"),
    (variables.database, ("DATABASE_URL",), "mysql://a/b", "DATABASE_URL must begin with one of"),
    (variables.database, ("DATABASE_URL",), "postgres://localhost", "DATABASE_URL names no database"),
    (variables.database, ("DATABASE_URL",), "sqlite://nonsense", "DATABASE_URL lacks a slash"),
    (variables.database, ("DATABASE_URL",), "postgres://u:p@h:abc/db", "DATABASE_URL cannot be read"),
    (variables.number, ("DATABASE_POOL_TIMEOUT", 0.8), "inf", "must be a number"),
    (variables.host, ("HOST", "127.0.0.1"), "http://x", "HOST is “http://x”"),
    (variables.text, ("SITE_URL",), "http://x.example # ours", "SITE_URL is “http://x.example # ours”"),
]


@pytest.mark.parametrize(("read", "arguments", "value", "words"), REFUSED)
def test_a_value_that_cannot_be_right_is_refused_with_its_name(monkeypatch, read, arguments, value, words):
    monkeypatch.setenv(arguments[0], value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(*arguments)
    assert words in str(refusal.value)
    assert arguments[0] in str(refusal.value)


@pytest.mark.parametrize(
    ("read", "arguments", "value", "result"),
    [
        (variables.text, ("SECRET_KEY",), "$HOME", "$HOME"),
        (variables.host, ("HOST", "127.0.0.1"), "[::1]", "::1"),
        (variables.host, ("HOST", "127.0.0.1"), "localhost", "localhost"),
        (variables.flag, ("DEBUG",), "True", True),
        (variables.flag, ("DEBUG",), "0", False),
        (variables.number, ("PORT", 8000), " 80 ", 80),
        (
            variables.hosts,
            ("EXTRA_HOSTS",),
            "a.example, .b.example,[::1],",
            ["a.example", ".b.example", "[::1]"],
        ),
        (variables.log_level, ("LOG_LEVEL", "WARNING"), "debug", "DEBUG"),
    ],
)
def test_a_value_that_is_right_is_read(monkeypatch, read, arguments, value, result):
    monkeypatch.setenv(arguments[0], value)
    assert read(*arguments) == result


@pytest.mark.parametrize("key", ["changeme", "x" * 50, "django-insecure-" + KEY, "abc" * 20])
def test_a_key_that_could_be_guessed_is_refused(key):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY could be guessed"):
        variables.secret_key("SECRET_KEY", key)


def test_a_key_that_cannot_be_guessed_or_is_not_there_yet_passes():
    for key in (KEY, "$" + KEY, ""):
        assert variables.secret_key("SECRET_KEY", key) == key


def test_a_file_with_a_byte_order_mark_is_read(tmp_path, monkeypatch):
    monkeypatch.delenv("A_SETTING", raising=False)
    file = tmp_path / "env"
    file.write_bytes("\ufeffA_SETTING=one\n".encode())
    variables.read_file(file)
    assert variables.text("A_SETTING") == "one"
    monkeypatch.setenv("A_SETTING", "")


def test_a_key_in_a_file_is_read_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.delenv("SECRET_KEY")
    file = tmp_path / "env"
    file.write_text(f"SECRET_KEY=${KEY.replace(' ', '')}\n")
    variables.read_file(file)
    assert variables.text("SECRET_KEY") == "$" + KEY.replace(" ", "")
    monkeypatch.setenv("SECRET_KEY", "")


def test_a_file_in_another_encoding_is_named(tmp_path):
    file = tmp_path / "env"
    file.write_bytes(b"A=caf\xe9\n")
    with pytest.raises(ImproperlyConfigured, match="is not UTF-8"):
        variables.read_file(file)


# --- In processes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"PORT": "99999"}, "PORT is “99999”, but must be from 1 to 65535."),
        (
            {"DEBUG": "true", "SITE_URL": "https://www.example.org"},
            "DEBUG is true, but SITE_URL begins with https",
        ),
        ({"SITE_URL": "http://x.example:port"}, "SITE_URL is “http://x.example:port”"),
        ({"SITE_URL": "http://bad_host!"}, "SITE_URL is “http://bad_host!”"),
    ],
)
def test_a_command_stops_with_one_sentence(tmp_path, values, words):
    result = manage(tmp_path, "check", **values)
    assert result.returncode == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("values", [{"WEB_CONCURRENCY": "0"}, {"WEB_THREADS": "0"}, {"TIME_ZONE": "x"}])
def test_the_server_stops_with_one_sentence(tmp_path, values):
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:therapydir.gunicorn", "--check-config"],
        env=environment(tmp_path, SECRET_KEY=KEY, **values),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    [name] = values
    assert result.returncode != 0
    assert name in result.stderr
    assert "Traceback" not in result.stderr


# --- Logs -----------------------------------------------------------------------------------------------


def test_what_anybody_can_cause_is_logged_once_a_minute_with_a_count(monkeypatch):
    now = [0]
    monkeypatch.setattr("therapydir.delivery.log_counts.monotonic", lambda: now[0])
    counted, lines = CountedFilter(), []
    for second in range(0, 125):
        now[0] = second
        record = logging.LogRecord(
            "django.security.DisallowedHost",
            logging.ERROR,
            "",
            1,
            "Bad host\n%s",
            ("evil",),
            (None, None, None),
        )
        if counted.filter(record):
            lines.append((record.getMessage(), record.exc_info))
    assert lines == [
        ("Bad host?evil", None),
        ("Bad host?evil (59 more like it before)", None),
        ("Bad host?evil (59 more like it before)", None),
    ]


def test_a_fault_of_the_site_is_logged_each_time_and_whole():
    counted = CountedFilter()
    for _ in range(3):
        record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Fault", (), (None, None, None))
        record.status_code = 500
        assert counted.filter(record)
        assert record.exc_info


SECURE = """
import json
from django.conf import settings
names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
         "SECURE_PROXY_SSL_HEADER", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "ALLOWED_HOSTS")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def settings_with(folder, **variables):
    run = manage(folder, "shell", "-v0", "-c", SECURE, SECRET_KEY=KEY, **variables)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_https_makes_cookies_secure_and_a_proxys_word_is_taken_when_the_operator_says_so(tmp_path):
    plain = settings_with(tmp_path, SITE_URL="http://127.0.0.1:8000")
    assert not any(plain[name] for name in plain if name != "ALLOWED_HOSTS")
    served = settings_with(tmp_path, SITE_URL="https://www.example.org", TRUST_X_FORWARDED_PROTO="true")
    assert served == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "ALLOWED_HOSTS": served["ALLOWED_HOSTS"],
    }
    assert "www.example.org" in served["ALLOWED_HOSTS"]
    assert "*" not in served["ALLOWED_HOSTS"]


@pytest.mark.parametrize(
    ("value", "default", "read"),
    [
        (None, True, True),
        (None, False, False),
        ("yes", False, True),
        ("0", True, False),
        (" TRUE ", False, True),
    ],
)
def test_a_flag_that_is_not_set_is_what_it_is_by_default(monkeypatch, value, default, read):
    monkeypatch.delenv("SOME_FLAG", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_FLAG", value)
    assert variables.flag("SOME_FLAG", default=default) is read


def test_a_flag_is_off_unless_somebody_says_otherwise(monkeypatch):
    monkeypatch.delenv("SOME_FLAG", raising=False)
    assert variables.flag("SOME_FLAG") is False


def test_what_nobody_sets_is_as_the_example_says(monkeypatch):
    asked, number = {}, variables.number

    def remembering(name, default, **bounds):
        asked[name] = default
        return number(name, default, **bounds)

    monkeypatch.setattr(variables, "number", remembering)
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@127.0.0.1/site")
    monkeypatch.setenv("SITE_URL", "https://www.example.org")
    monkeypatch.setattr("therapydir.settings.SECRET_KEY", KEY)
    for module in ("settings", "gunicorn"):
        runpy.run_path(settings.BASE_DIR / "therapydir" / f"{module}.py")
    example = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")
    said = dict(re.findall(r"^#(\w+)=(\d+(?:\.\d+)?)$", example, re.MULTILINE))
    assert {name: str(default) for name, default in asked.items()} == said
