"""Takes back what was changed together, and puts records back as they were."""

from collections import defaultdict
from itertools import batched

from django.db import IntegrityError

from therapydir.derived.catching_up import catch_up
from therapydir.derived.redating import restore_dates
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
    done = _put_back(versions, Batch.By.UNDO, who, f"undoes: {batch.what}")
    restore_dates(batch.at)
    if done:
        done.undoes = batch
        done.save(update_fields=["undoes"])
    return done


def restore(model, key, batch, who=""):
    """Make a record, with the rows that are edited on its form, as it was before a batch changed it."""
    versions = versions_of(model, key).filter(pk__gte=_first_of(model, key, batch)).order_by("pk")
    return _put_back(list(versions), Batch.By.RESTORE, who, f"as before: {batch}, {batch.at:%B %-d, %Y}")


def _first_of(model, key, batch):
    return versions_of(model, key).filter(batch=batch).order_by("pk").values_list("pk", flat=True)[0]


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


def _put_back(versions, by, who, why):
    """Make rows what the first of their versions holds; nothing, or all of it."""
    wanted = {}
    for one in versions:
        wanted.setdefault((one.table, one.key), one.before)
    try:
        with recorded(by, who=who, why=why) as made:
            _write(wanted)
    except IntegrityError as error:
        raise NotUndone(
            f"It cannot be as it was, because other records need what is there now: {error}"
        ) from error
    catch_up()  # all of it, so that dates can be told
    return made[0] if made else None


def _write(wanted):
    """First what was added goes, then what is gone comes back, then what was changed is changed back.

    So that nothing stands in the way of what has the same name.
    """
    by_table = defaultdict(dict)
    for (table, key), before in wanted.items():
        by_table[table][key] = before
    for table, one in reversed(kept().items()):  # those first that name others
        added = [key for key, before in by_table[table].items() if before is None]
        for some in batched(added, MOST):
            one.model._base_manager.filter(pk__in=some).delete()
    for table, one in kept().items():
        before = {key: row for key, row in by_table[table].items() if row is not None}
        there = present(one, before)
        for key in before.keys() - there.keys():
            add_back(one, before[key])
        for key, row in there.items():
            if row != before[key]:
                change_back(one, key, before[key])
