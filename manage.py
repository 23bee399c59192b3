#!/usr/bin/env python3
"""Run the site's commands; on a fresh machine, say in one sentence what is missing."""

import os
import sys

OLDEST_PYTHON = (3, 12)
OURS = {"therapydir", "articles", "locations", "providers"}


def explained(error):
    """What is wrong with the database, in a sentence; raises the error when that is not what it is."""
    from django.db import DatabaseError

    from therapydir.database.outages import in_a_sentence

    if isinstance(error, DatabaseError) and (sentence := in_a_sentence(error)):
        return sentence
    raise error


def main(argv):
    if sys.version_info[:2] < OLDEST_PYTHON:
        sys.exit(
            "TherapyDir needs Python {}.{} or newer, and this is Python {}.{}: "
            "install a newer one and run the command again with it.".format(
                *OLDEST_PYTHON, *sys.version_info[:2]
            )
        )
    if argv[1:] == ["check_python"]:  # asked for before anything is installed, so before Django
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        try:
            execute_from_command_line(argv)
        except ImproperlyConfigured as error:
            sys.exit(str(error))
        except Exception as error:
            sys.exit(explained(error))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in OURS:
            raise
        sys.exit(
            f"The Python module “{error.name}” is missing: install the requirements with "
            f"`{sys.executable} -m pip install -r requirements.txt` and run the command again."
        )


if __name__ == "__main__":
    main(sys.argv)
