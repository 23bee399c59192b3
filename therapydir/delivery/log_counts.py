"""What anybody can cause, as often as they like, is logged once a minute, with how often it was meanwhile."""

import logging
import threading
from time import monotonic

EVERY = 60  # seconds between two lines of one kind
# What a request alone brings about: hosts, addresses and forms that somebody made up.
CAUSED_BY_ANYBODY = ("django.security", "django.request", "gunicorn.error")
OUTAGE = 503  # which each request meets anew
LONGEST = 200  # characters of such a line


class CountedFilter(logging.Filter):
    """Lets the first line of a kind pass, without its traceback, and then one a minute with the count."""

    def __init__(self):
        super().__init__()
        self._seen, self._lock = {}, threading.Lock()  # when a kind was last logged, and how often since

    @staticmethod
    def _is_worth_each_line(record):
        if record.name.startswith("gunicorn"):  # warnings are of requests that are none
            return record.levelno != logging.WARNING
        status = getattr(record, "status_code", 500)
        is_fault = record.levelno >= logging.ERROR and status >= 500 and status != OUTAGE
        return is_fault and "security" not in record.name

    def filter(self, record):
        if not record.name.startswith(CAUSED_BY_ANYBODY) or self._is_worth_each_line(record):
            return True
        kind, now = (record.name, record.levelno, getattr(record, "status_code", None)), monotonic()
        with self._lock:
            logged_at, count = self._seen.get(kind, (float("-inf"), 0))
            passes = now - logged_at >= EVERY
            self._seen[kind] = (now, 0) if passes else (logged_at, count + 1)
        if not passes:
            return False
        words = "".join(letter if letter.isprintable() else "?" for letter in record.getMessage())[:LONGEST]
        record.msg = f"{words} ({count:,} more like it before)" if count else words
        record.args, record.exc_info, record.exc_text = (), None, None
        return True
