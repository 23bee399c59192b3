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

    class Meta:
        abstract = True


class ListedContent(Content):
    """Content of which other pages show a part, called “listing”, with a date of its own."""

    listing_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
