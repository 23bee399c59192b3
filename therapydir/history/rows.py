"""Rows as versions hold them: {column: value as JSON}, read and put back as the database has them."""

import json
from datetime import UTC, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models

MOST = 500  # rows that are read at once


def as_json(one, row):
    """The SQL that makes a version of a row of a `Kept` table, `row` being its name in the statement."""
    if connection.vendor == "postgresql":
        return f"to_jsonb({row})"
    return f"json_object({', '.join(_pair(field, row) for field in one.all_fields)})"


def _pair(field, row):
    value = f'{row}."{field.column}"'
    if isinstance(field, models.FloatField):  # of which SQLite writes 15 digits into JSON, two too few
        value = f"CASE WHEN {value} IS NOT NULL THEN printf(char(37) || '!.17g', {value}) END"
    return f"'{field.column}', {value}"


def present(one, keys):
    """{primary key: version} of those rows of a `Kept` table that are there."""
    keys, found, key_column = sorted(keys), {}, one.model._meta.pk.column
    with connection.cursor() as cursor:
        for begin in range(0, len(keys), MOST):
            some = keys[begin : begin + MOST]
            cursor.execute(
                f'SELECT t."{key_column}", {as_json(one, "t")} FROM "{one.table}" AS t '
                f'WHERE t."{key_column}" IN ({", ".join(["%s"] * len(some))})',
                some,
            )
            rows = cursor.fetchall()
            found.update((key, json.loads(row) if isinstance(row, str) else row) for key, row in rows)
    return found


def change_back(one, key, before):
    """Write into a row that is there what a version holds, but for what is worked out.

    Columns that the table did not have when the version was made stay.
    """
    columns = [field.column for field in one.own_fields if field.column in before]
    names = ", ".join(f'"{column}"' for column in columns)
    where = f'WHERE "{one.model._meta.pk.column}" = %s'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f'UPDATE "{one.table}" SET ({names}) = (SELECT {names} FROM {_populated(one)}) {where}',
                [json.dumps(before), key],
            )
        else:
            marks = ", ".join(f'"{column}" = %s' for column in columns)
            values = [before[column] for column in columns]
            cursor.execute(f'UPDATE "{one.table}" SET {marks} {where}', [*values, key])


def add_back(one, before):
    """Add a row that is gone as a version holds it, with defaults for columns that are newer."""
    before = {field.column: field.get_default() for field in one.all_fields} | before
    columns = [field.column for field in one.all_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f'INSERT INTO "{one.table}" ({names}) SELECT {names} FROM {_populated(one)}',
                [json.dumps(before)],
            )
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.execute(
                f'INSERT INTO "{one.table}" ({names}) VALUES ({marks})',
                [before[column] for column in columns],
            )


def _populated(one):
    return f'jsonb_populate_record(NULL::"{one.table}", %s::jsonb)'


def as_python(field, value):
    """What a version holds of a field, as Python has it; of a foreign key, the primary key."""
    value = field.to_python(value)
    if isinstance(value, datetime) and value.tzinfo is None:  # SQLite's are in UTC, and do not say so
        return value.replace(tzinfo=UTC)
    return value


def names_of(model, keys):
    """{primary key: what the row calls itself} of those that are there."""
    named = [field.name for field in model._meta.local_concrete_fields if field.is_relation]
    rows = model._base_manager.select_related(*(named or [None]))  # without any, Django takes it for all
    return {key: str(row) for key, row in rows.in_bulk(keys).items()}


def name_of(model, key, before=None):
    """What a row calls itself: as it is, or as it was if it is gone."""
    if name := names_of(model, [key]).get(key):
        return name
    if not before:
        return f"{key}, which is gone"
    fields = [field for field in model._meta.local_concrete_fields if field.column in before]
    try:
        return str(model(**{field.attname: as_python(field, before[field.column]) for field in fields}))
    except ObjectDoesNotExist:  # what it calls itself by is gone, too
        return f"{key}, which is gone"
