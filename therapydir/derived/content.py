"""Records whose pages carry the day on which their words last changed."""

from django.db import models
from django.utils import timezone

from therapydir.pages.fields import CleanText


class Content(CleanText):
    """A record whose page carries the day it last changed.

    Both columns are kept by `stamp()`; `digests` holds one for each part of the page.
    """

    content_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    digests = models.JSONField(default=dict, editable=False)

    INLINE_ROWS = ()  # the related rows that are edited together with it
    DATED_BY = ("id",)  # what tells the page, also when its row is made anew
    KEPT = ("content_changed_at", "digests")  # columns that are worked out, and never saved with the rest

    class Meta:
        abstract = True

    def save(self, *, force_insert=False, update_fields=None, **options):
        """Django's, which leaves alone what is worked out: it may be newer than this object."""
        if update_fields is None and not force_insert and not self._state.adding:
            left = {*self.KEPT, *self.get_deferred_fields()}
            fields = [field for field in self._meta.local_concrete_fields if not field.primary_key]
            update_fields = [field.name for field in fields if left.isdisjoint((field.name, field.attname))]
        super().save(force_insert=force_insert, update_fields=update_fields, **options)


class ListedContent(Content):
    """Content of which other pages show a part, called “listing”, with a date of its own."""

    listing_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    KEPT = (*Content.KEPT, "listing_changed_at", "first_published_at")

    class Meta:
        abstract = True
