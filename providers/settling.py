"""Which records visitors see, and of which the street: worked out from all records, by the database."""

from django.db import connection

from providers.models import Provider
from therapydir.derived.models import Noted

TABLE = Provider._meta.db_table
NOTED = "'care.shown', 'care.entry'"  # for a record, in `derivations`


def listed(table):
    """The SQL of whether a record `p` of that table is listed.

    One card for each NPI and city: of its places there the first, which is the registry's own if that is
    there.
    """
    return f"""
NOT p.is_hidden AND p.withdrawn_on IS NULL AND p.city_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM {table} AS o WHERE o.npi = p.npi AND o.city_id = p.city_id
  AND o.withdrawn_on IS NULL AND o.place < p.place
)
"""


def street(table):
    """The SQL of whether the street of a record `p` of that table shows.

    Many who practice alone register their homes. So a person's street is shown where somebody else is
    registered at the very same one, and an organization's unless it is an apartment.
    """
    return f"""
p.street <> '' AND CASE WHEN p.is_organization THEN p.street NOT LIKE '%% Apt %%' ELSE EXISTS (
  SELECT 1 FROM {table} AS o WHERE o.zip_code = p.zip_code AND o.street = p.street
  AND o.npi <> p.npi AND o.withdrawn_on IS NULL
) END
"""


SETTLED = (("is_listed", listed(TABLE)), ("shows_street", street(TABLE)))


def settle(npis=None):
    """Bring `is_listed` and `shows_street` in step: for those NPIs and at their addresses, or of all records.

    Writes only what differs.
    """
    wheres, values = {"is_listed": "true", "shows_street": "true"}, {"is_listed": [], "shows_street": []}
    if npis is not None:
        some = sorted(npis)
        if not some:
            return
        marks = ", ".join(["%s"] * len(some))
        wheres["is_listed"] = f"p.npi IN ({marks})"
        wheres["shows_street"] = (
            "(p.zip_code, p.street) IN "
            f"(SELECT n.zip_code, n.street FROM {TABLE} AS n WHERE n.npi IN ({marks}))"
        )
        values = {"is_listed": some, "shows_street": some}
    with connection.cursor() as cursor:
        for column, expression in SETTLED:
            cursor.execute(
                f"UPDATE {TABLE} AS p SET {column} = NOT p.{column} "
                f"WHERE {wheres[column]} AND p.{column} <> ({expression})",
                values[column],
            )
        if npis is None:
            _note_cities(cursor)


def _note_cities(cursor):
    """Note for the city what is noted for each record: of many, all of its pages are less work."""
    noted = Noted._meta.db_table
    cursor.execute(
        f"INSERT INTO {noted} (what, key) SELECT DISTINCT 'care.in_city', p.city_id FROM {noted} AS n "
        f"JOIN {TABLE} AS p ON p.id = n.key WHERE n.what IN ({NOTED}) AND p.city_id IS NOT NULL"
    )
    cursor.execute(f"DELETE FROM {noted} WHERE what IN ({NOTED})")


def unsettled():
    """(primary key, column) of every record that `settle()` would write."""
    with connection.cursor() as cursor:
        for column, expression in SETTLED:
            cursor.execute(f"SELECT p.id FROM {TABLE} AS p WHERE p.{column} <> ({expression})", [])
            for (pk,) in cursor.fetchall():
                yield pk, column
