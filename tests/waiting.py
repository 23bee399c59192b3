"""Waiting for what another thread or process does."""

import time

LONGEST = 10  # seconds


def wait_until(condition):
    """Return as soon as it is so. Raises `AssertionError` if it never is."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("It never came to that.")
