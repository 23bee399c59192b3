"""Which parameters of the query string an answer depends on: those that its view names, and no others.

Campaigns and sharing add their own to links (`utm_source`, `fbclid`, …). No view can read them, so that
every page has one answer for all visitors, whatever stands behind the question mark.
"""

from functools import lru_cache
from urllib.parse import parse_qsl

from django.http import QueryDict
from django.urls import Resolver404, resolve

MOST_PATHS, MOST_QUERIES = 4096, 1024  # that are remembered with what is read there, and what they name


def reads(*asked, also=()):
    """A decorator for a public view: it reads these parameters of the query string.

    What is `asked` changes the answer to something that no file can hold; what is read besides does not.
    """

    def mark(view):
        view.asked, view.reads = asked, frozenset((*asked, *also))
        return view

    return mark


@lru_cache(maxsize=MOST_PATHS)
def read_at(path):
    """The parameters that the view at a path reads; none if there is no view."""
    try:
        return getattr(resolve(path).func, "reads", frozenset())
    except Resolver404:
        return frozenset()


def asked_at(path):
    """The parameters with which somebody asks the view at a path for what no file can hold."""
    try:
        return getattr(resolve(path).func, "asked", ())
    except Resolver404:
        return ()


def reads_any(path, query):
    """Whether the view at that path reads any parameter of a query string."""
    names = read_at(path)
    return bool(names and query) and not names.isdisjoint(_names_in(query))


@lru_cache(maxsize=MOST_QUERIES)
def _names_in(query):
    return frozenset(name for name, _ in parse_qsl(query, keep_blank_values=True))


def keep_what_is_read(request, path):
    """Take from the request every parameter that the view at `path` does not read."""
    if not request.META.get("QUERY_STRING"):
        return
    names = read_at(path)
    kept = QueryDict(mutable=True, encoding=request.GET.encoding)
    for name, values in request.GET.lists():
        if name in names:
            kept.setlist(name, values)
    request.META["QUERY_STRING"] = kept.urlencode()
    kept._mutable = False
    request.GET = kept
