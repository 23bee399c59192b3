"""The whole database as text, to compare one moment with another."""

import json

from django.apps import apps
from django.db import connection

# What tells of the work itself: logs, versions, sessions.
OWN = {
    *("django_admin_log", "django_session", "auth_user", "auth_user_groups"),
    *("therapydir_batch", "therapydir_version", "therapydir_redated", "therapydir_contentchange"),
}
# Tables of which an undo makes rows anew.
MADE_ANEW = {
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.model_name in {"neighbor", "placename", "county", "citylist", "listpage", "misspelling"}
}


def everything(made_anew=()):
    """{table: its rows as sorted texts}, but for what tells of the work itself.

    Of tables that are `made_anew`, without the numbers that rows get by that.
    """
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in OWN:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            left_out = {"id", "name_id"} if table in made_anew else set()
            places = [n for n, column in enumerate(cursor.description) if column[0] not in left_out]
            found[table] = sorted(
                repr([json.dumps(row[n], sort_keys=True, default=str) for n in places])
                for row in cursor.fetchall()
            )
    return found


def differing(one, other):
    return {
        table: (sorted({*one[table]} - {*other[table]})[:3], sorted({*other[table]} - {*one[table]})[:3])
        for table in one
        if one[table] != other[table]
    }
