"""Reads the settings that differ between machines: each is right, or refused in a sentence with its name."""

import os
import re
from email.utils import parseaddr
from ipaddress import ip_address
from math import isfinite
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

YES, NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}
HOST = re.compile(r"\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.IGNORECASE)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAIL = ("smtp", "smtp+tls", "smtp+ssl")
MAIL_TIMEOUT = 10  # seconds
DATABASES = ("postgres", "postgresql", "sqlite")
SHORTEST_KEY, FEWEST_CHARACTERS = 32, 8  # of a secret key; how many different ones


def read_file(path):
    """Take what stands in a file like .env, with or without a byte order mark, into the environment.

    What is set there already stays.
    """
    try:
        environ.Env.read_env(path, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path} is not UTF-8: save it as such.") from error


def text(name, default=""):
    """The value as it is: one that begins with $ is no other variable's name."""
    value = os.environ.get(name, default)
    if re.search(r"\s#", value):
        raise refusal(name, value, "has words behind it: write comments on lines of their own.")
    return value


def flag(name, *, default=False):
    value = text(name, str(default)).strip().lower()
    if value in YES | NO:
        return value in YES
    raise refusal(name, value, "must be true or false.")


def number(name, default, *, least=0, most=None, kind=int):
    """A number from `least` to `most`, or without an end."""
    value = text(name, str(default)).strip()
    try:
        result = kind(value)
    except ValueError:
        raise refusal(name, value, f"must be a number, such as {default}.") from None
    if not isfinite(result) or not least <= result <= (float("inf") if most is None else most):
        bounds = f"{least} or more" if most is None else f"from {least} to {most}"
        raise refusal(name, value, f"must be {bounds}.")
    return result


def host(name, default):
    """A host name or an IP address to listen on, without the brackets of IPv6."""
    value = text(name, default).strip()
    bare = value.removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        if not HOST.fullmatch(bare):
            raise refusal(
                name, value, "must be an address to listen on alone, like 127.0.0.1 or ::."
            ) from None
    return bare


def own_address(host, port):
    """Where a browser on the machine itself finds what listens on that host, which may be all of them."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def origin(name, default):
    """Scheme and host of a site, without a slash at the end."""
    value = text(name, default).strip().rstrip("/")
    try:
        site = urlsplit(value)
        more = [site.path, site.query, site.fragment, site.username]
        bare = f"[{site.hostname}]" if ":" in (site.hostname or "") else site.hostname or ""
        is_one = site.scheme in ("http", "https") and HOST.fullmatch(bare) and not any(more)
        is_one = is_one and site.port != 0
    except ValueError:
        is_one = False
    if not is_one or re.search(r"\s", value):
        words = "must be a scheme and a host and nothing more: set it to something like"
        raise refusal(name, value, f"{words} https://www.example.org.")
    return value


def hosts(name):
    """Host names, separated by commas."""
    found = [host.strip() for host in text(name).split(",") if host.strip()]
    for host in found:
        if not HOST.fullmatch(host):
            raise refusal(name, host, "must be host names alone, separated by commas: www.example.org.")
    return found


def time_zone(name, default):
    value = text(name, default).strip()
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refusal(name, value, f"is no time zone: set it to one like {default}.") from None
    return value


def log_level(name, default):
    value = text(name, default).strip().upper()
    if value not in LEVELS:
        raise refusal(name, value, f"must be one of {', '.join(LEVELS)}.")
    return value


def database(name):
    """Django's settings for the database at a URL; None if there is none."""
    value = text(name).strip()
    if not value:
        return None
    example = "postgres://user:password@localhost:5432/therapydir"
    scheme = value.partition("://")[0]
    if scheme not in DATABASES:
        raise ImproperlyConfigured(f"{name} must begin with one of {', '.join(DATABASES)}, like {example}.")
    if scheme == "sqlite" and urlsplit(value).netloc not in ("", ":memory:"):
        raise ImproperlyConfigured(f"{name} lacks a slash: write sqlite:/// and the path of the file.")
    try:
        found = environ.Env.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"{name} cannot be read ({error}): set it to something like {example}."
        ) from error
    if scheme != "sqlite" and not found.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database: set it to something like {example}.")
    return found


def mail_server(name):
    """Django's `MAILERS` for the mail server at a URL; without one there is none."""
    value = text(name).strip()
    if not value:
        return {}
    example = "smtp+tls://user:password@mail.example.org:587"
    scheme = value.partition("://")[0]
    if scheme not in MAIL:
        raise ImproperlyConfigured(f"{name} must begin with one of {', '.join(MAIL)}, like {example}.")
    try:
        found = environ.Env.email_url_config(value)
    except ValueError:  # whose words might have a part of the password
        found = {}
    if not found.get("EMAIL_HOST"):
        raise ImproperlyConfigured(
            f"{name} cannot be read: set it to something like {example}, with the signs / : @ # % of a "
            "password written as %2F %3A %40 %23 %25."
        )
    options = {"host": found["EMAIL_HOST"], "port": found["EMAIL_PORT"], "timeout": MAIL_TIMEOUT}
    options |= {"username": found["EMAIL_HOST_USER"], "password": found["EMAIL_HOST_PASSWORD"]}
    options |= {"use_tls": scheme == "smtp+tls", "use_ssl": scheme == "smtp+ssl"}
    return {"default": {"BACKEND": found["EMAIL_BACKEND"], "OPTIONS": options}}


def mail_sender(name, server_name, mailers):
    """Whom mail is from, which is needed with a mail server, and of no use without."""
    value = text(name).strip()
    if bool(value) != bool(mailers):
        one, other = (name, server_name) if value else (server_name, name)
        raise ImproperlyConfigured(
            f"{one} is set, but {other} is not: set both, and forgotten passwords are replaced by mail, or "
            "neither."
        )
    if value:
        try:
            validate_email(parseaddr(value)[1])
        except ValidationError:
            words = "must be an email address, such as TherapyDir <editors@example.org>."
            raise refusal(name, value, words) from None
    return value


def secret_key(name, value):
    """The key itself, unless it could be guessed; an empty one is none yet."""
    known = value.startswith("django-insecure-")
    if value and (known or len(value) < SHORTEST_KEY or len(set(value)) < FEWEST_CHARACTERS):
        raise ImproperlyConfigured(
            f"{name} could be guessed: set {SHORTEST_KEY} random characters or more, or leave it out and run "
            "`python manage.py quickstart --no-serve` once, which makes one."
        )
    return value


def refusal(name, value, words):
    return ImproperlyConfigured(f"{name} is “{value}”, but {words}")
