"""What was changed together, and what each row was before."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class Batch(models.Model):
    """What was changed together: in one form, by one action, one import, one command.

    Names of people stay when their accounts are gone.
    """

    class By(models.TextChoices):
        FORM = "form", "form"
        ACTION = "action", "list"
        IMPORT = "import", "import"
        COMMAND = "command", "command"
        UNDO = "undo", "undo"
        RESTORE = "restore", "older version"
        ELSEWHERE = "elsewhere", "program or SQL"

    at = models.DateTimeField("when", default=timezone.now, db_index=True)
    who = models.CharField(max_length=150, blank=True)
    by = models.CharField("how", max_length=10, choices=By, default=By.ELSEWHERE)
    what = models.CharField(max_length=300)
    why = models.CharField(max_length=300, blank=True)
    undoes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undoings", editable=False
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = "change"
        verbose_name_plural = "changes of everybody"

    def __str__(self):
        return self.what

    @property
    def is_undone(self):
        """Whether what it did was taken back since, and that was not taken back itself."""
        return any(not one.is_undone for one in self.undoings.all())

    @property
    def by_whom(self):
        return f"by {self.who}" if self.who else f"by {self.get_by_display()}"


class Version(models.Model):
    """What a row was before it was changed: its columns as the database has them, None if it was not there.

    Written by triggers, which know no batch: until the transaction says which, there is none. Of what one
    batch does to a row, the first counts.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="versions")
    table = models.CharField(max_length=63)
    key = models.BigIntegerField()
    owner = models.BigIntegerField(null=True, help_text="On whose form it is: the primary key of that.")
    before = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["table", "key", "batch"], name="version_of_row"),
            models.Index(fields=["table", "owner"], name="version_of_owner"),
        ]

    def __str__(self):
        return f"{self.table} {self.key}"


class Redated(models.Model):
    """What a page's digests and dates were before its date moved, or its row went: written by triggers alone.

    `table` is that of the record whose page it is, `key` what tells it from others there: see `DATED_BY`.
    """

    table = models.CharField(max_length=63)
    key = models.CharField(max_length=100)
    at = models.DateTimeField(db_default=Now())
    digests = models.JSONField()
    dates = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["at", "table"], name="redated_at")]

    def __str__(self):
        return f"{self.table} {self.key}, {self.at}"
