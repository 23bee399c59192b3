"""The database's own triggers, which keep what a row was before: no way of writing goes past them.

They are set after each `migrate`, beside those that note what changed (`therapydir/derived/triggers.py`).
"""

from django.db import connection

from therapydir.history.keeping import kept
from therapydir.history.models import Version
from therapydir.history.rows import as_json

VERSIONS = Version._meta.db_table
INTO = f'INSERT INTO {VERSIONS} ("table", key, owner, before)'


def set_triggers(**kwargs):
    """Set the triggers of every table that is kept."""
    present = set(connection.introspection.table_names())
    if VERSIONS not in present:
        return  # migrated back to before there was one
    tables = [one for one in kept().values() if one.table in present]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _set_on_postgresql(cursor, tables)
        else:
            _set_on_sqlite(cursor, tables)


def _set_on_sqlite(cursor, tables):
    wanted = {
        f"keep_{event.lower()}_{one.table}": _on_sqlite(one, event) for one in tables for event in one.events
    }
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keep\\_%' ESCAPE '\\'"
    )
    present = dict(cursor.fetchall())
    for name in present.keys() - wanted.keys():
        cursor.execute(f'DROP TRIGGER "{name}"')
    for name, statement in wanted.items():
        if present.get(name) != statement:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            cursor.execute(statement)


def _on_sqlite(one, event):
    row = "NEW" if event == "INSERT" else "OLD"
    key = f'{row}."{one.model._meta.pk.column}"'
    differs = " OR ".join(f'OLD."{field.column}" IS NOT NEW."{field.column}"' for field in one.own_fields)
    when = f"WHEN {differs} " if event == "UPDATE" else ""
    before = "NULL" if event == "INSERT" else as_json(one, "OLD")
    return (
        f'CREATE TRIGGER "keep_{event.lower()}_{one.table}" AFTER {event} ON "{one.table}" '
        f"{when}BEGIN {INTO} VALUES ('{one.table}', {key}, {row}.\"{one.owner_column}\", {before}); END"
    )


def _set_on_postgresql(cursor, tables):
    wanted = set()
    for one in tables:
        function = f"therapydir_keep_{one.table}"
        cursor.execute(_on_postgresql(one, function))
        for event in one.events:
            name = f"keep_{event.lower()}"
            seen = {
                "INSERT": "REFERENCING NEW TABLE AS new_rows",
                "UPDATE": "REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows",
                "DELETE": "REFERENCING OLD TABLE AS old_rows",
            }[event]
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER {name} AFTER {event} ON "{one.table}" {seen} '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
            wanted.add((one.table, name))
    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE starts_with(tgname, 'keep_')"
    )
    for table, name in set(cursor.fetchall()) - wanted:
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')


def _on_postgresql(one, function):
    key, owner = f'"{one.model._meta.pk.column}"', f'"{one.owner_column}"'
    values = {row: ", ".join(f'{row}."{field.column}"' for field in one.own_fields) for row in "on"}
    from_old = f"'{one.table}', o.{key}, o.{owner}, {as_json(one, 'o')} FROM old_rows o"
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {INTO} SELECT '{one.table}', o.{key}, o.{owner}, NULL FROM new_rows o;
  ELSIF TG_OP = 'DELETE' THEN
    {INTO} SELECT {from_old};
  ELSE
    {INTO} SELECT {from_old} JOIN new_rows n ON n.{key} = o.{key}
      WHERE ROW({values["n"]}) IS DISTINCT FROM ROW({values["o"]});
  END IF;
  RETURN NULL;
END $$
"""
