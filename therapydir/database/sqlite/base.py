"""Django's backend for SQLite, but that it opens what is there and makes no file.

SQLite makes an empty file where one is missing, which everybody on the machine may read: a site whose file
was moved away would begin anew without a word. `migrate` alone makes it.
"""

from urllib.parse import quote

from django.db.backends.sqlite3 import base, features


class DatabaseFeatures(features.DatabaseFeatures):
    # Django would open the file to ask, before any command; every SQLite that it takes has been built so.
    supports_json_field = True


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def get_connection_params(self):
        params = super().get_connection_params()
        name = str(params["database"])
        if not self.is_in_memory_db() and not name.startswith("file:"):
            params["database"] = f"file:{quote(name)}?mode=rw"
        return params
