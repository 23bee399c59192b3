"""The version of the content: what differs whenever any page may read differently.

The database itself notes each change, by triggers on every table of content: whoever writes, with the
ORM, in bulk, from another process or by hand, is noticed, at the moment of the commit. What it notes is
a random number, so that no version comes again, whatever was restored meanwhile.
"""

from django.apps import apps
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from therapydir.models import ContentChange

CONTENT_APPS = ("articles", "locations")
EVENTS = ("INSERT", "UPDATE", "DELETE")
KEPT = 1000  # rows of changes on PostgreSQL

# On SQLite, whose writers queue, there is one row. On PostgreSQL each transaction adds one of its own, so
# that no writer waits for another: the setting, which ends with the transaction, or with a savepoint that
# is rolled back, remembers that it did. The oldest rows are removed now and then.
NOTE_ON_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION therapydir_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE noted bigint;
BEGIN
  IF coalesce(current_setting('therapydir.noted', true), '') = '' THEN
    INSERT INTO therapydir_contentchange (number)
      VALUES (('x' || left(md5(gen_random_uuid()::text), 16))::bit(64)::bigint) RETURNING id INTO noted;
    PERFORM set_config('therapydir.noted', 'yes', true);
    IF noted % 100 = 0 THEN
      DELETE FROM therapydir_contentchange WHERE id IN (
        SELECT id FROM therapydir_contentchange WHERE id <= noted - {KEPT} FOR UPDATE SKIP LOCKED
      );
    END IF;
  END IF;
  RETURN NULL;
END $$
"""


def content_version(using="default"):
    """The version, as a tuple that can be compared with `==`, in two queries of the database `using`.

    It changes with each write, when an article is published by its date, and at midnight, because
    some pages say how long ago something was.
    """
    from articles.models import Article

    # Random numbers have another sum when there are others, in whatever order they were committed.
    changes = ContentChange.objects.using(using).aggregate(Sum("number"), Count("pk"))
    return (*changes.values(), Article.objects.using(using).published().count(), timezone.localdate())


def content_tables():
    """The name of every table that holds content."""
    models = [model for label in CONTENT_APPS for model in apps.get_app_config(label).get_models(True)]
    return sorted({model._meta.db_table for model in models})


def note_changes(**kwargs):
    """Set the triggers of every table of content: after each `migrate`, which may make tables anew.

    Those of an earlier version of the code are replaced; those that are right are left alone.
    """
    if ContentChange._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there was one
    tables = sorted(set(content_tables()) & set(connection.introspection.table_names()))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(NOTE_ON_POSTGRESQL)
            for table in tables:
                cursor.execute(_trigger_on_postgresql(table))
        else:
            ContentChange.objects.get_or_create(pk=1, defaults={"number": 0})
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            present = dict(cursor.fetchall())
            for name, statement in (pair for table in tables for pair in _triggers_on_sqlite(table)):
                if present.get(name) != statement:
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                    cursor.execute(statement)


def forget_changes(apps, schema_editor):
    """Take the triggers away: without the table that they write to, nothing could be written."""
    connection = schema_editor.connection
    for table in set(content_tables()) & set(connection.introspection.table_names()):
        if connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER IF EXISTS note_change ON "{table}"')
        else:
            for name, _ in _triggers_on_sqlite(table):
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def _trigger_on_postgresql(table):
    return (
        f'CREATE OR REPLACE TRIGGER note_change AFTER {" OR ".join((*EVENTS, "TRUNCATE"))} ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION therapydir_note_change()"
    )


def _triggers_on_sqlite(table):
    """(name, statement) for each event; the statement as SQLite remembers it."""
    for event in EVENTS:
        name = f"note_{event.lower()}_{table}"
        yield (
            name,
            f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" '
            "BEGIN UPDATE therapydir_contentchange SET number = random(); END",
        )
