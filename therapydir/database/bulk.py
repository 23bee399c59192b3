"""Writes many rows in few statements, past the ORM, which takes several times as long to put them together.

On SQLite a statement is a savepoint as well, where there are triggers: many rows in one cost a tenth.
"""

from contextlib import contextmanager
from itertools import batched, chain

from django.db import connection

ROWS = 500  # in one statement
ROOM = 64_000  # kB


@contextmanager
def room_for_many_rows():
    """Let SQLite keep more of the database at hand meanwhile, or it reads indexes again for each row."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = -{ROOM}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")


def add_rows(model, names, rows):
    """Add rows, tuples of the values of the fields of those names; the rest is as the fields' defaults say.

    Values are as the database takes them: texts, numbers, None. Returns how many there were.
    """
    fields = [model._meta.get_field(name) for name in names]
    others = [field for field in model._meta.concrete_fields if field not in fields and not field.primary_key]
    same = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    columns = [field.column for field in (*fields, *others)]
    return add_to(model._meta.db_table, columns, (row + same for row in rows))


def add_to(table, columns, rows):
    """Add rows, tuples of the values of those columns, to a table, also to one that no model knows.

    Returns how many there were.
    """
    into = f'"{table}" ({", ".join(f'"{column}"' for column in columns)})'
    if connection.vendor == "postgresql":
        return _copy(rows, into)
    count = 0
    with connection.cursor() as cursor:
        for some in batched(rows, _rows_at_once(len(columns))):
            cursor.execute(f"INSERT INTO {into} {_values(some)}", [*chain.from_iterable(some)])
            count += len(some)
    return count


def change_rows(model, names, rows):
    """Write to rows that are there: tuples of the primary key and the values of the fields of those names."""
    fields = [model._meta.get_field(name) for name in names]
    assignments = ", ".join(f'"{field.column}" = {_typed(field)}' for field in fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    key, table = f'"{model._meta.pk.column}"', f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        for some in batched(rows, _rows_at_once(len(fields) + 1)):
            cursor.execute(
                f"WITH new(row_key, {columns}) AS ({_values(some)}) "
                f"UPDATE {table} SET {assignments} FROM new WHERE {table}.{key} = new.row_key",
                [*chain.from_iterable(some)],
            )


def _typed(field):
    """The new value of a field; PostgreSQL takes a column of nothing but NULL for text."""
    value = f'new."{field.column}"'
    return (
        f"CAST({value} AS {field.cast_db_type(connection)})" if connection.vendor == "postgresql" else value
    )


def _copy(rows, into):
    """The way of PostgreSQL, whose triggers see all rows at once."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def _rows_at_once(width):
    """How many rows of that many values the database takes in one statement."""
    most = connection.features.max_query_params
    return min(ROWS, most // width) if most else ROWS


def _values(rows):
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    return f"VALUES {', '.join([marks] * len(rows))}"
