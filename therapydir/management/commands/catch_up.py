"""Brings what is worked out from the content in step with it, or says what is not."""

from django.core.management.base import BaseCommand, CommandError

from therapydir.derived import catching_up


class Command(BaseCommand):
    help = (
        "After changes by SQL: bring neighbors, the index of names, old addresses and the dates of pages in "
        "step with the content."
    )

    def add_arguments(self, parser):
        parser.add_argument("--verify", action="store_true", help="change nothing, say what is not in step")

    def handle(self, *, verify, verbosity, **options):
        if verify:
            found = list(catching_up.verify())
            for sentence in found:
                self.stdout.write(sentence)
            if found:
                raise CommandError(f"{len(found):,} things are not in step.")
            return
        count = catching_up.catch_up()
        if verbosity:
            self.stdout.write(f"Worked off: {count:,} changes." if count else "All was in step.")
