"""The site as a WSGI application, for gunicorn."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")

try:
    settings.SECRET_KEY  # noqa: B018  (asked for at start, so that no visitor meets its absence)
except ImproperlyConfigured:
    sys.exit(
        "SECRET_KEY is not set: set it in the environment or in .env, "
        "or run `python manage.py quickstart --no-serve` once to make one."
    )

application = get_wsgi_application()
