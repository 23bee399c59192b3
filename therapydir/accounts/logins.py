"""Logging in: guessing passwords gets slower with each failure, and never keeps visitors waiting.

Failures are counted for the account and for the client's address. A browser from which somebody logged in
before is known by a cookie, and has a count of its own for that account: whoever guesses elsewhere cannot
keep its owner out.
"""

import ipaddress
from dataclasses import dataclass
from math import ceil

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import get_random_string
from django.views.decorators.debug import sensitive_variables

from therapydir.accounts.hashing import Busy, one_at_a_time
from therapydir.accounts.login_log import log_refusal
from therapydir.accounts.models import FailedLogin
from therapydir.pages.clients import client_address

COOKIE, SALT = "known_browser", "therapydir.known_browser"
KNOWN_FOR = 365 * 24 * 3600  # seconds after the last login
RETRY_WHEN_BUSY = 2  # seconds
LONGEST_NAME = 150  # characters: no account has a longer one, which the form would let through


class TooManyFailures(Exception):
    """No password is checked for so many `seconds`."""

    title = "Your password was not checked"
    why = "Logging in failed too often for this account or from this address"

    def __init__(self, seconds):
        super().__init__(seconds)
        self.seconds = ceil(seconds)

    @property
    def words(self):
        minutes = ceil(self.seconds / 60)
        wait = f"{minutes} minutes" if minutes > 1 else f"{self.seconds} seconds"
        return f"{self.why}: wait {wait} and try again, or ask whoever runs the site to lift the wait."


class TooManyAsked(TooManyFailures):
    """No link to a new password is sent for so many `seconds`."""

    title = "No email was sent"
    why = "A new password was asked for too often with this email address, or from where you are"


def network_of(address):
    """What is counted as one client: an IPv4 address, or the 64 bits of IPv6 that one household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


@dataclass(frozen=True)
class KnownBrowser:
    """A browser from which `account` logged in before."""

    account: str
    number: str

    @classmethod
    def of(cls, request, account):
        """The one that sent the request, if it is known for that account; else None."""
        try:
            known = cls(*signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_FOR))
        except (signing.BadSignature, TypeError, ValueError):
            return None
        return known if known.account == account else None

    def remember(self, response):
        response.set_cookie(
            COOKIE,
            signing.dumps([self.account, self.number], salt=SALT),
            max_age=KNOWN_FOR,
            path=reverse("admin:login"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )


class SlowGuessingBackend(ModelBackend):
    """Django's own accounts. Raises `Busy` or `TooManyFailures` before a password is looked at."""

    @sensitive_variables("password")
    def authenticate(self, request, username=None, password=None, **kwargs):
        if request is None or username is None or password is None:  # no guess that somebody sent
            return self._checked(request, username, password, **kwargs)
        browser = KnownBrowser.of(request, username)
        subjects = [
            f"account {username[:LONGEST_NAME]}",
            f"address {network_of(client_address(request))}",
        ]
        if browser:
            subjects = [f"browser {browser.number}"]
        # All of it, because a wait for the database would hold a thread as hashing does.
        with one_at_a_time(may_wait=bool(browser)):
            seconds = FailedLogin.objects.seconds_to_wait(subjects)
            if seconds:
                raise TooManyFailures(seconds)
            try:
                user = self._checked(request, username, password, **kwargs)
            except PermissionDenied:
                FailedLogin.objects.note(subjects)
                raise
            FailedLogin.objects.forgive(subjects)
        request.known_browser = browser or KnownBrowser(username, get_random_string(22))
        return user

    @sensitive_variables("password")
    def _checked(self, request, username, password, **kwargs):
        """The user. Raises `PermissionDenied`, so that no other backend hashes the password again."""
        user = super().authenticate(request, username, password, **kwargs)
        if user is None:
            raise PermissionDenied
        return user


class LoginMiddleware:
    """Says why no password was checked, and lets a browser know that it is known."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if browser := getattr(request, "known_browser", None):
            browser.remember(response)
        return response

    def process_exception(self, request, exception):
        title = TooManyFailures.title
        if isinstance(exception, TooManyFailures):
            title, words = exception.title, exception.words
            status, seconds = 429, exception.seconds
        elif isinstance(exception, Busy):
            words = "Other passwords are being checked at this moment: try again in a few seconds."
            status, seconds = 503, RETRY_WHEN_BUSY
        else:
            return None
        log_refusal(request, is_login=not isinstance(exception, TooManyAsked))
        context = {**admin.site.each_context(request), "title": title, "words": words}
        response = render(request, "refused.html", context, status=status)
        response["Retry-After"] = str(seconds)
        add_never_cache_headers(response)
        return response
