"""What the models say of their tables and fields is what migrations have made of them."""

from django.core.management import call_command


def test_no_migration_is_missing(db):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)  # exits if one is
