"""Forgets what is remembered of changes that are long ago."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from therapydir.history.models import Batch, Redated
from therapydir.history.recording import tie_what_was_left


class Command(BaseCommand):
    help = (
        "Forget changes older than so many days, with what rows were before them: those can no longer be "
        "read or undone. What the pages say now stays as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")

    def handle(self, *, older_than, **options):
        if older_than < 1:
            raise CommandError("--older-than takes a number of days, 1 or more.")
        tie_what_was_left()
        before = timezone.now() - timedelta(days=older_than)
        Redated.objects.filter(at__lt=before).delete()
        old = Batch.objects.filter(at__lt=before)
        count = old.count()
        old.delete()
        self.stdout.write(f"Forgotten: {count:,} {'change' if count == 1 else 'changes'}.")
