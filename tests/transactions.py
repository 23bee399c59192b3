"""A test is one transaction; on PostgreSQL each transaction notes one change of the content."""

from django.db import connection


def begin_another():
    """From here on it is as if another transaction had begun, whose first change is noted again."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('therapydir.noted', '', true)")
