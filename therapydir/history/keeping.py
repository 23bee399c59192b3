"""Which tables are kept: each app says so in its `history.py`, which is found by itself."""

from dataclasses import dataclass
from functools import cached_property

from django.db import models

DATES = ("content_changed_at", "listing_changed_at", "changed_at")
# What is worked out from the rest, and comes back by itself; dates by `restore_dates()`.
WORKED_OUT = frozenset({*DATES, "digests"})


@dataclass(frozen=True)
class Kept:
    """A table of which every change is kept, by whatever way it is made.

    `owner` is the field with the record on whose form the rows are edited, where that is another. With
    `fields`, a change of these counts alone, of rows that are there before and after: for what imports write.
    `called` is what editors know a row as, where the model is called otherwise.
    """

    model: type[models.Model]
    owner: str = ""
    fields: tuple[str, ...] = ()
    called: str = ""

    @property
    def table(self):
        return self.model._meta.db_table

    @property
    def owner_model(self):
        return self.model._meta.get_field(self.owner).related_model if self.owner else self.model

    @property
    def owner_column(self):
        return self.model._meta.get_field(self.owner or "id").column

    @cached_property
    def all_fields(self):
        """Every column of the table, as fields."""
        return [*self.model._meta.local_concrete_fields]

    @cached_property
    def own_fields(self):
        """Those whose change counts, and which Undo writes."""
        if self.fields:
            return [self.model._meta.get_field(name) for name in self.fields]
        return [field for field in self.all_fields if not field.primary_key and field.name not in WORKED_OUT]

    @property
    def events(self):
        return ("UPDATE",) if self.fields else ("INSERT", "UPDATE", "DELETE")


_kept: dict[str, Kept] = {}


def keep(*tables):
    """Keep those; once, from an app's `history.py`."""
    _kept.update({one.table: one for one in tables})


def kept():
    """{name of the table: its `Kept`}."""
    return _kept


def kept_beside(model):
    """The `Kept` whose rows are edited on the form of that model: its own, and those around it."""
    return [one for one in _kept.values() if one.owner_model is model]
