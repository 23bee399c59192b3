"""Watches the version of the content, in a thread of its own, for the requests of a process.

A database that hangs holds that thread and nobody else: requests wait a moment for it, and from then on
not at all, until it answers again.
"""

import logging
import threading
from time import monotonic, sleep

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds, while there are requests, none of which waits for it
OLDEST = 0.25  # seconds; who finds an older one waits for a look
PATIENCE, FIRST_PATIENCE = 0.5, 5  # seconds that a request waits for a look; for the first of the process
LOOK_AGAIN = 0.5  # seconds after a look that failed


class Watch:
    """What `look`, a function that returns the version of the content, last said.

    `is_down` says that it failed, or has not answered for `PATIENCE`, and not yet answered since.
    """

    def __init__(self, look):
        self._look = look
        self._version, self._looked_at = None, float("-inf")  # when the last look that worked began
        self._is_wanted = False
        self._thread = None  # begun with the first request, because it would not survive a fork
        self._changed = threading.Condition()
        self.is_down = False

    def version(self, at_once=False):
        """The version as it was `OLDEST` ago or later, or with `at_once` as it is now.

        While the database is down, the last one that was seen, or None, without waiting.
        """
        now = monotonic()
        age = float("inf") if at_once else now - self._looked_at
        if self.is_down or age < LOOK_EVERY:
            return self._version
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            self._is_wanted = True
            self._changed.notify_all()
            if age > OLDEST:
                patience = FIRST_PATIENCE if self._version is None else PATIENCE
                if not self._changed.wait_for(lambda: self._looked_at >= now or self.is_down, patience):
                    self._note_failure(f"no answer for {patience} s")
        return self._version

    def _watch(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_wanted or self.is_down)
                self._is_wanted = False
            began = monotonic()
            try:
                version = self._look()
            except Exception as error:  # whatever it is, it may be over soon
                with self._changed:
                    self._note_failure(error)
                sleep(LOOK_AGAIN)
                continue
            with self._changed:
                if self.is_down:
                    logger.warning("The database answers again.")
                self._version, self._looked_at, self.is_down = version, began, False
                self._changed.notify_all()

    def _note_failure(self, reason):
        if not self.is_down:
            logger.error(
                "The database does not answer (%s): kept pages are served, all others are refused. "
                "Look at its server, and at DATABASE_URL.",
                str(reason).strip() or type(reason).__name__,
            )
        self.is_down = True
        self._changed.notify_all()
