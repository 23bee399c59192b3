"""The site as a WSGI application, for gunicorn: Django behind a cache of its public pages."""

import os
from contextlib import closing

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  Django is set up now
from django.db import connection  # noqa: E402

from therapydir.page_cache import PageCache  # noqa: E402
from therapydir.versions import content_version  # noqa: E402


def look():
    """The version of the content, without keeping the connection: no request ends that would close it."""
    with closing(connection):
        return content_version()


application = PageCache(django_application, look, settings.PAGE_CACHE_BYTES)
