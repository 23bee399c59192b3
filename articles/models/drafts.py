"""What is being written, and no visitor sees: beside a published text, or of one that is still to be."""

from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """A text as it is being written: all that stands in its form, sound or not.

    `fields` is {name of a box: [values]} as browsers send it, so that anything can be saved. `author` and
    `submitted_by` are names of accounts, and stay when these are gone.
    """

    IS_CONTENT = False  # no page shows it

    article = models.OneToOneField(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="draft"
    )
    title = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=dict)
    author = models.CharField("last saved by", max_length=150, blank=True)
    changed_at = models.DateTimeField("last saved", default=timezone.now)
    submitted_by = models.CharField(max_length=150, blank=True)
    note = models.CharField("what should change", max_length=300, blank=True)

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self):
        return self.title or "Untitled"

    @property
    def is_in_review(self):
        return bool(self.submitted_by)
