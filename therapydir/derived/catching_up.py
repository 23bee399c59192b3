"""Brings what is worked out from the content in step with it: what pages show, find and date.

Triggers note what changed, in the transaction that changes it. Whatever writes through the code does so in
`writing()`, which works the notes off: forms, imports and commands. After SQL by hand `manage.py catch_up`
does; until then the notes stand there for the next who comes.
"""

import logging
import time
from contextlib import contextmanager
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from therapydir.database.bulk import add_rows
from therapydir.derived.models import Noted, Schema
from therapydir.derived.registry import Changes, all_notes, keys_of_all, registered

LOCK = 7_214_001  # of PostgreSQL's advisory locks: any number that nobody else uses
SLICE = 500  # keys of notes that are worked off at once: some tenths of a second of work
FEW, FEWEST = 60, 20  # where the work varies: at first, and at least
MANY = 20_000  # notes
AT_ONCE = 1.0  # second: what takes less is in step when it is seen; others wait for slices of so much
# Between two of these. Who waits for SQLite's lock looks each tenth of a second whether it is free.
PAUSE = 0.12  # seconds

logger = logging.getLogger(__name__)


@contextmanager
def writing():
    """A transaction of changes to the content, in step at its end.

    What takes longer than others should have to wait is worked off after it, in transactions of its own;
    if that fails, or the process ends, by the next who writes. Other writers take their lock before their
    first row as this one does: so no two work the same out twice, and none waits for the other's rows.
    """
    with transaction.atomic():
        one_writer_at_a_time()
        yield
        left = _work_off_for_a_moment(MANY)  # where there are more, not even the first of it is quick
    if left.is_left:
        try:
            catch_up()
        except DatabaseError as error:  # what was written stays, and so do the notes
            logger.warning("Not all is worked off yet, the next who writes goes on: %s", error)


def one_writer_at_a_time():
    """Make others who write or catch up wait until this transaction ends. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def catch_up():
    """Work off what is noted, and what an earlier version of the code worked out otherwise.

    In slices: others need not wait until all is done. Returns how many notes there were.
    """
    _note_what_is_new()
    total, slices = 0, _Slices()
    while True:
        with transaction.atomic():
            one_writer_at_a_time()
            worked_off = _work_off_for_a_moment(slices=slices)
        total += worked_off.count
        if not worked_off.is_left:
            return total
        if total > SLICE and connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(PAUSE)


class _WorkedOff(NamedTuple):
    count: int
    is_left: bool  # whether there may be more


class _Slices:
    """How many keys are worked off at once: where the work varies, as many as others may have to wait for."""

    def __init__(self):
        self._few = FEW

    def size_for(self, notes):
        return self._few if any(note.varies for note in notes) else SLICE

    def took(self, seconds):
        if seconds < AT_ONCE / 2:
            self._few = min(SLICE, self._few * 2)
        elif seconds > AT_ONCE:
            self._few = max(FEWEST, self._few // 2)


def _work_off_for_a_moment(most=None, slices=None):
    """Work off one slice after the other, as long as others may have to wait; nothing of `most` or more."""
    end, count, slices = time.monotonic() + AT_ONCE, 0, slices or _Slices()
    while True:
        notes, total = _outstanding_kinds()
        if not notes or (most and total >= most):
            return _WorkedOff(count, is_left=bool(notes))
        first = [note for note in notes if _order(note) == _order(notes[0])]
        is_more = True
        while is_more:  # to look which kinds there are takes a moment: only when it can have changed
            begun = time.monotonic()
            some = _work_off_some(first, slices.size_for(first))
            count, is_more = count + some.count, some.is_left
            if any(note.varies for note in first):
                slices.took(time.monotonic() - begun)
            if time.monotonic() >= end:
                return _WorkedOff(count, is_left=True)


def _work_off_some(notes, size):
    """Work off what there is of those kinds if they spread, or else a slice of so many keys."""
    limit = None if notes[0].spreads else size
    taken = _take([note.what for note in notes], limit)
    keys, later = {}, set()
    for what, key in taken:
        if key is None:  # a whole table that was emptied concerns all
            later.update((what, one) for one in keys_of_all(what))
        else:
            keys.setdefault(what, set()).add(key)
    for derivations in registered():
        if keys.keys() & {note.what for note in derivations.notes}:
            changes = Changes(keys)
            derivations.catch_up(changes)
            later |= changes.later
    _note(later)
    return _WorkedOff(len(taken), is_left=bool(limit) and len({key for _, key in taken}) >= limit)


def _outstanding_kinds():
    """(what kinds of notes there are, those first that are to be worked off first; how many notes)."""
    there = dict(Noted.objects.order_by().values_list("what").annotate(Count("pk")))
    return sorted((note for note in all_notes() if note.what in there), key=_order), sum(there.values())


def _order(note):
    return not note.spreads, note.put_off


def _take(whats, limit):
    """The (what, key) of notes of those kinds, of so many keys at most, which are gone with that."""
    table, marks = Noted._meta.db_table, ", ".join(["%s"] * len(whats))
    statement, values = f"DELETE FROM {table} WHERE what IN ({marks})", whats
    if limit:
        statement += (
            " AND (key IS NULL OR key IN "
            f"(SELECT DISTINCT key FROM {table} WHERE what IN ({marks}) ORDER BY key LIMIT %s))"
        )
        values = [*whats, *whats, limit]
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} RETURNING what, key", values)
        return cursor.fetchall()


def _note(pairs):
    add_rows(Noted, ("what", "key"), sorted(pairs, key=lambda pair: pair[::-1]))  # as its index has them


@transaction.atomic
def _note_what_is_new():
    """Note all of what this version of the code works out in another way than the last.

    And forget what an earlier one noted that this one has no use for.
    """
    Noted.objects.exclude(what__in=[note.what for note in all_notes()]).delete()
    known = dict(Schema.objects.values_list("part", "number"))
    for derivations in registered():
        numbers = {f"{derivations.app}.{part}": number for part, number in derivations.schemas.items()}
        new = {part for part, number in numbers.items() if known.get(part) != number}
        for note in derivations.notes if new else ():
            if not note.parts or new & {f"{derivations.app}.{part}" for part in note.parts}:
                _note((note.what, key) for key in note.all_keys())
        for part in new:
            Schema.objects.update_or_create(part=part, defaults={"number": numbers[part]})


def outstanding():
    """How many notes nobody has worked off yet."""
    return Noted.objects.count()


def verify():
    """A sentence for each thing that is not in step with the content; none if all is."""
    if count := outstanding():
        yield f"{count:,} changes are noted and not worked off yet: run `python manage.py catch_up`."
    for derivations in registered():
        yield from derivations.verify()
