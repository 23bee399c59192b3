"""What was imported from the registry, and when."""

from django.db import models
from django.utils import timezone


class ImportRun(models.Model):
    """One import of a file of the registry that was taken, whole."""

    IS_CONTENT = False  # no page shows it, and one that changed nothing leaves all pages kept

    file_name = models.CharField(max_length=200)
    file_date = models.DateField("data up to", help_text="The last day that the file tells of.")
    is_whole = models.BooleanField("whole registry", help_text="Not only what changed in a week.")
    finished_at = models.DateTimeField(default=timezone.now)
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    told = models.JSONField(default=dict, help_text="How many rows were left out, by the reason.")

    class Meta:
        ordering = ["-finished_at"]

    def __str__(self):
        return f"{self.file_name}, {self.finished_at:%Y-%m-%d}"

    @property
    def in_words(self):
        return f"{self.added:,} added, {self.changed:,} changed, {self.withdrawn:,} withdrawn"
