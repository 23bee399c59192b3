"""Takes back what was changed together, and puts records back as they were."""

from collections import defaultdict
from contextlib import contextmanager
from itertools import batched

from django.db import IntegrityError, transaction

from therapydir.derived.catching_up import catch_up, one_writer_at_a_time
from therapydir.history.dates import restore_dates
from therapydir.history.keeping import kept, kept_beside
from therapydir.history.models import Batch, Version
from therapydir.history.recording import recorded
from therapydir.history.rows import MOST, add_back, change_back, name_of, present


class NotUndone(Exception):
    """Says in one sentence why nothing was taken back, and what to do."""


def undo(batch, who=""):
    """Make all that a batch changed as it was before, dates and old addresses too; the `Batch` of that.

    Raises `NotUndone` if something was changed again since.
    """
    with _no_conflict(), recorded(Batch.By.UNDO, who=who, why=f"undoes: {batch}", undoes=batch) as made:
        if batch.is_undone:
            raise NotUndone("That was undone already.")
        versions = list(batch.versions.order_by("pk"))
        if not versions:
            raise NotUndone("There is nothing of it that could be undone.")
        if later := _changed_since(versions):
            name = name_of(kept()[later.table].model, later.key, later.before)
            raise NotUndone(
                f"“{name}” was changed again since, {later.batch.by_whom}: undo “{later.batch.what}” first."
            )
        _put_back(versions)
    catch_up()  # all of it, so that it is known how pages read
    with transaction.atomic():
        one_writer_at_a_time()
        restore_dates(batch.at)
    return made[0] if made else None


def restore(model, key, batch, who=""):
    """Make a record, with the rows that are edited on its form, as it was before a batch changed it.

    Returns the `Batch` of that, None if it was so already.
    """
    why = f"as before: {batch}, {batch.at:%B %-d, %Y}"
    with _no_conflict(), recorded(Batch.By.RESTORE, who=who, why=why) as made:
        first = versions_of(model, key).filter(batch=batch).order_by("pk").values_list("pk", flat=True)[0]
        _put_back(versions_of(model, key).filter(pk__gte=first).order_by("pk"))
    return made[0] if made else None


@contextmanager
def _no_conflict():
    """Says in a sentence what the database refuses, and nothing of it is done."""
    try:
        yield
    except IntegrityError as error:
        raise NotUndone(
            f"It cannot be as it was, because other records need what is there now: {error}"
        ) from error


def versions_of(model, key):
    """Every version of a record and of the rows that are edited on its form."""
    tables = [one.table for one in kept_beside(model)]
    return Version.objects.filter(table__in=tables, owner=key).exclude(batch=None)


def _changed_since(versions):
    """The first version of one of those rows that a later batch made; None for none."""
    last = versions[-1].batch_id
    rows = {(one.table, one.key) for one in versions}
    later = Version.objects.filter(batch__gt=last, table__in={table for table, _ in rows})
    for one in later.select_related("batch").order_by("pk").iterator():
        if (one.table, one.key) in rows and not _leaves_nothing(one.batch, last):
            return one
    return None


def _leaves_nothing(later, last):
    """Whether nothing is left of what a later batch did to rows that one before changed."""
    return later.is_undone or (later.undoes_id or 0) > last


def _put_back(versions):
    """Make rows what the first of their versions holds.

    First what was added goes, then what is gone comes back, then what was changed is changed back: so nothing
    stands in the way of what has the same name.
    """
    wanted = defaultdict(dict)
    for one in versions:
        wanted[one.table].setdefault(one.key, one.before)
    for table, one in reversed(kept().items()):  # those first that name others
        added = [key for key, before in wanted[table].items() if before is None]
        for some in batched(added, MOST):
            one.model._base_manager.filter(pk__in=some).delete()
    for table, one in kept().items():
        before = {key: row for key, row in wanted[table].items() if row is not None}
        there = present(one, before)
        for key in before.keys() - there.keys():
            add_back(one, before[key])
        for key, row in there.items():
            if row != before[key]:
                change_back(one, key, before[key])
