"""Takes records into the database: beside the table first, then all of them in one short transaction."""

from contextlib import contextmanager
from datetime import date
from itertools import batched
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from providers.imports.records import COLUMNS
from providers.models import Provider
from providers.settling import settle
from therapydir.derived.models import Noted

TABLE, STAGED, MENTIONED = Provider._meta.db_table, "staged_providers", "mentioned_npis"
BATCH = 2000  # rows
# What a further place of a record has for itself.
PLACE = ("place", "street", "post_city", "state_id", "zip_code", "phone", "city_id", "placed")

NEW = f"NOT EXISTS (SELECT 1 FROM {TABLE} AS p WHERE p.npi = s.npi AND p.place = s.place)"


@contextmanager
def staging():
    """A `Staged` to take records into, which nobody else sees and which ends with this."""
    with connection.cursor() as cursor:
        for table in (STAGED, MENTIONED):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        columns = ", ".join(COLUMNS)
        cursor.execute(f"CREATE TEMPORARY TABLE {STAGED} AS SELECT {columns} FROM {TABLE} WHERE false")
        cursor.execute(f"CREATE TEMPORARY TABLE {MENTIONED} (npi varchar(10) PRIMARY KEY)")
        try:
            yield Staged(cursor)
        finally:
            for table in (STAGED, MENTIONED):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")


class Staged:
    """Records beside the table, in tables of this connection alone."""

    def __init__(self, cursor):
        self._cursor = cursor

    def add(self, records):
        """Add some `Record`s."""
        self._fill(STAGED, COLUMNS, records)

    def mention(self, npis):
        """Remember which NPIs the files have anything to say of."""
        for some in batched(sorted(npis), BATCH):
            self._fill(MENTIONED, ("npi",), [(npi,) for npi in some])

    def _fill(self, table, columns, rows):
        if connection.vendor == "postgresql":
            with self._cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            self._cursor.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(rows)
            )

    def index(self):
        """Make what was added quick to find and to compare."""
        self._cursor.execute(f"CREATE UNIQUE INDEX staged_npi_and_place ON {STAGED} (npi, place)")
        if connection.vendor == "postgresql":
            self._cursor.execute(f"ANALYZE {STAGED}")

    def rename(self, names):
        """Give records the names by which people know them: (name, what it is ordered by, NPI)."""
        self._cursor.executemany(
            f"UPDATE {STAGED} SET legal_name = CASE WHEN legal_name = '' THEN name ELSE legal_name END, "
            "name = %s, sort_name = %s WHERE npi = %s AND name <> %s",
            [(name, sort_name, npi, name) for name, sort_name, npi in names],
        )

    def add_places(self, places):
        """Add further places of records: the values of PLACE, then the NPI."""
        taken = [f"s.{column}" if column not in PLACE else "%s" for column in COLUMNS]
        order = [PLACE.index(column) for column in COLUMNS if column in PLACE]
        self._cursor.executemany(
            f"INSERT INTO {STAGED} ({', '.join(COLUMNS)}) SELECT {', '.join(taken)} FROM {STAGED} AS s "
            "WHERE s.npi = %s AND s.place = ''",
            [[*(values[number] for number in order), values[-1]] for values in places],
        )

    def would_write(self):
        """(how many records what was staged would add, how many it would change)."""
        self._cursor.execute(f"SELECT count(*) FROM {STAGED} AS s WHERE {NEW}")
        (added,) = self._cursor.fetchone()
        self._cursor.execute(f"SELECT count(*) FROM {TABLE} AS p, {STAGED} AS s WHERE {_differing()}")
        return added, self._cursor.fetchone()[0]

    def would_withdraw(self, scope):
        """How many of the records in `scope`, an SQL condition, what was staged no longer has."""
        self._cursor.execute(f"SELECT count(*) FROM {TABLE} AS p WHERE {_vanished(scope)}")
        return self._cursor.fetchone()[0]


class Merged(NamedTuple):
    """How many records were added, changed and withdrawn."""

    added: int
    changed: int
    withdrawn: int = 0


def merge(scope=None, today=None):
    """Make the records those that were staged, in the transaction that runs; `Merged`.

    A record that reads the same is not written. Those in `scope`, an SQL condition on `p`, that were not
    staged are withdrawn; with none, no record is. What editors hid stays hidden, at new places, too.
    """
    last_note = Noted.objects.aggregate(Max("pk"))["pk__max"] or 0
    with connection.cursor() as cursor:
        changed, added = _update(cursor), _insert(cursor)
        withdrawn = _withdraw(cursor, scope, today or date.today()) if scope else 0
    if added or changed or withdrawn:
        settle()  # of all, and each was placed when it was read: what was noted for that just now is done
        Noted.objects.filter(what="care.own", pk__gt=last_note).delete()
    return Merged(added, changed, withdrawn)


def _differing():
    """The SQL of which records read otherwise than what was staged for them."""
    columns = [column for column in COLUMNS if column not in ("npi", "place")]
    mine, theirs = (", ".join(f"{table}.{column}" for column in columns) for table in ("p", "s"))
    return (
        f"p.npi = s.npi AND p.place = s.place "
        f"AND (p.withdrawn_on IS NOT NULL OR ({mine}) IS DISTINCT FROM ({theirs}))"
    )


def _update(cursor):
    columns = [column for column in COLUMNS if column not in ("npi", "place")]
    assignments = ", ".join(f"{column} = s.{column}" for column in columns)
    cursor.execute(
        f"UPDATE {TABLE} AS p SET {assignments}, withdrawn_on = NULL FROM {STAGED} AS s WHERE {_differing()}"
    )
    return cursor.rowcount


def _insert(cursor):
    """Add what is new. Columns that imports do not write begin as a new `Provider` has them."""
    fields = [field for field in Provider._meta.local_concrete_fields if not field.primary_key]
    others = [field for field in fields if field.column not in COLUMNS and field.name != "is_hidden"]
    values = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    names = ", ".join([*COLUMNS, "is_hidden", *(field.column for field in others)])
    hidden = f"EXISTS (SELECT 1 FROM {TABLE} AS h WHERE h.npi = s.npi AND h.is_hidden)"
    marks, theirs = "".join(", %s" for _ in values), ", ".join(f"s.{column}" for column in COLUMNS)
    cursor.execute(
        f"INSERT INTO {TABLE} ({names}) SELECT {theirs}, {hidden}{marks} FROM {STAGED} AS s WHERE {NEW}",
        values,
    )
    return cursor.rowcount


def _withdraw(cursor, scope, today):
    cursor.execute(f"UPDATE {TABLE} AS p SET withdrawn_on = %s WHERE {_vanished(scope)}", [str(today)])
    return cursor.rowcount


def _vanished(scope):
    return (
        f"p.withdrawn_on IS NULL AND ({scope}) AND NOT EXISTS "
        f"(SELECT 1 FROM {STAGED} AS s WHERE s.npi = p.npi AND s.place = p.place)"
    )
