"""The database's own triggers: they note that the content changed, and what.

So whoever writes, with the ORM, in bulk, from another process or by hand, is noticed at the moment of the
commit. They are set after each `migrate`, which may make tables anew; those of an earlier version of the
code are replaced, and those that are right are left alone.
"""

from django.db import connection

from therapydir.derived.models import ContentChange, Noted
from therapydir.derived.registry import EVENTS, all_notes, content_tables

KEPT = 1000  # rows of changes on PostgreSQL
CHANGES, NOTED = ContentChange._meta.db_table, Noted._meta.db_table

# On SQLite, whose writers queue, there is one row. On PostgreSQL each transaction adds one of its own, so
# that no writer waits for another: the setting, which ends with the transaction, or with a savepoint that
# is rolled back, remembers that it did. The oldest rows are removed now and then. What is noted is a random
# number, so that no version comes again, whatever was restored meanwhile.
NOTE_ON_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION therapydir_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE noted bigint;
BEGIN
  IF coalesce(current_setting('therapydir.noted', true), '') = '' THEN
    INSERT INTO {CHANGES} (number)
      VALUES (('x' || left(md5(gen_random_uuid()::text), 16))::bit(64)::bigint) RETURNING id INTO noted;
    PERFORM set_config('therapydir.noted', 'yes', true);
    IF noted % 100 = 0 THEN
      DELETE FROM {CHANGES} WHERE id IN (
        SELECT id FROM {CHANGES} WHERE id <= noted - {KEPT} FOR UPDATE SKIP LOCKED
      );
    END IF;
  END IF;
  RETURN NULL;
END $$
"""


def set_triggers(**kwargs):
    """Set the triggers of every table of content."""
    present = set(connection.introspection.table_names())
    if not {CHANGES, NOTED} <= present:
        return  # migrated back to before there was one
    tables = [table for table in content_tables() if table in present]
    notes = [note for note in all_notes() if not note.put_off and note.table in present]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _set_on_postgresql(cursor, tables, notes)
        else:
            ContentChange.objects.get_or_create(pk=1, defaults={"number": 0})
            _set_on_sqlite(cursor, tables, notes)


def _set_on_sqlite(cursor, tables, notes):
    wanted = dict(pair for table in tables for pair in _version_on_sqlite(table))
    wanted |= dict(pair for note in notes for pair in _note_on_sqlite(note))
    replace_on_sqlite(cursor, "note_", wanted)


def replace_on_sqlite(cursor, prefix, wanted):
    """Make {name: statement} the triggers whose names begin so; those that are right are left alone."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    present = {name: statement for name, statement in cursor.fetchall() if name.startswith(prefix)}
    for name in present.keys() - wanted.keys():
        cursor.execute(f'DROP TRIGGER "{name}"')
    for name, statement in wanted.items():
        if present.get(name) != statement:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            cursor.execute(statement)


def _version_on_sqlite(table):
    """(name, statement) for each event; the statement as SQLite remembers it."""
    for event in EVENTS:
        name = f"note_{event.lower()}_{table}"
        yield (
            name,
            f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" '
            f"BEGIN UPDATE {CHANGES} SET number = random(); END",
        )


def _note_on_sqlite(note):
    for event in note.events:
        name = f"note_whom_{event.lower()}_{note.what.replace('.', '_')}"
        rows = {"INSERT": ["NEW"], "DELETE": ["OLD"], "UPDATE": ["NEW", "OLD"]}[event]
        keys = " UNION ".join(
            f'SELECT \'{note.what}\', {row}."{note.key_column}" WHERE {row}."{note.key_column}" IS NOT NULL'
            for row in rows
        )
        differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in note.columns)
        when = f"WHEN {differs} " if differs and event == "UPDATE" else ""
        yield (
            name,
            f'CREATE TRIGGER "{name}" AFTER {event} ON "{note.table}" {when}'
            f"BEGIN INSERT INTO {NOTED} (what, key) {keys}; END",
        )


def _set_on_postgresql(cursor, tables, notes):
    cursor.execute(NOTE_ON_POSTGRESQL)
    for table in tables:
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER note_change AFTER {" OR ".join((*EVENTS, "TRUNCATE"))} ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION therapydir_note_change()"
        )
    wanted = {(table, "note_change") for table in tables}
    for note in notes:
        function = f"therapydir_note_{note.what.replace('.', '_')}"
        cursor.execute(_note_on_postgresql(note, function))
        for event in (*note.events, "TRUNCATE"):
            name = f"note_whom_{event.lower()}_{note.what.replace('.', '_')}"
            set_on_postgresql(cursor, note.table, name, event, function)
            wanted.add((note.table, name))
    drop_others_on_postgresql(cursor, "note_", wanted)


def set_on_postgresql(cursor, table, name, event, function):
    """Have a function called once for each statement, which finds its rows in `old_rows` and `new_rows`."""
    rows_seen = {
        "INSERT": "REFERENCING NEW TABLE AS new_rows",
        "UPDATE": "REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows",
        "DELETE": "REFERENCING OLD TABLE AS old_rows",
    }.get(event, "")
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER "{name}" AFTER {event} ON "{table}" {rows_seen} '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def drop_others_on_postgresql(cursor, prefix, wanted):
    """Leave no triggers whose names begin so but the wanted (table, name)."""
    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE starts_with(tgname, %s)", [prefix]
    )
    for table, name in set(cursor.fetchall()) - wanted:
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')


def _note_on_postgresql(note, function):
    key, columns = f'"{note.key_column}"', [f'"{column}"' for column in note.columns]
    values = {row: ", ".join(f"{row}.{column}" for column in columns) for row in ("o", "n")}
    differs = f"WHERE ROW({values['n']}) IS DISTINCT FROM ROW({values['o']})" if columns else ""
    rows = f"FROM new_rows n JOIN old_rows o ON n.id = o.id {differs}"
    note_each = f"INSERT INTO {NOTED} (what, key) SELECT DISTINCT '{note.what}', key FROM"
    # A plan is made once in a session, perhaps for one row: with loops, it would compare each of five hundred
    # with each other one.
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {note_each} (SELECT {key} AS key FROM new_rows) t WHERE key IS NOT NULL;
  ELSIF TG_OP = 'DELETE' THEN
    {note_each} (SELECT {key} AS key FROM old_rows) t WHERE key IS NOT NULL;
  ELSIF TG_OP = 'UPDATE' THEN
    {note_each} (SELECT n.{key} AS key {rows} UNION SELECT o.{key} AS key {rows}) t WHERE key IS NOT NULL;
  ELSE
    INSERT INTO {NOTED} (what) VALUES ('{note.what}');
  END IF;
  RETURN NULL;
END $$
"""
