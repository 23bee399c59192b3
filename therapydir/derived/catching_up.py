"""Brings what is worked out from the content in step with it: what pages show, find and date.

Triggers note what changed, in the transaction that changes it. Whatever writes through the code does so in
`writing()`, which works the notes off before it commits: forms, imports and commands. After SQL by hand
`manage.py catch_up` does; until then the notes stand there for the next who comes.
"""

from contextlib import contextmanager

from django.db import connection, transaction

from therapydir.derived.models import Noted, Schema
from therapydir.derived.registry import Changes, registered

LOCK = 7_214_001  # of PostgreSQL's advisory locks: any number that nobody else uses


@contextmanager
def writing():
    """A transaction of changes to the content, in step at its end.

    Other writers wait until it ends, and take their lock before their first row as this one does: so no two
    work the same out twice, and none waits for the other's rows.
    """
    with transaction.atomic():
        one_writer_at_a_time()
        yield
        catch_up()


def one_writer_at_a_time():
    """Make others who write or catch up wait until this transaction ends. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def catch_up():
    """Work off what is noted, and what an earlier version of the code worked out otherwise.

    Returns how many notes there were.
    """
    one_writer_at_a_time()
    keys = {}
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Noted._meta.db_table} RETURNING what, key")
        rows = cursor.fetchall()
    for what, key in rows:
        keys.setdefault(what, set()).add(key)
    known = dict(Schema.objects.values_list("part", "number"))
    for derivations in registered():
        is_new = any(known.get(part) != number for part, number in derivations.schemas.items())
        if is_new or keys.keys() & {note.what for note in derivations.notes}:
            derivations.catch_up(Changes(keys, everything=is_new))
        if is_new:
            _note_schemas(derivations.schemas)
    return len(rows)


def _note_schemas(schemas):
    for part, number in schemas.items():
        Schema.objects.update_or_create(part=part, defaults={"number": number})


def outstanding():
    """How many notes nobody has worked off yet."""
    return Noted.objects.count()


def verify():
    """A sentence for each thing that is not in step with the content; none if all is."""
    if count := outstanding():
        yield f"{count:,} changes are noted and not worked off yet: run `python manage.py catch_up`."
    for derivations in registered():
        yield from derivations.verify()
