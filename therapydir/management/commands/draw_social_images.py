"""Draws the pictures for sharing ahead of the first time that somebody asks for one."""

from django.core.management.base import BaseCommand

from therapydir.front.social import all_pictures, draw, folder


class Command(BaseCommand):
    help = "Draw the pictures for sharing that are missing, and remove those that no page names any more."

    def handle(self, **options):
        kept = {path.name for path in folder().glob("*.png")}
        named, drawn = set(), 0
        for picture in all_pictures():
            named.add(picture.file_name)
            if picture.file_name not in kept:
                draw(picture)
                drawn += 1
        for name in kept - named:
            (folder() / name).unlink(missing_ok=True)
        self.stdout.write(f"Drawn: {drawn:,}. Removed: {len(kept - named):,}. Pictures: {len(named):,}.")
