"""The site's one origin, for Django's views that would take it from the request."""

from copy import copy
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings


def with_canonical_origin(view):
    """Make a view of Django's that builds links from the request's host use SITE_URL.

    Sitemaps and feeds do. Behind a proxy, or under a second host name, the request's own host
    and scheme are not what readers should be given.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        origin = urlsplit(settings.SITE_URL)
        asked = copy(request)
        asked.META = {**request.META, "HTTP_HOST": origin.netloc}
        asked.META.pop("HTTP_X_FORWARDED_HOST", None)
        asked.environ = {**request.environ, "wsgi.url_scheme": origin.scheme}
        if settings.SECURE_PROXY_SSL_HEADER:
            asked.META[settings.SECURE_PROXY_SSL_HEADER[0]] = origin.scheme
        return view(asked, *args, **kwargs)

    return wrapped
