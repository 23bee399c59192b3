"""Sessions whose keys tell, without a look at the database, that this site made them.

`SESSION_ENGINE` names this module. What anyone makes up for a cookie is not such a key, so that a request
with it costs no more than one without.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils.crypto import constant_time_compare, salted_hmac

from therapydir.database.outages import outage_of

LENGTH, SIGNATURE = 32, 12  # characters of a key, and how many of them, at its end, sign the rest
SALT = "therapydir.accounts.sessions"


class SessionStore(DatabaseSessionStore):
    """Sessions in the database, with signed keys. Those that were made before keep theirs."""

    def _get_new_session_key(self):
        beginning = super()._get_new_session_key()[: LENGTH - SIGNATURE]
        return beginning + _signature(beginning)

    def save(self, must_create=False):
        try:
            super().save(must_create)
        except UpdateError as error:
            # Not a session that somebody ended elsewhere, which is what Django takes it for.
            if outage_of(error):
                raise error.__context__ from None
            raise


def has_session(cookies):
    """Whether a `Cookie` header, as it came, carries a session that this site began."""
    if settings.SESSION_COOKIE_NAME not in cookies:
        return False
    found = re.search(rf"(?:^|;)\s*{re.escape(settings.SESSION_COOKIE_NAME)}=([a-z0-9]+)", cookies)
    return bool(found) and _is_signed(found[1])


@lru_cache(maxsize=256)
def _is_signed(key):
    beginning, signature = key[:-SIGNATURE], key[-SIGNATURE:]
    return len(key) == LENGTH and constant_time_compare(signature, _signature(beginning))


def _signature(text):
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()[:SIGNATURE]
