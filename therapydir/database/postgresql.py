"""Connections to PostgreSQL on which nobody waits for ever.

A server that was stopped, or cut off, neither answers nor closes a connection, and its own time-outs do
not run. So the client looks at the clock.
"""

import select
from contextlib import contextmanager
from threading import local

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus

_patience = local()


@contextmanager
def at_most(seconds):
    """In this thread and block, each wait for the database is ended after so many seconds."""
    before = getattr(_patience, "seconds", None)
    _patience.seconds = seconds
    try:
        yield
    finally:
        _patience.seconds = before


class ImpatientConnection(psycopg.Connection):
    """A connection that is closed, with an `OperationalError`, when an answer takes longer than `at_most`."""

    @classmethod
    def connect(cls, *args, **kwargs):
        connection = super().connect(*args, **kwargs)
        # What nobody waits for any more, the server stops working on.
        connection.execute("SET client_connection_check_interval = '500ms'")
        return connection

    def wait(self, gen, *args, timeout=None, **kwargs):
        seconds = getattr(_patience, "seconds", None)
        try:
            return super().wait(gen, *args, timeout=timeout if seconds is None else seconds, **kwargs)
        except psycopg.OperationalError as error:
            if seconds is None or self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise  # not for want of an answer
            self.pgconn.finish()  # whatever it still sends would be taken for another answer
            raise psycopg.OperationalError(
                f"The database did not answer within {seconds} seconds."
            ) from error


def require_open(connection):
    """Raise an `OperationalError` for a pooled connection that the server closed, without asking it."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):  # a server says nothing by itself, but for that it goes
        connection.pgconn.consume_input()
        if connection.pgconn.status != ConnStatus.OK or poll.poll(0):
            connection.close()
            raise psycopg.OperationalError("The server closed the connection.")
