"""Takes the therapists and places of care of our states from a file of the NPI registry."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from providers.imports.files import NotTaken
from providers.imports.importing import Import
from providers.imports.staging import staging

EACH = 10  # seconds between two lines of progress where there is no terminal


class Command(BaseCommand):
    help = (
        "Bring the records of therapists and places of care in step with a file of the NPI registry: the zip "
        "of a month or a week as CMS offers it at https://download.cms.gov/nppes/NPI_Files.html, or the "
        "npidata_pfile_….csv in it. Nothing changes until all of it was read."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="zip, or npidata_pfile_….csv")
        parser.add_argument("--deactivated", type=Path, metavar="FILE", help="the report of deactivated NPIs")
        parser.add_argument("--states", metavar="CODES", help="these alone: NJ,NY")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--shrink", action="store_true", help="withdraw more than a tenth of the records")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--whole", dest="is_whole", action="store_true", default=None)
        which.add_argument("--weekly", dest="is_whole", action="store_false")

    def handle(self, *, files, deactivated, states, dry_run, shrink, is_whole, **options):
        self.begun = self.said = time.monotonic()
        codes = {code.strip().upper() for code in states.split(",") if code.strip()} if states else None
        try:
            the_import = Import(
                files, report=deactivated, state_codes=codes, is_whole=is_whole, progress=self.progress
            )
            with staging() as staged:
                the_import.read(staged)
                run = the_import.take(staged, may_shrink=shrink, is_dry=dry_run)
        except NotTaken as error:
            raise CommandError(str(error)) from error
        for sentence in the_import.told.sentences():
            self.stdout.write(f"Left out: {sentence}.")
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{the_import.file_name}: {the_import.listed:,} records of ours; {run.added:,} {would}added, "
            f"{run.changed:,} {would}changed, {run.withdrawn:,} {would}withdrawn."
        )

    def progress(self, name, done, size):
        """Say how far it is: on a terminal in one line, else now and then in a line of its own."""
        now, is_terminal = time.monotonic(), self.stdout.isatty()
        if not is_terminal and now - self.said < EACH:
            return
        self.said = now
        rate = done / max(now - self.begun, 0.001)
        left = (size - done) / rate if rate else 0
        words = (
            f"{name}: {done / max(size, 1):.0%} of {size / 1e6:,.0f} MB, {rate / 1e6:,.0f} MB/s, "
            f"{left:,.0f} s left"
        )
        end = ("\n" if done >= size else "") if is_terminal else "\n"
        self.stdout.write(f"\r{words}\033[K" if is_terminal else words, ending=end)
