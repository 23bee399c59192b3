"""The database's own triggers, which keep what a row was before: no way of writing goes past them.

They are set after each `migrate`, beside those that note what changed (`therapydir/derived/triggers.py`).
"""

from django.db import connection

from therapydir.derived.triggers import drop_others_on_postgresql, replace_on_sqlite, set_on_postgresql
from therapydir.history.dates import dated_models, dates_of, is_made_anew, told_by
from therapydir.history.keeping import kept
from therapydir.history.models import Redated, Version
from therapydir.history.rows import as_json

VERSIONS, DATES = Version._meta.db_table, Redated._meta.db_table
VERSION = f'INSERT INTO {VERSIONS} ("table", key, owner, before)'
DATE = f'INSERT INTO {DATES} ("table", key, digests, dates)'
PREFIX = "keep_"


def set_triggers(**kwargs):
    """Set the triggers of every table that is kept, and of those whose rows have dates."""
    present = set(connection.introspection.table_names())
    if not {VERSIONS, DATES} <= present:
        return  # migrated back to before there was one
    tables = [one for one in kept().values() if one.table in present]
    dated = [model for model in dated_models() if model._meta.db_table in present]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _set_on_postgresql(cursor, tables, dated)
        else:
            wanted = dict(_version_on_sqlite(one, event) for one in tables for event in one.events)
            wanted |= dict(_date_on_sqlite(model, event) for model in dated for event in _events(model))
            replace_on_sqlite(cursor, PREFIX, wanted)


def _events(model):
    return ("UPDATE", "DELETE") if is_made_anew(model) else ("UPDATE",)


def _version_on_sqlite(one, event):
    row = "NEW" if event == "INSERT" else "OLD"
    key = f'{row}."{one.model._meta.pk.column}"'
    before = "NULL" if event == "INSERT" else as_json(one, "OLD")
    columns = [field.column for field in one.own_fields]
    values = f"'{one.table}', {key}, {row}.\"{one.owner_column}\", {before}"
    return _on_sqlite(one.table, event, columns, "", f"{VERSION} VALUES ({values})")


def _date_on_sqlite(model, event):
    key = " || ' ' || ".join(f'OLD."{column}"' for column in told_by(model))
    dates = ", ".join(f"'{column}', OLD.\"{column}\"" for column in dates_of(model))
    values = f"'{model._meta.db_table}', {key}, OLD.digests, json_object({dates})"
    return _on_sqlite(model._meta.db_table, event, dates_of(model), "dates_", f"{DATE} VALUES ({values})")


def _on_sqlite(table, event, columns, of, statement):
    """(name, what SQLite remembers) of a trigger that runs a statement where one of the columns changes."""
    name = f"{PREFIX}{of}{event.lower()}_{table}"
    differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    when = f"WHEN {differs} " if event == "UPDATE" else ""
    return name, f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" {when}BEGIN {statement}; END'


def _set_on_postgresql(cursor, tables, dated):
    wanted = set()
    for one in tables:
        function = f"therapydir_keep_{one.table}"
        cursor.execute(_version_on_postgresql(one, function))
        wanted |= {(one.table, f"{PREFIX}{event.lower()}", event, function) for event in one.events}
    for model in dated:
        table = model._meta.db_table
        function = f"therapydir_keep_dates_{table}"
        cursor.execute(_date_on_postgresql(model, function))
        wanted |= {(table, f"{PREFIX}dates_{event.lower()}", event, function) for event in _events(model)}
    for table, name, event, function in wanted:
        set_on_postgresql(cursor, table, name, event, function)
    drop_others_on_postgresql(cursor, PREFIX, {(table, name) for table, name, *_ in wanted})


def _version_on_postgresql(one, function):
    key, owner = f'"{one.model._meta.pk.column}"', f'"{one.owner_column}"'
    columns = [field.column for field in one.own_fields]
    kept_row = f"{VERSION} SELECT '{one.table}', o.{key}, o.{owner}, {as_json(one, 'o')} FROM old_rows o"
    added = f"{VERSION} SELECT '{one.table}', n.{key}, n.{owner}, NULL FROM new_rows n"
    return _on_postgresql(function, key, columns, kept_row, added)


def _date_on_postgresql(model, function):
    key = " || ' ' || ".join(f'o."{column}"' for column in told_by(model))
    dates = ", ".join(f"'{column}', o.\"{column}\"" for column in dates_of(model))
    values = f"'{model._meta.db_table}', ({key})::text, o.digests, jsonb_build_object({dates})"
    pk = f'"{model._meta.pk.column}"'
    return _on_postgresql(function, pk, dates_of(model), f"{DATE} SELECT {values} FROM old_rows o", "NULL")


def _on_postgresql(function, key, columns, kept_row, added):
    """A function with a statement for rows as they were, where a column changes, and another for new ones."""
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in "on")
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {added};
  ELSIF TG_OP = 'DELETE' THEN
    {kept_row};
  ELSE
    {kept_row} JOIN new_rows n ON n.{key} = o.{key} WHERE ROW({new}) IS DISTINCT FROM ROW({old});
  END IF;
  RETURN NULL;
END $$
"""
