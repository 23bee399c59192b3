"""Adds the data that a new site starts with."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

import articles.fixtures
import locations.fixtures

FOLDER = settings.BASE_DIR / "fixtures"


class Command(BaseCommand):
    help = "Add what is missing from fixtures/: places, texts, the guide. Changes nothing that is there."

    def handle(self, **options):
        with transaction.atomic():
            added = locations.fixtures.load(FOLDER) | articles.fixtures.load(FOLDER)
        counts = ", ".join(f"{kind} {count:,}" for kind, count in added.items())
        if options["verbosity"]:
            self.stdout.write(f"Added: {counts}." if any(added.values()) else "Nothing to add: all is there.")
