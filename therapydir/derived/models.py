"""What the database notes of changes."""

from django.db import models


class ContentChange(models.Model):
    """That the content changed; written by triggers alone, read by `versions`."""

    number = models.BigIntegerField(unique=True)

    def __str__(self):
        return str(self.number)
