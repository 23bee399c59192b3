"""Lifts the wait after failed logins: the owner's way back in."""

from django.core.management.base import BaseCommand

from therapydir.accounts.logins import network_of
from therapydir.models import FailedLogin


class Command(BaseCommand):
    help = "Forget failed logins, so that nobody waits: of some accounts or addresses, or of all."

    def add_arguments(self, parser):
        what = "an account, an address or an email address; none: all"
        parser.add_argument("names", metavar="NAME", nargs="*", help=what)

    def handle(self, *, names, **options):
        failed = FailedLogin.objects.all()
        if names:
            subjects = [f"account {name}" for name in names]
            subjects += [f"address {network_of(name)}" for name in names]
            subjects += [f"mail {name.lower()}" for name in names]
            failed = failed.filter(subject__in=subjects)
        forgotten = sum(failed.values_list("failures", flat=True))
        failed.delete()
        whose = " of " + ", ".join(names) if names else ""
        self.stdout.write(f"Failed logins{whose} forgotten: {forgotten:,}.")
