"""A worker of gunicorn's that gives a thread to whole requests alone.

gunicorn's own gives one to each connection that has sent a byte, and waits there for the rest: a handful
of clients that send one now and then stop a site that no proxy stands before. And the loop that waits for
connections waits two seconds for whoever does not hang up. Here a thread takes what is there and goes on
to others while that is no whole request, and the loop lets clients hang up beside each other, all for a
while; and what is sent back is taken within a while, or the connection ends.
"""

import contextlib
import errno
import logging
import re
import selectors
import socket
import sys
import time
from collections import deque
from functools import partial
from struct import pack

from gunicorn.util import close
from gunicorn.workers.gthread import ThreadWorker

from therapydir.delivery.log_counts import CountedFilter

END_OF_HEAD = b"\r\n\r\n"
LONGEST_HEAD, LONGEST_BODY = 2**16, 3 * 2**20  # bytes; Django takes 2.5 MiB of a form
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
MOST_HELD = 64 * 2**20  # bytes of requests that are not whole yet, of all connections of a worker
REFUSALS = {
    411: b"411 Length Required",
    413: b"413 Content Too Large",
    431: b"431 Request Header Fields Too Large",
    503: b"503 Service Unavailable",
}

REFUSAL = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

NOT_YET = object()  # what a thread says of a request that is not whole


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


def _refuse(conn, status):
    with contextlib.suppress(OSError):  # whoever sent that may be gone
        conn.sock.send(REFUSAL % REFUSALS[status])


class GatheringWorker(ThreadWorker):
    """Gathers each request before a thread takes it."""

    seconds_to_send, seconds_to_take = 20, 20  # for a request, and for each part of an answer
    seconds_to_leave = 2
    most_held = MOST_HELD

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.leaving = deque()  # connections that wait for the client to hang up
        self.held = 0  # bytes of the connections in `pending_conns`
        logging.getLogger("gunicorn.error").addFilter(CountedFilter())

    @classmethod
    def check_config(cls, cfg, log):
        super().check_config(cfg, log)
        if cfg.is_ssl:  # what comes would be no request before it is deciphered
            sys.exit("TLS is a proxy's work here (docs/nginx.conf): leave out --certfile and --keyfile.")

    def enqueue_req(self, conn):
        if not hasattr(conn, "received"):  # a new one
            conn.received, conn.close = b"", partial(self._close, conn)
            # By the system itself, which costs no call for each request.
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, pack("ll", self.seconds_to_take, 0))
        super().enqueue_req(conn)

    def handle(self, conn):
        """In a thread: serve a request that is there; of one that is not, or not whole, take what is."""
        received = conn.received
        if conn.parser:  # what came with the request before
            received += conn.parser.unreader.take_buffered()
        try:
            if not is_whole(received):
                data = conn.sock.recv(2**16, socket.MSG_DONTWAIT)
                received += data
                if not data:
                    return False
            is_there = is_whole(received)
        except BlockingIOError:
            is_there = False
        except OSError:
            return False
        except Refused as refusal:
            _refuse(conn, refusal.args[0])
            return False
        conn.received = b"" if is_there else received
        if not is_there:
            return NOT_YET
        conn.deadline = None
        conn.init()
        conn.parser.unreader.unread(received)
        conn.data_ready = True
        return super().handle(conn)

    def finish_request(self, conn, fs):
        if fs.cancelled() or fs.exception() or fs.result() is not NOT_YET:
            super().finish_request(conn, fs)
            return
        if self.held + len(conn.received) > self.most_held:
            _refuse(conn, 503)
            self.nr_conns -= 1
            conn.close(graceful=True)
            return
        conn.deadline = getattr(conn, "deadline", None) or time.monotonic() + self.seconds_to_send
        conn.timeout = conn.deadline  # of the whole request, however often a part of it comes
        self.held += len(conn.received)
        self.pending_conns.append(conn)
        callback = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, callback)

    def on_pending_socket_readable(self, conn, client):
        self.held -= len(conn.received)
        super().on_pending_socket_readable(conn, client)

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
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            self.pending_conns.remove(conn)
            self.held -= len(conn.received)
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()
        while self.leaving and self.leaving[0].timeout <= time.monotonic():
            self._see_off(self.leaving[0])

    def _cap_keepalive(self, deadline):
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:  # who has not sent all of a request yet need not hold up a stop
            conn.timeout = min(conn.timeout, deadline)

    def handle_request(self, req, conn):
        try:
            return super().handle_request(req, conn)
        except BlockingIOError as error:  # as if it had gone, which nobody needs to read about
            close(conn.sock)
            raise ConnectionResetError(errno.ECONNRESET, "The client took its answer too slowly.") from error
