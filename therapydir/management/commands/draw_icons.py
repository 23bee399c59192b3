"""Draws the icons and the picture for pages without one of their own, into static/."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from therapydir.front.drawing import PAPER, icon, shared_picture

HOME_TITLE = "Occupational therapy or physical therapy?"
ICO_SIZES = [(16, 16), (32, 32), (48, 48)]
MASK = 0.66  # of an icon's width, which stays whole when a phone cuts a circle out of it


class Command(BaseCommand):
    help = "Draw the icons and the general picture for sharing. Needed after a change to the mark alone."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "static", help="(%(default)s)")

    def handle(self, *, folder, **options):
        root, img = folder / "root", folder / "img"
        for made in (root, img):
            made.mkdir(parents=True, exist_ok=True)
        largest = icon(ICO_SIZES[-1][0])
        smaller = [icon(size) for size, _ in ICO_SIZES[:-1]]
        largest.save(root / "favicon.ico", sizes=ICO_SIZES, append_images=smaller)
        icon(180, PAPER, MASK).convert("RGB").save(root / "apple-touch-icon.png")
        for size in (192, 512):
            icon(size, PAPER, MASK).convert("RGB").save(root / f"icon-{size}.png", optimize=True)
        (img / "social.png").write_bytes(shared_picture(HOME_TITLE))
        self.stdout.write(f"Drawn: favicon.ico, apple-touch-icon.png, two icons and social.png in {folder}.")
