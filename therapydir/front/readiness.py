"""Whether the process can serve pages, for /readyz: in one sentence what it lacks, with its cure.

Pages are what counts: a replica, on which nothing can be saved, is ready for visitors.
"""

import tempfile
import threading
from functools import cache
from pathlib import Path
from time import monotonic

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from articles.models import Article
from locations.models import State

PROBE_EVERY = 10  # seconds between two attempts to write, whoever asks


def what_is_missing():
    """The sentence, or "" when the site is ready."""
    file = sqlite_file()
    if file and not file.exists():
        return (
            f"The database file {file} is missing: put it back from a backup (docs/backup.md), or for a new "
            "site run `python manage.py quickstart`."
        )
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        if applied and not known_migrations() <= applied.keys():
            return "Migrations are missing: run `python manage.py migrate`."
        if not applied or not (State.objects.exists() or Article.objects.exists()):
            return (
                "The database is empty: put it back from a backup (docs/backup.md), or for a new site run "
                "`python manage.py migrate` and `python manage.py load_fixtures`."
            )
    except DatabaseError:
        return "The database does not answer: look at its server, and at DATABASE_URL."
    return _probe.said(file.parent) if file else ""


def sqlite_file():
    """The file of the database, if it is one."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return None
    return Path(connection.settings_dict["NAME"])


@cache
def known_migrations():
    """(app, name) of every migration that comes with the code: worked out once."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


class _Probe:
    """Tries whether something can be written, now and then: anybody may ask, as often as they like."""

    def __init__(self):
        self._lock, self._tried_at, self._said = threading.Lock(), float("-inf"), ""

    def said(self, folder):
        with self._lock:
            if monotonic() - self._tried_at > PROBE_EVERY:
                self._tried_at, self._said = monotonic(), self._try(folder)
            return self._said

    @staticmethod
    def _try(folder):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(2**16))
                file.flush()
        except OSError as error:
            return f"Nothing can be written to {folder} ({error.strerror}): make room, or make it writable."
        return ""


_probe = _Probe()
