"""Writes the whole public site as files."""

import logging
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from therapydir.delivery.export import Export, ExportError

BAR = 40  # characters


class Command(BaseCommand):
    help = (
        "Write the whole public site as files, each with its .gz and .br, with an include for nginx. "
        "FOLDER becomes a link to the newest export, which takes the place of the last one at once."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument(
            "--anew",
            action="store_true",
            help="ask for all pages, also for what did not change since the last one",
        )
        parser.add_argument(
            "--fail-on-broken",
            action="store_true",
            help="exit with status 1 when a page links to no page; exported is all the rest in any case",
        )

    def handle(self, *, folder, anew, fail_on_broken, verbosity, **options):
        if settings.DEBUG:
            raise CommandError("Pages of a site with DEBUG are not what visitors get: set DEBUG=false first.")
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            raise CommandError("The static files are not collected: run `manage.py collectstatic` first.")
        # That an address is gone or was never one is what is asked here, and nothing to warn of.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        begin = time.monotonic()
        shows_bar = verbosity > 0 and self.stdout.isatty()
        try:
            export = Export(folder, self.show if shows_bar else lambda done, known: None)
            has_changed = export.write(anew=anew)
        except ExportError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{folder} cannot be written ({error.strerror}): nothing was exported."
            ) from error
        if shows_bar:
            self.stdout.write("\r" + " " * (BAR + 30) + "\r", ending="")
        if has_changed:
            self.stdout.write(
                f"Exported to {folder} in {time.monotonic() - begin:.1f} s. "
                f"Files written: {export.written:,}. As before: {export.kept:,}."
            )
        else:
            self.stdout.write(f"Nothing changed since the last export: {folder} is up to date.")
        if export.is_configuration_new:
            self.stdout.write("Redirects changed: have nginx read them with `nginx -s reload`.")
        for sentence in export.broken:
            self.stderr.write(f"Broken link: {sentence}")
        if export.broken and fail_on_broken:
            raise CommandError(f"Exported, but for what broken links lead to: {len(export.broken):,}.")

    def show(self, done, known):
        full = "#" * round(BAR * done / known)
        self.stdout.write(f"\r[{full:{BAR}}] {done:,} of {known:,} pages", ending="")
        self.stdout.flush()
