"""The version of the content: what differs whenever any page may read differently.

The database itself notes each change, by triggers on every table of content: whoever writes, with the
ORM, in bulk, from another process or by hand, is noticed, at the moment of the commit.
"""

from django.apps import apps
from django.db import connection
from django.db.models import Count, Max, Min
from django.utils import timezone

from therapydir.models import ContentChange

CONTENT_APPS = ("articles", "locations")
EVENTS = ("INSERT", "UPDATE", "DELETE")
KEPT = 1000  # rows of changes on PostgreSQL

# On SQLite, whose writers queue, one row counts. On PostgreSQL each transaction adds a row of its own,
# so that no writer waits for another; the oldest are removed now and then.
NOTE_ON_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION therapydir_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE noted bigint;
BEGIN
  INSERT INTO therapydir_contentchange (number) VALUES (txid_current())
    ON CONFLICT (number) DO NOTHING RETURNING id INTO noted;
  IF txid_current() % 100 = 0 THEN
    DELETE FROM therapydir_contentchange WHERE id IN (
      SELECT id FROM therapydir_contentchange WHERE id <= noted - {KEPT} FOR UPDATE SKIP LOCKED
    );
  END IF;
  RETURN NULL;
END $$
"""


def content_version():
    """The version, as a tuple that can be compared with `==`, in two queries.

    It changes with each write, when an article is published by its date, and at midnight, because
    some pages say how long ago something was.
    """
    from articles.models import Article

    changes = ContentChange.objects.aggregate(Count("pk"), Min("pk"), Max("pk"), Max("number"))
    return (*changes.values(), Article.objects.published().count(), timezone.localdate())


def content_tables():
    """The name of every table that holds content."""
    models = [model for label in CONTENT_APPS for model in apps.get_app_config(label).get_models(True)]
    return sorted({model._meta.db_table for model in models})


def note_changes(**kwargs):
    """Set the triggers that a table of content lacks: after each `migrate`, which may make tables anew."""
    if ContentChange._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there was one
    tables = set(content_tables()) & set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(NOTE_ON_POSTGRESQL)
            # Of another server, from which this database was restored: they would hide changes here.
            cursor.execute("DELETE FROM therapydir_contentchange WHERE number > txid_current()")
        else:
            ContentChange.objects.get_or_create(pk=1, defaults={"number": 0})
        for table in sorted(tables):
            for statement in _triggers(table, connection.vendor):
                cursor.execute(statement)


def forget_changes(apps, schema_editor):
    """Take the triggers away: without the table that they write to, nothing could be written."""
    connection = schema_editor.connection
    for table in set(content_tables()) & set(connection.introspection.table_names()):
        if connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER IF EXISTS note_change ON "{table}"')
        else:
            for event in EVENTS:
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "note_{event.lower()}_{table}"')


def _triggers(table, vendor):
    if vendor == "postgresql":
        events = " OR ".join((*EVENTS, "TRUNCATE"))
        return [
            f'CREATE OR REPLACE TRIGGER note_change AFTER {events} ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION therapydir_note_change()"
        ]
    return [
        f'CREATE TRIGGER IF NOT EXISTS "note_{event.lower()}_{table}" AFTER {event} ON "{table}" '
        "BEGIN UPDATE therapydir_contentchange SET number = number + 1; END"
        for event in EVENTS
    ]
