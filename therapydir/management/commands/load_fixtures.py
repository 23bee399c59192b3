"""Adds the data that a new site starts with, and corrects what came with an earlier version."""

from django.conf import settings
from django.core.management.base import BaseCommand

from articles import loading as texts
from locations.imports import loading as places
from providers import loading as providers
from therapydir.history.models import Batch
from therapydir.history.recording import recorded

FOLDER = settings.BASE_DIR / "fixtures"


class Command(BaseCommand):
    help = (
        "Bring fixtures/ into the database: add what is missing of places, texts and the guide, and correct "
        "rules and lines of the guide that read as an earlier version had them. What somebody edited stays."
    )

    def add_arguments(self, parser):
        parser.add_argument("--only-correct", action="store_true", help="add nothing")

    def handle(self, *, only_correct, verbosity, **options):
        with recorded(Batch.By.COMMAND, why="load_fixtures"):
            corrections = [app.correct(FOLDER) for app in (places, texts)]
            added = {} if only_correct else places.load(FOLDER) | texts.load(FOLDER)
            added |= providers.load(FOLDER)  # of which a site of a version before has none
        if verbosity:
            self.report(corrections, added, only_correct)

    def report(self, corrections, added, only_correct):
        corrected = sum(count for count, _ in corrections)
        edited = [label for _, labels in corrections for label in labels]
        if any(added.values()):
            counts = ", ".join(f"{kind} {count:,}" for kind, count in added.items())
            self.stdout.write(f"Added: {counts}.")
        if corrected:
            self.stdout.write(f"Corrected, as nobody had edited them: {corrected:,}.")
        if edited:
            self.stdout.write(
                f"Left as somebody edited them, though fixtures/ reads otherwise now: {', '.join(edited)}."
            )
        if not only_correct and not corrected and not any(added.values()):
            self.stdout.write("Nothing to add: all is there.")
