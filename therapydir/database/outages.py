"""What is answered while the database does not work: 503, what is wrong, and that nothing was saved.

The page cache marks requests that it refuses while the database is down; errors of the database are told
from faults of the code here. Nothing in these answers is from the database.
"""

import sys
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.defaults import server_error as usual_server_error

from therapydir.pages.head import PageMeta

REFUSED = "therapydir.refused"  # in the WSGI environ of a request that the page cache refuses
RETRY_AFTER = 5  # seconds
LINE = 60  # characters that need no box of several lines


@dataclass(frozen=True)
class Outage:
    """What the database cannot do now, in words for whoever asked, and what they can do."""

    words: str
    cure: str


AWAY = Outage("The database of this site does not answer.", "Try again in a minute.")
LOCKED = Outage("Somebody else is saving at this moment.", "Go back and save again in a few seconds.")
FULL = Outage("The disk of this site is full.", "Keep your text, and tell whoever runs the site.")
READ_ONLY = Outage(
    "This copy of the site can be read, and nothing can be saved on it.",
    "Log in where the site is edited, or ask whoever runs it.",
)
NOT_WRITABLE = Outage(
    "The database of this site cannot be written to.",
    "Keep your text, and tell whoever runs the site: its file or its folder may be for reading alone.",
)
BROKEN = Outage(
    "The database of this site cannot be used.", "Keep your text, and tell whoever runs the site."
)
# What SQLite, PostgreSQL and its driver say, in part.
SAID = {
    "database is locked": LOCKED,
    "database table is locked": LOCKED,
    "is full": FULL,
    "no space left": FULL,
    "could not extend file": FULL,
    "readonly database": NOT_WRITABLE,
    "read-only transaction": READ_ONLY,
    "unable to open database file": BROKEN,
    "disk i/o error": BROKEN,
    "malformed": BROKEN,
    "did not answer": AWAY,
    "couldn't get a connection": AWAY,
    "connection": AWAY,
    "deadlock detected": LOCKED,
    "terminating": AWAY,
    "starting up": AWAY,
    "shutting down": AWAY,
    "recovery mode": AWAY,
}


def outage_of(error):
    """The `Outage` that an exception tells of; None if it is a fault of the code."""
    while error is not None:
        if isinstance(error, (DatabaseError, InterfaceError)):
            said = str(error).lower()
            return next((outage for part, outage in SAID.items() if part in said), None)
        error = error.__cause__ or error.__context__
    return None


def in_a_sentence(error):
    """For who runs a command: what is wrong with the database, and what to do; "" for a fault of the code."""
    reason = next(iter(str(error).strip().splitlines()), "")
    if "no such table" in reason or "does not exist" in reason:
        return (
            "The tables of the database are missing: run `python manage.py migrate`, or for a new site "
            "`python manage.py quickstart`."
        )
    if "unable to open database file" in reason:
        return (
            f"The database file {settings.DATABASES['default']['NAME']} is missing or cannot be opened: put "
            "it back (docs/backup.md), or for a new site run `python manage.py quickstart`."
        )
    outage = outage_of(error)
    return f"{outage.words} ({reason})" if outage else ""


class OutageMiddleware:
    """Answers 503 to a request that the page cache refuses, and where the database did not work."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return unavailable(request, AWAY) if request.META.get(REFUSED) else self.get_response(request)

    def process_exception(self, request, exception):
        outage = outage_of(exception)
        return unavailable(request, outage) if outage else None


def server_error(request):
    """The site's `handler500`: a failure outside of a view may be the database's, too."""
    outage = outage_of(sys.exception())
    return unavailable(request, outage) if outage else usual_server_error(request)


def unavailable(request, outage):
    """The page that says what is wrong, without a look at the database: not even the menu is whole.

    What an editor sent stands on it, to be sent again.
    """
    context = {
        "typed": _typed(request),
        "path": request.get_full_path(),
        "page": PageMeta.for_error("This does not work right now"),
        "site_name": settings.SITE_NAME,
        "outage": outage,
        "was_sent": request.method not in ("GET", "HEAD"),
    }
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("outage.html", context), status=503, headers=headers)


def _typed(request):
    """(name, value, whether it is a text of some length) of what an editor sent, but for passwords."""
    if request.method != "POST" or not request.path.startswith(reverse("admin:index")):
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    if any("password" in name for name, _ in pairs):
        return []
    return [(name, value, len(value) > LINE or "\n" in value) for name, value in pairs]
