"""Copies the SQLite database while the site runs."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection


class Command(BaseCommand):
    help = "Copy the SQLite database, as it is at one moment, to a new file that only its owner may read."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *, file, **options):
        if connection.vendor != "sqlite":
            raise CommandError(
                "This site keeps its data in PostgreSQL: back it up with pg_dump, as docs/backup.md shows."
            )
        database = Path(connection.settings_dict["NAME"])
        if not database.is_file():
            raise CommandError(f"There is no database at {database}: set VAR_DIR as the site has it.")
        if file.exists():
            raise CommandError(f"{file} is there already, and was left as it is: name another file.")
        try:
            copy_to(file)
        except (OSError, DatabaseError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise CommandError(f"{file} was not written ({reason}): nothing of it is kept.") from error
        size = file.stat().st_size
        self.stdout.write(
            f"{file}: the database of this moment, {size:,} bytes. The secret key is not in it."
        )


def copy_to(file):
    """Write the copy beside the file, look whether it is whole, and give it the name then."""
    # Its mode is 600. A crash leaves no half a copy under the name of a whole one.
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    os.close(handle)
    try:
        connection.ensure_connection()
        with closing(sqlite3.connect(beside)) as copy:
            connection.connection.backup(copy)  # all pages in one step: writers go on, and are not in it
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError(f"the database is damaged: {found}")
        os.replace(beside, file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
