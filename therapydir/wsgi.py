"""The site as a WSGI application, for gunicorn: Django behind a cache of its public pages."""

import os
from contextlib import closing
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402  Django is set up now
from django.db import connection  # noqa: E402

from therapydir.page_cache import PageCache  # noqa: E402
from therapydir.versions import content_version  # noqa: E402


def look():
    """The version of the content, without keeping the connection: no request ends that would close it."""
    with closing(connection):
        return content_version()


def known_hosts():
    """The values of the Host header that visitors, proxies and health checks send."""
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    return {urlsplit(settings.SITE_URL).netloc, *named, *(f"{host}:{settings.PORT}" for host in named)}


if not settings.DEBUG:  # a developer wants to see a changed template at once
    application = PageCache(
        application,
        look,
        known_hosts(),
        scheme_header=(settings.SECURE_PROXY_SSL_HEADER or [None])[0],
        most_bytes=settings.PAGE_CACHE_BYTES,
    )
