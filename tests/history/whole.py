"""The whole database as text, to compare one moment with another."""

import json

from django.apps import apps
from django.db import connection

# What tells of the work itself: logs, versions, sessions.
OWN = {
    *("django_admin_log", "django_session", "auth_user", "auth_user_groups"),
    *("therapydir_batch", "therapydir_version", "therapydir_redated", "therapydir_contentchange"),
}
# Rows that are made anew, with other numbers of their own.
MADE_ANEW = {
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.model_name in {"neighbor", "placename", "county", "citylist", "listpage", "misspelling"}
}


def everything():
    """{table: its rows as sorted texts}, but for what tells of the work itself."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in OWN:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            kept = [
                n for n, name in enumerate(names) if not (table in MADE_ANEW and name in ("id", "name_id"))
            ]
            found[table] = sorted(
                repr([json.dumps(row[n], sort_keys=True, default=str) for n in kept])
                for row in cursor.fetchall()
            )
    return found


def differing(one, other):
    return {
        table: (sorted({*one[table]} - {*other[table]})[:3], sorted({*other[table]} - {*one[table]})[:3])
        for table in one
        if one[table] != other[table]
    }
