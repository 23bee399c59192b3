"""What people have open to edit, and what they typed there and did not save yet."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class OpenFormQuerySet(models.QuerySet):
    def of_page(self, model, key):
        """Those of one record; `key` is None for one that is still to be added."""
        return self.filter(table=model._meta.db_table, key=key)

    def forget_old(self):
        """Take out forms that nobody has open any more, and texts that nobody came back for."""
        now = timezone.now()
        self.filter(typed_at=None, seen_at__lt=now - OpenForm.IS_OPEN).delete()
        self.filter(seen_at__lt=now - OpenForm.KEPT).delete()


class OpenForm(models.Model):
    """A form of the admin in somebody's browser: since when, and what they typed there and did not save.

    `typed` is {name: [values]} as the browser sends it; without `typed_at` it is what the form came with.
    """

    IS_OPEN = timedelta(seconds=90)  # after a browser was last heard of
    KEPT = timedelta(days=60)  # what was typed

    form = models.CharField(max_length=32, unique=True, editable=False)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=63)
    key = models.BigIntegerField(null=True)
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    typed = models.JSONField(null=True)
    typed_at = models.DateTimeField(null=True)

    objects = OpenFormQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["table", "key"], name="open_form_of_page")]

    def __str__(self):
        return f"{self.table} {self.key or 'to be added'}, {self.who}"
