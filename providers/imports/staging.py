"""Takes records into the database: beside the table first, then all of them in one short transaction."""

from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from providers.imports.records import COLUMNS
from providers.models import ImportRun, Provider
from providers.settling import listed, settle, street
from therapydir.database.bulk import add_to, room_for_many_rows
from therapydir.derived.models import Noted

TABLE, STAGED, MENTIONED = Provider._meta.db_table, "staged_providers", "mentioned_npis"
VANISHED = "vanished_providers"
KEY = ("npi", "place")
BATCH = 2000  # rows
# What a further place of a record has for itself.
PLACE = ("place", "street", "post_city", "state_id", "zip_code", "phone", "city_id", "placed")
# What is worked out of all records; beside the table of those that were staged, which is nearly the same.
SETTLED = ("is_hidden", "withdrawn_on", "is_listed", "shows_street")
SAME = " AND ".join(f"p.{column} = s.{column}" for column in KEY)
NEW = f"NOT EXISTS (SELECT 1 FROM {TABLE} AS p WHERE {SAME})"
_READ = [column for column in COLUMNS if column not in KEY]
DIFFERING = (
    f"(p.withdrawn_on IS NOT NULL OR ({', '.join(f'p.{column}' for column in _READ)}) "
    f"IS DISTINCT FROM ({', '.join(f's.{column}' for column in _READ)}))"
)


@contextmanager
def staging():
    """A `Staged` to take records into, which nobody else sees and which ends with this."""
    columns = ", ".join((*COLUMNS, *SETTLED))
    with connection.cursor() as cursor, room_for_many_rows():
        _drop(cursor)
        cursor.execute(
            f"CREATE TEMPORARY TABLE {STAGED} AS "
            f"SELECT {columns}, is_hidden AS is_new, is_hidden AS is_changed FROM {TABLE} WHERE false"
        )
        cursor.execute(f"CREATE TEMPORARY TABLE {MENTIONED} (npi varchar(10) PRIMARY KEY)")
        cursor.execute(f"CREATE TEMPORARY TABLE {VANISHED} (id bigint PRIMARY KEY)")
        try:
            yield Staged(cursor)
        finally:
            _drop(cursor)


def _drop(cursor):
    for table in (STAGED, MENTIONED, VANISHED):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


class Staged:
    """Records beside the table, in tables of this connection alone."""

    def __init__(self, cursor):
        self._cursor, self._last_run = cursor, None

    def add(self, records):
        """Add some `Record`s."""
        add_to(STAGED, (*COLUMNS, "is_hidden"), ((*record, False) for record in records))

    def mention(self, npis):
        """Remember which NPIs the files have anything to say of."""
        add_to(MENTIONED, ("npi",), ((npi,) for npi in sorted(npis)))

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
        taken = ["%s" if column in PLACE else f"s.{column}" for column in (*COLUMNS, "is_hidden")]
        order = [PLACE.index(column) for column in COLUMNS if column in PLACE]
        self._cursor.executemany(
            f"INSERT INTO {STAGED} ({', '.join(COLUMNS)}, is_hidden) SELECT {', '.join(taken)} "
            f"FROM {STAGED} AS s WHERE s.npi = %s AND s.place = ''",
            [[*(values[number] for number in order), values[-1]] for values in places],
        )

    def settle(self):
        """Tell who of them will be listed, and whose street shows: little of it is left for `merge()`."""
        self._cursor.execute(f"CREATE INDEX staged_address ON {STAGED} (zip_code, street)")
        self._cursor.execute(
            f"UPDATE {STAGED} AS p SET is_listed = ({listed(STAGED)}), shows_street = ({street(STAGED)})", []
        )

    def compare(self, scope=None):
        """Find out what `merge()` will write, which takes longer than anybody should wait for; `Merged`.

        Records in `scope`, an SQL condition on `p`, that were not staged are to be withdrawn; without, none.
        """
        self._last_run = last_run()
        differs = f"EXISTS (SELECT 1 FROM {TABLE} AS p WHERE {SAME} AND {DIFFERING})"
        self._cursor.execute(f"UPDATE {STAGED} AS s SET is_new = {NEW}, is_changed = {differs}")
        self._cursor.execute(f"DELETE FROM {VANISHED}")
        if scope:
            self._cursor.execute(
                f"INSERT INTO {VANISHED} SELECT p.id FROM {TABLE} AS p WHERE p.withdrawn_on IS NULL "
                f"AND ({scope}) AND NOT EXISTS (SELECT 1 FROM {STAGED} AS s WHERE {SAME})"
            )
        return Merged(
            self._count(f"{STAGED} WHERE is_new"),
            self._count(f"{STAGED} WHERE is_changed"),
            self._count(VANISHED),
        )

    def _count(self, what):
        self._cursor.execute(f"SELECT count(*) FROM {what}")
        return self._cursor.fetchone()[0]

    @property
    def is_outdated(self):
        """Whether another import came between, since it was compared."""
        return self._last_run != last_run()

    def merge(self, today=None):
        """Make the records those that were staged, in the transaction that runs; `Merged`.

        Writes what `compare()` found, and nothing where that is nothing: no page was made in vain then. What
        editors hid stays hidden, at new places, too.
        """
        last_note = Noted.objects.aggregate(Max("pk"))["pk__max"] or 0
        merged = Merged(self._insert(), self._update(), self._withdraw(today or date.today()))
        if any(merged):
            settle()  # of all, and each was placed when it was read: what was noted for that just now is done
            Noted.objects.filter(what="care.own", pk__gt=last_note).delete()
        return merged

    def _update(self):
        columns = [column for column in (*COLUMNS, "withdrawn_on", "shows_street") if column not in KEY]
        same = ", ".join(f"{column} = s.{column}" for column in columns)
        return self._write(
            f"{STAGED} WHERE is_changed",
            f"UPDATE {TABLE} AS p SET {same}, is_listed = s.is_listed AND NOT p.is_hidden "
            f"FROM {STAGED} AS s WHERE s.is_changed AND {SAME}",
        )

    def _insert(self):
        """Add what is new. Columns that imports do not write begin as a new `Provider` has them.

        In the order of lists, so that those of a city lie side by side, and indexes grow at few places.
        """
        fields = [field for field in Provider._meta.local_concrete_fields if not field.primary_key]
        others = [field for field in fields if field.column not in (*COLUMNS, *SETTLED)]
        values = [field.get_db_prep_save(field.get_default(), connection) for field in others]
        own = (*COLUMNS, "withdrawn_on", "is_listed", "shows_street")
        names = ", ".join([*own, "is_hidden", *(field.column for field in others)])
        hidden = f"EXISTS (SELECT 1 FROM {TABLE} AS h WHERE h.npi = s.npi AND h.is_hidden)"
        marks, theirs = "".join(", %s" for _ in values), ", ".join(f"s.{column}" for column in own)
        return self._write(
            f"{STAGED} WHERE is_new",
            f"INSERT INTO {TABLE} ({names}) SELECT {theirs}, {hidden}{marks} FROM {STAGED} AS s "
            f"WHERE s.is_new AND {NEW} "
            "ORDER BY s.city_id, s.kind, s.sort_name",
            values,
        )

    def _withdraw(self, today):
        return self._write(
            VANISHED,
            f"UPDATE {TABLE} SET withdrawn_on = %s, is_listed = false "
            f"WHERE id IN (SELECT id FROM {VANISHED})",
            [str(today)],
        )

    def _write(self, what, statement, values=()):
        """Run a statement if there is anything for it to write; how many rows it wrote."""
        if not self._count(what):
            return 0
        self._cursor.execute(statement, [*values])
        return self._cursor.rowcount


class Merged(NamedTuple):
    """How many records were added, changed and withdrawn."""

    added: int
    changed: int
    withdrawn: int = 0


def last_run():
    return ImportRun.objects.aggregate(Max("pk"))["pk__max"]
