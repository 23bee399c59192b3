"""Adds and updates the places of a CSV file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from locations.imports.csv_files import Refused
from locations.imports.importing import import_places
from locations.imports.rows import MORE_PLACE_COLUMNS, PLACE_COLUMNS, ZIP_COLUMNS

MOST_SHOWN = 20  # problems


class Command(BaseCommand):
    help = (
        "Add and update the states, cities and ZIP codes of a CSV file: all of it, or nothing if a row is "
        "wrong. State and source_name are a city's key. Texts, other names and what is published or "
        "withdrawn stay as they are, and no city is removed."
    )

    def add_arguments(self, parser):
        columns, more = ", ".join(PLACE_COLUMNS), ", ".join(MORE_PLACE_COLUMNS)
        parser.add_argument(
            "file",
            type=Path,
            metavar="FILE.csv",
            help=f"places; its columns: {columns}; it may have {more}, too",
        )
        columns = ", ".join(ZIP_COLUMNS)
        parser.add_argument(
            "--zip-codes",
            type=Path,
            metavar="ZIPS.csv",
            help=f"ZIP codes to add first if they are missing; its columns: {columns}, perhaps cities",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *, file, zip_codes, dry_run, **options):
        try:
            done = import_places(file, zip_codes, dry_run=dry_run)
        except Refused as refused:
            raise CommandError(_refusal(refused.problems)) from refused
        if options["verbosity"]:
            self.stdout.write(_summary(done, dry_run))


def _refusal(problems):
    shown = problems[:MOST_SHOWN]
    more = len(problems) - len(shown)
    return "\n".join(["Nothing was imported.", *shown, *([f"… and {more:,} more."] if more else [])])


def _summary(done, dry_run):
    """One line that says what was done, or would be."""
    added = [_counted(done[kind], kind) for kind in ("states", "ZIP codes", "cities") if done[kind]]
    parts = []
    if added:
        parts.append(f"{'Would add' if dry_run else 'Added'}: {', '.join(added)}.")
    if done["updated"]:
        parts.append(f"{'Would update' if dry_run else 'Updated'}: {_counted(done['updated'], 'cities')}.")
    if done["ordered"]:
        verb = "Would put" if dry_run else "Put"
        parts.append(f"{verb} in another order: the cities of {_counted(done['ordered'], 'ZIP codes')}.")
    if not parts:
        parts.append("Nothing would change." if dry_run else "Nothing to change.")
    parts.append(f"Unchanged: {_counted(done['unchanged'], 'cities')}.")
    if done["left out"]:
        left_out = _counted(done["left out"], "ZIP codes")
        parts.append(f"Left out: {left_out} of states that the directory does not have.")
    return " ".join(parts)


def _counted(number, plural):
    singular = {"states": "state", "ZIP codes": "ZIP code", "cities": "city"}[plural]
    return f"{number:,} {singular if number == 1 else plural}"
