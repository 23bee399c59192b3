"""What visitors say is wrong with a record, or that it is not to be listed."""

from django.db import models
from django.utils import timezone

from therapydir.pages.fields import CleanText


class Report(CleanText):
    """What somebody without an account wrote of a record; an editor decides."""

    IS_CONTENT = False  # no page shows it, so that nobody outside can empty the page cache
    INLINE_ROWS = ()
    MOST_A_DAY = 5  # from one address
    MOST_OPEN = 1000  # that no editor has handled: a flood ends there

    class What(models.TextChoices):
        NOT_ME = "not listed", "It is me, and I do not want to be listed"
        WRONG = "wrong", "An address, a phone number or a name is wrong"
        GONE = "gone", "They are no longer there"
        OTHER = "other", "Something else"

    npi = models.CharField("NPI", max_length=10)
    what = models.CharField(max_length=20, choices=What)
    words = models.TextField(max_length=2000, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    sender = models.CharField(max_length=64, editable=False, help_text="Tells senders of a day apart.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_handled = models.BooleanField("handled", default=False)

    class Meta:
        ordering = ["is_handled", "-created_at"]

    def __str__(self):
        return f"{self.get_what_display()} ({self.npi})"
