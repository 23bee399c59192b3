"""What the database notes of changes, and how far what is worked out from them is in step."""

from django.db import models
from django.utils import timezone


class ContentChange(models.Model):
    """That the content changed; written by triggers alone, read by `versions`."""

    number = models.BigIntegerField(unique=True)

    def __str__(self):
        return str(self.number)


class Noted(models.Model):
    """What changed, and for whom; written by triggers, worked off by `catch_up()`.

    `what` is the name of a `Note`; `key` the primary key of the row that it concerns, empty for all.
    """

    what = models.CharField(max_length=60)
    key = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["key", "what"], name="noted_key_and_what")]

    def __str__(self):
        return f"{self.what} {self.key or 'all'}"


class Schema(models.Model):
    """With which version of the code a part of what an app works out, «app.part», was made last."""

    part = models.CharField(max_length=60, unique=True)
    number = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.part} {self.number}"


class DatedPage(models.Model):
    """When the words of a page that no one record stands behind last changed."""

    name = models.CharField(max_length=60, unique=True)
    changed_at = models.DateTimeField(default=timezone.now)
    digests = models.JSONField(default=dict)

    def __str__(self):
        return self.name


class TakenFile(models.Model):
    """A file of fixtures as it was when the site last took from it what nobody had edited."""

    name = models.CharField(max_length=100, unique=True)
    digest = models.CharField(max_length=64)

    def __str__(self):
        return self.name
