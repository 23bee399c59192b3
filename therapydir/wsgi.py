"""The site as a WSGI application, for gunicorn: Django behind a cache of its public pages."""

import os
from contextlib import closing
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  Django is set up now
from django.db import connections  # noqa: E402
from django.utils.connection import ConnectionDoesNotExist  # noqa: E402

from therapydir.accounts.sessions import has_session  # noqa: E402
from therapydir.database.outages import REFUSED  # noqa: E402
from therapydir.database.postgresql import at_most  # noqa: E402
from therapydir.delivery.page_cache import PageCache  # noqa: E402
from therapydir.delivery.watch import FIRST_PATIENCE, Watch  # noqa: E402
from therapydir.derived.versions import content_version  # noqa: E402
from therapydir.pages.parameters import reads_any  # noqa: E402
from therapydir.pages.paths import is_for_staff  # noqa: E402

WATCH = "watch"  # the alias of the connection that looks at the version, so that it waits for no other
# Seconds that a request waits for one answer of the database: a page of a visitor, whose thread others
# need, and the work of an editor.
FOR_VISITORS, FOR_STAFF = 0.7, 30


def look():
    """The version of the content, without keeping the connection: no request ends that would close it."""
    try:
        connection = connections[WATCH]
    except ConnectionDoesNotExist:
        connection = connections[WATCH] = connections["default"].copy(WATCH)
        if pool := connection.settings_dict["OPTIONS"].get("pool"):
            pool.update(min_size=1, max_size=1)
    with at_most(FIRST_PATIENCE), closing(connection):
        return content_version(using=WATCH)


def application(environ, start_response):
    """Django, which waits for the database as long as whoever asks may wait."""
    with at_most(FOR_STAFF if is_for_staff(environ["PATH_INFO"]) else FOR_VISITORS):
        return django_application(environ, start_response)


def refuse(environ, start_response):
    """Django, which is told that the database does not answer."""
    return django_application({**environ, REFUSED: True}, start_response)


def known_hosts():
    """The values of the Host header that visitors, proxies and health checks send, in lower case."""
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    hosts = {urlsplit(settings.SITE_URL).netloc, *named, *(f"{host}:{settings.PORT}" for host in named)}
    return {host.lower() for host in hosts}


def paths_without_database():
    """Beginnings of the paths that are answered without a look at the database."""
    files = (f"/{file.name}" for file in settings.WHITENOISE_ROOT.iterdir())
    return ["/healthz", "/readyz", settings.STATIC_URL, *files]


if not settings.DEBUG:  # a developer wants to see a changed template at once
    application = PageCache(
        application,
        Watch(look),
        known_hosts(),
        refuse=refuse,
        differs=lambda path, query: is_for_staff(path) or reads_any(path, query),
        is_editing=has_session,
        free=paths_without_database(),
        scheme_header=(settings.SECURE_PROXY_SSL_HEADER or [None])[0],
        most_bytes=settings.PAGE_CACHE_BYTES,
    )
