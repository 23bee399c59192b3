"""What the site is measured against: applications for gunicorn, like `tests.benchmarks.references:bare()`.

Each answers every request with the page in the file that the environment variable BODY names, as HTML
compressed with gzip; HEADERS names one with the headers of a page, as JSON. Only one of them can be made
in a process.
"""

import gzip
import json
import os
import subprocess
import venv
from pathlib import Path

# What `django-admin startproject` sets.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
COMPRESSING = "django.middleware.gzip.GZipMiddleware"
FIRST = "django.middleware.cache.UpdateCacheMiddleware"
LAST = "django.middleware.cache.FetchFromCacheMiddleware"

WAGTAIL_SETTINGS = f"""
import os
from reference.settings.base import *
SECRET_KEY, ALLOWED_HOSTS, DEBUG = "x", ["*"], False
MIDDLEWARE.insert(0, "{COMPRESSING}")
if os.environ["CACHED"] == "yes":
    MIDDLEWARE = ["{FIRST}", *MIDDLEWARE, "{LAST}"]
"""


def bare():
    """A function that returns ready bytes, with the few headers that they need."""
    return _bare({"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"})


def bare_with_headers():
    """A function that returns ready bytes, with all the headers of a page."""
    return _bare(json.loads(Path(os.environ["HEADERS"]).read_text(encoding="utf-8")))


def _bare(headers):
    body = _body()
    headers = list({**headers, "Content-Length": str(len(body))}.items())

    def application(environ, start_response):
        start_response("200 OK", headers[:])
        return [body]

    return application


def empty_view():
    """Django, with one view that returns one letter, and no middleware."""
    return _django(b"x", [])


def caching():
    """Django as it comes, with its cache for a whole site, which keeps compressed pages."""
    return _django(gzip.decompress(_body()), [FIRST, COMPRESSING, *MIDDLEWARE, LAST])


def compressing():
    """Django as it comes, compressing each response."""
    return _django(gzip.decompress(_body()), [COMPRESSING, *MIDDLEWARE])


def _body():
    return Path(os.environ["BODY"]).read_bytes()


def _django(content, middleware):
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import re_path

    apps = ("auth", "contenttypes", "sessions", "messages")
    settings.configure(
        SECRET_KEY="only to measure with, not to be guessed",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=(re_path("", lambda request: HttpResponse(content)),),
        INSTALLED_APPS=[f"django.contrib.{app}" for app in apps],
        MIDDLEWARE=middleware,
    )
    django.setup()
    return get_wsgi_application()


def make_wagtail(folder, body):
    """Install the newest Wagtail into a folder, and make a site whose home page is that page.

    `body` is HTML compressed with gzip. Returns the path of the Python that runs it, there, as
    `reference.wsgi`; the environment needs DJANGO_SETTINGS_MODULE=reference.settings.measured and CACHED,
    «yes» or «no».
    """
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    project = folder / "project"
    project.mkdir()

    def run(*command):
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "reference.settings.measured", "CACHED": "no"}
        subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)

    run(python, "-m", "pip", "install", "--quiet", "wagtail", "gunicorn")
    run(folder / "venv" / "bin" / "wagtail", "start", "reference", ".")
    (project / "reference" / "settings" / "measured.py").write_text(WAGTAIL_SETTINGS, encoding="utf-8")
    page = gzip.decompress(body).decode()
    template = f"{{% verbatim %}}{page}{{% endverbatim %}}"
    (project / "home" / "templates" / "home" / "home_page.html").write_text(template, encoding="utf-8")
    run(python, "manage.py", "migrate")
    return python
