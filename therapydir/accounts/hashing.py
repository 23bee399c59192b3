"""At most one password at a time is hashed in each process, so that the other threads serve pages.

A hash takes most of a second of a core, on purpose. Whoever comes while another is being worked out is
told so at once, before anything is hashed.
"""

import threading
from contextlib import contextmanager

from django.contrib.auth.hashers import PBKDF2PasswordHasher

LONGEST_WAIT = 10  # seconds, for those who may wait

# Taken again by the thread that has it: a login holds it around hashing.
_hashing = threading.RLock()
_waiting = threading.Lock()  # one thread may wait at most


class Busy(Exception):
    """Another password is being checked in this process: nothing was hashed, and nothing done."""


@contextmanager
def one_at_a_time(may_wait=False):
    """Hold the one place where passwords are hashed. Raises `Busy` when another thread holds it.

    With `may_wait`, wait for it some seconds first, unless another thread waits already.
    """
    if not (_hashing.acquire(blocking=False) or (may_wait and _wait())):
        raise Busy
    try:
        yield
    finally:
        _hashing.release()


def _wait():
    if not _waiting.acquire(blocking=False):
        return False
    try:
        return _hashing.acquire(timeout=LONGEST_WAIT)
    finally:
        _waiting.release()


class OneAtATimeHasher(PBKDF2PasswordHasher):
    """Django's own hashes, one at a time: whatever asks for one, a login or a change of password."""

    def encode(self, password, salt, iterations=None):
        with one_at_a_time():
            return super().encode(password, salt, iterations)
