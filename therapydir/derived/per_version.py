"""Work that is done once in each process for each version of the content."""

from functools import lru_cache, wraps

VERSION = "therapydir.content_version"  # in the WSGI environ of a request, set by the page cache


def once_per_version(function):
    """A decorator for a function of nothing but the content, which then takes the request.

    What it returns is shared by requests and threads: nobody may change it. A request that did not
    come through the page cache has no version, and the work is done for it alone.
    """
    kept = lru_cache(maxsize=2)(lambda version: function())

    @wraps(function)
    def for_request(request):
        version = request.META.get(VERSION)
        return function() if version is None else kept(version)

    return for_request
