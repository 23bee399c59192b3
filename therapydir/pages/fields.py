"""When the words of a page last changed: kept with each record that has a page."""

import hashlib
import json
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from therapydir.pages.markdown import problems_in
from therapydir.pages.words import without_controls

BATCH = 500


class ProseField(models.TextField):
    """Text that editors write: its line ends stay as they were, whatever a browser makes of them."""

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs  # for migrations, which know Django alone

    def clean(self, value, model_instance):
        return super().clean(value.replace("\r\n", "\n").strip(), model_instance)


class MarkdownField(ProseField):
    """Markdown whose blocks are well formed, and which says so when they are not."""

    def clean(self, value, model_instance):
        value = super().clean(value, model_instance)
        if problems := problems_in(value):
            raise ValidationError(problems)
        return value


class CleanText(models.Model):
    """A record from whose texts characters that do not show are taken when it is checked."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if isinstance(value, str) and field.name not in (exclude or ()):
                setattr(self, field.attname, without_controls(value))
        super().clean_fields(exclude=exclude)


class Content(CleanText):
    """A record whose page carries the day it last changed.

    A subclass says in `content_facts()` what a visitor reads on its page; `stamp()` moves
    the date when that differs from last time, and not when a row is merely saved again.
    """

    content_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    content_digest = models.CharField(max_length=64, blank=True, editable=False)

    STAMPS = ("content",)
    INLINE_ROWS = ()  # the related rows that are edited together with it

    class Meta:
        abstract = True

    def lock(self):
        """Inside a transaction, make other writers of this row wait until it ends."""
        type(self)._default_manager.select_for_update().filter(pk=self.pk).values_list("pk").first()

    @classmethod
    def stamp_fields(cls):
        """The names of the columns that `stamp()` writes."""
        return [f"{name}_{part}" for name in cls.STAMPS for part in ("digest", "changed_at")]

    def refresh_stamps(self):
        """Read back what was stamped on the row, so that saving this object again keeps it."""
        self.refresh_from_db(fields=self.stamp_fields())


class ListedContent(Content):
    """Content of which other pages show a part: `listing_facts()` says which part."""

    listing_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    listing_digest = models.CharField(max_length=64, blank=True, editable=False)

    STAMPS = ("content", "listing")

    class Meta:
        abstract = True


def stamp(records):
    """Move the dates of those records, all of one model, whose facts are not what they were.

    A record that was never stamped keeps the dates it was created with. Only the date and
    digest columns are written. Returns the number of records that changed.
    """
    now = timezone.now()
    changed = []
    for record in records:
        differs = [name for name in record.STAMPS if _take_digest(record, name, now)]
        if differs:
            changed.append(record)
    if changed:
        model = type(changed[0])
        model._default_manager.bulk_update(changed, model.stamp_fields(), batch_size=BATCH)
    return len(changed)


def _take_digest(record, name, now):
    facts = json.dumps(getattr(record, f"{name}_facts")(), default=_as_text).encode()
    digest, before = hashlib.sha256(facts).hexdigest(), getattr(record, f"{name}_digest")
    if digest == before:
        return False
    setattr(record, f"{name}_digest", digest)
    if before:
        setattr(record, f"{name}_changed_at", now)
    return True


def _as_text(fact):
    # The same moment comes in one zone from a form and in another from the database.
    return fact.astimezone(UTC).isoformat() if isinstance(fact, datetime) else str(fact)
