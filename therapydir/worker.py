"""A worker of gunicorn's that gives a thread to whole requests alone.

gunicorn's own gives one to each connection that has sent a byte, and waits there for the rest: a handful
of clients that send one now and then stop a site that no proxy stands before. And the loop that waits for
connections waits two seconds for whoever does not hang up. Here that loop gathers a request, however
slowly it comes, and lets clients hang up, all for a while and beside each other; and what is sent back
is taken within a while, or the connection ends.
"""

import contextlib
import errno
import logging
import re
import selectors
import socket
import time
from collections import deque
from functools import partial

from gunicorn.util import close
from gunicorn.workers.gthread import ThreadWorker

from therapydir.log_counts import CountedFilter

END_OF_HEAD = b"\r\n\r\n"
LONGEST_HEAD, LONGEST_BODY = 2**16, 3 * 2**20  # bytes; Django takes 2.5 MiB of a form
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
REFUSALS = {
    411: b"411 Length Required",
    413: b"413 Content Too Large",
    431: b"431 Request Header Fields Too Large",
}

REFUSAL = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Refused(Exception):
    """A request that is not gathered; its argument is the status to answer with."""


def is_whole(received):
    """Whether these bytes are a whole request, and perhaps more. Raises `Refused`."""
    end = received.find(END_OF_HEAD)
    if end < 0 or end > LONGEST_HEAD:
        if len(received) > LONGEST_HEAD:
            raise Refused(431)
        return False
    head = received[: end + 2]
    if CHUNKED.search(head):  # its end is not known before; browsers do not send such
        raise Refused(411)
    length = CONTENT_LENGTH.search(head)
    body = int(length[1]) if length else 0
    if body > LONGEST_BODY:
        raise Refused(413)
    return len(received) >= end + len(END_OF_HEAD) + body


class GatheringWorker(ThreadWorker):
    """Gathers each request before a thread takes it."""

    seconds_to_send, seconds_to_take = 20, 20  # for a request, and for each part of an answer
    seconds_to_leave = 2

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.leaving = deque()  # connections that wait for the client to hang up
        logging.getLogger("gunicorn.error").addFilter(CountedFilter())

    def enqueue_req(self, conn):
        """Hand a connection to a thread if a request is there, or else wait for the rest of it."""
        conn.close = partial(self._close, conn)
        conn.sock.setblocking(False)
        conn.received = conn.parser.unreader.take_buffered() if conn.parser else b""
        if not self._gather(conn):
            conn.timeout = time.monotonic() + self.seconds_to_send
            self.pending_conns.append(conn)
            callback = partial(self.on_pending_socket_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, callback)

    def on_pending_socket_readable(self, conn, client):
        if self._gather(conn):
            self.poller.unregister(client)
            self.pending_conns.remove(conn)

    def _gather(self, conn):
        """Read what has come. Returns whether the wait is over: a thread has the request, or the end came."""
        try:
            if not is_whole(conn.received):
                data = conn.sock.recv(2**16)
                conn.received += data
                if data and not is_whole(conn.received):
                    return False
                if not data:
                    raise ConnectionResetError
        except BlockingIOError:
            return False
        except (OSError, Refused) as reason:
            self.method_queue.defer(self._end, conn, reason)  # after the loop has let go of the socket
            return True
        conn.data_ready = True
        super().enqueue_req(conn)
        return True

    def _end(self, conn, reason):
        if isinstance(reason, Refused):
            with contextlib.suppress(OSError):  # whoever sent that may be gone
                conn.sock.send(REFUSAL % REFUSALS[reason.args[0]])
        self.nr_conns -= 1
        conn.close()

    def _close(self, conn, graceful=False):
        """End a connection; `graceful` where an answer may still be on its way."""
        try:
            if not graceful:
                raise ConnectionAbortedError
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            close(conn.sock)
            return
        self.nr_conns += 1  # it still is one
        conn.timeout = time.monotonic() + self.seconds_to_leave
        self.leaving.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._see_off, conn))

    def _see_off(self, conn, client=None):
        """Read what nobody wants any more, until the client hangs up or, without `client`, at once."""
        with contextlib.suppress(BlockingIOError):
            try:
                if client and client.recv(2**16):
                    return
            except ConnectionError:
                pass
            self.poller.unregister(conn.sock)
            self.leaving.remove(conn)
            self.nr_conns -= 1
            close(conn.sock)

    def murder_pending(self):
        super().murder_pending()
        while self.leaving and self.leaving[0].timeout <= time.monotonic():
            self._see_off(self.leaving[0])

    def _cap_keepalive(self, deadline):
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:  # who has not sent all of a request yet need not hold up a stop
            conn.timeout = min(conn.timeout, deadline)

    def handle(self, conn):
        conn.init()
        conn.parser.unreader.unread(conn.received)
        conn.received = b""
        return super().handle(conn)

    def handle_request(self, req, conn):
        conn.sock.settimeout(self.seconds_to_take)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as error:  # as if it had gone, which nobody needs to read about
            close(conn.sock)
            raise ConnectionResetError(errno.ECONNRESET, "The client took its answer too slowly.") from error
