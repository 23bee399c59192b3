"""Prepares a site and serves it: one command from a fresh copy to a page in the browser."""

import logging
import os
import socket
import sys
import tempfile
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.utils import get_random_secret_key
from django.db import OperationalError

from articles.models import Article
from locations.models import State
from therapydir.environment import own_address
from therapydir.front.readiness import sqlite_file
from therapydir.settings import read_secret_key


class Command(BaseCommand):
    help = "Set up the database, the first data, static files and a secret key, then serve the site."

    def add_arguments(self, parser):
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (%(default)s)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port (%(default)s)")
        parser.add_argument("--no-serve", action="store_true", help="only prepare")

    def handle(self, *, host, port, no_serve, **options):
        if not no_serve:
            require_free(host, port)
        had_key, file = settings.SECRET_KEY_FILE.exists(), sqlite_file()
        make_secret_key()
        if had_key and file and not file.exists():
            self.stdout.write(
                f"There is a secret key and no database {file}: this makes a new one. To put back what you "
                "had, stop and see docs/backup.md."
            )
        # A pool that cannot connect says so again and again; once, below, is enough.
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(
                f"The database cannot be used ({reason}): check DATABASE_URL and that its server runs."
            ) from error
        if State.objects.exists() or Article.objects.exists():
            self.stdout.write("The database has data: left as it is.")
            call_command("load_fixtures", only_correct=True, stdout=self.stdout)
        else:
            call_command("load_fixtures", stdout=self.stdout)
        collect_static_files()
        if no_serve:
            self.stdout.write("Ready. Start it with `python manage.py quickstart`.")
            return
        self.announce(host, port)
        serve(host, port)

    def announce(self, host, port):
        address = own_address(host, port)
        self.stdout.write(f"TherapyDir is at {address}/ (stop it with Ctrl+C).")
        if not get_user_model().objects.filter(is_staff=True).exists():
            self.stdout.write(
                f"To edit it, make an account with `{sys.executable} manage.py createsuperuser` "
                f"and go to {address}/admin/."
            )
        self.stdout.flush()


def require_free(host, port):
    """Fail when something listens on the port already, before anything is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({getattr(error, 'strerror', None) or error}): "
                f"stop what uses it, or choose another port with --port."
            ) from error


def make_secret_key():
    """Make the folder for what the site writes, and in it a secret key if none is set."""
    try:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        if not read_secret_key():
            # Written beside it and put in place whole: a crash leaves no half a key. mkstemp's mode is 600.
            handle, beside = tempfile.mkstemp(dir=settings.VAR_DIR, prefix="secret_key.")
            with os.fdopen(handle, "w") as file:
                file.write(get_random_secret_key())
            os.replace(beside, settings.SECRET_KEY_FILE)
            settings.SECRET_KEY = read_secret_key()
        if not os.access(settings.VAR_DIR, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise CommandError(
            f"Cannot write to the folder {settings.VAR_DIR} ({error.strerror}): "
            "make it writable, or name another one with VAR_DIR."
        ) from error


def collect_static_files():
    """Collect and compress the static files, unless those of just these files are there already."""
    stamp, made_of = settings.STATIC_ROOT / "made_of", _digest_of_static_files()
    if not stamp.exists() or stamp.read_text() != made_of:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(made_of)


def _digest_of_static_files():
    """Another for other files, by names, sizes and times, and for other versions of what makes them."""
    digest = sha256(" ".join(map(version, ("django", "whitenoise", "brotli"))).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = os.stat(storage.path(name))
            digest.update(f"\0{storage.path(name)} {file.st_size} {file.st_mtime_ns}".encode())
    return digest.hexdigest()


def serve(host, port):
    """Become gunicorn. Does not return."""
    os.environ.update(HOST=host, PORT=str(port))
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "python:therapydir.gunicorn"])
