"""How often logging in failed."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone


class FailedLoginQuerySet(models.QuerySet):
    def seconds_to_wait(self, subjects):
        """How many seconds those subjects must wait, the longest of them, before a password is checked."""
        return max((row.seconds_to_wait for row in self.filter(subject__in=subjects)), default=0)

    def note(self, subjects):
        """Count a failure of each of those subjects, and forget what is no longer needed."""
        now = timezone.now()
        with transaction.atomic():
            self.forgive(())
            for subject in subjects:
                self.get_or_create(subject=subject, defaults={"last_at": now})
            self.filter(subject__in=subjects).update(failures=F("failures") + 1, last_at=now)
            oldest = self.order_by("-last_at", "-pk").values_list("pk", flat=True)[FailedLogin.MOST :]
            self.filter(pk__in=list(oldest)).delete()

    def forgive(self, subjects):
        """Forget the failures of those subjects, and all that are old."""
        is_old = Q(last_at__lt=timezone.now() - FailedLogin.REMEMBERED)
        self.filter(is_old | Q(subject__in=subjects)).delete()


class FailedLogin(models.Model):
    """How often logging in failed, one after the other, for one subject.

    A subject is an account by its name, whether there is one or not, a client's address, or a browser from
    which somebody logged in before: «account anna», «address 192.0.2.7», «browser x3f…». To ask for a new
    password counts as well, for the client's address and for that of the mail, «mail anna@example.org».
    """

    REMEMBERED = timedelta(days=1)  # after the last failure
    MOST = 10_000  # rows: those that failed longest ago go first
    FREE = {"account": 5, "address": 20, "browser": 5, "mail": 3}  # failures without a wait
    LONGEST_WAIT = 15 * 60  # seconds

    subject = models.CharField(max_length=200, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    objects = FailedLoginQuerySet.as_manager()

    def __str__(self):
        return f"{self.subject}: {self.failures}"

    @property
    def seconds_to_wait(self):
        """2 seconds after the last free failure, twice as many after each further one, 15 minutes at most."""
        beyond = self.failures - self.FREE[self.subject.partition(" ")[0]]
        if beyond < 0:
            return 0
        delay = min(2 ** min(beyond + 1, 20), self.LONGEST_WAIT)
        waited = (timezone.now() - self.last_at).total_seconds()
        # Less than 0: the clock was put back, and nobody knows how long to wait.
        return delay - waited if 0 <= waited < delay else 0
