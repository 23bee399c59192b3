"""Django's own, which also works out anew what a new version of the code works out in another way.

The file of an SQLite database is kept from the machine's other users.
"""

import os
from contextlib import suppress
from pathlib import Path

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from therapydir.derived.catching_up import catch_up

OTHERS = 0o007  # the bits of a mode for people who are neither owner nor group


class Command(migrate.Command):
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if connection.vendor == "sqlite" and not connection.is_in_memory_db():
            keep_private(Path(connection.settings_dict["NAME"]))
        result = super().handle(*args, **options)
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):  # not while some are left out
            catch_up()
        return result


def keep_private(file):
    """Make the file for its owner alone if it is not there, and else take what others may do with it.

    SQLite gives the journals beside it the same mode. What cannot be done is SQLite's to complain of.
    """
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        with suppress(OSError):
            mode = path.stat().st_mode & 0o777
            if mode & OTHERS:
                path.chmod(mode & ~OTHERS)
