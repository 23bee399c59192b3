"""A cache of whole public pages, in front of Django: a WSGI application around another one.

It looks at the method, the host, the scheme, the path, those parameters of the query string that the
page's view reads, `Accept-Encoding`, `If-None-Match` and the version of the content, at nothing else, and
lets all other requests through. What may enter is decided by the response itself: one that `Cache-Control`
calls public for shared caches (`s-maxage`), and that sets no cookie.

A page is served as long as the content has the version that it had before the page was made. The
application is told the version, so that it can keep parts of pages in the same way. While the database
does not answer, kept pages are served as they are, and whatever else needs it is refused at once, so that
no thread waits for it.
"""

import logging
import threading
from collections import OrderedDict
from queue import SimpleQueue
from time import monotonic

from therapydir.delivery.ready_page import ReadyPage, may_be_kept
from therapydir.derived.per_version import VERSION

logger = logging.getLogger(__name__)

LONGEST_WAIT = 5  # seconds for a page that another thread is making
MOST_NOT_PUBLIC, LONGEST_NOT_PUBLIC = 10_000, 200  # addresses that are remembered as such; characters
SETTLED = 3.0  # seconds after which a page is worth being compressed with brotli


class PageCache:
    """The WSGI application `application`, with its public pages kept.

    `watch` tells the version of the content, and whether the database `is_down`: see `Watch`.
    `hosts` are the values of the Host header for which pages are kept, in lower case, so that nobody can
    fill the memory with others. `scheme_header`, where a proxy sends one, is the WSGI name of the header
    that tells the scheme. `differs(path, query)` says whether the answer at a path may differ from visitor
    to visitor, or by its query string. `is_editing(cookies)` says whether a `Cookie` header is of somebody
    who may just have changed something. `free` are beginnings of paths that need no database, and `refuse`
    is the WSGI application that answers in its place while it is down. `most_bytes` bounds what is kept;
    what was not asked for longest goes first.
    """

    def __init__(
        self,
        application,
        watch,
        hosts,
        *,
        refuse,
        differs,
        is_editing=lambda cookies: False,
        free=(),
        scheme_header=None,
        most_bytes=64 * 2**20,
    ):
        self._application, self._watch, self._refuse, self._differs = application, watch, refuse, differs
        self._hosts, self._scheme_header, self._free = frozenset(hosts), scheme_header, tuple(free)
        self._is_editing, self._most_bytes = is_editing, most_bytes
        self._pages, self._bytes = OrderedDict(), 0
        self._making = {}  # events by key, for pages that a thread is making
        self._not_public = set()  # keys whose last answer could not be kept
        self._settling = None  # the queue of pages that are to be settled
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "HEAD":  # what GET answers, without its body
            response = self({**environ, "REQUEST_METHOD": "GET"}, start_response)
            next(iter(response), None)  # which has called start_response by then
            _close(response)
            return []
        if environ["PATH_INFO"].startswith(self._free):
            return self._application(environ, start_response)
        version = environ[VERSION] = self._watch.version(self._is_editing(environ.get("HTTP_COOKIE", "")))
        key = self._key(environ)
        page, response = self._kept(key, version), None
        if page is None and self._watch.is_down:
            return self._refuse(environ, start_response)
        if page is None and (key is None or key in self._not_public):
            return self._let_through(key, environ, start_response)
        if page is None:
            page, response = self._made(key, version, environ, start_response)
        return response if page is None else page.send(environ, start_response)

    def _key(self, environ):
        """Whatever the answer depends on, but for the content; None where it is not to be kept."""
        host, path = environ.get("HTTP_HOST", "").lower(), environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or host not in self._hosts:
            return None
        # Below another root every link would be another, and an address that is spelled with escapes is
        # no page's own.
        if environ.get("SCRIPT_NAME") or "%" in environ.get("RAW_URI", "").partition("?")[0]:
            return None
        if self._differs(path, environ.get("QUERY_STRING", "")):
            return None
        scheme = environ.get(self._scheme_header or "wsgi.url_scheme", "")
        return scheme.partition(",")[0].strip() == "https", host, path  # the first, as Django has it

    def _let_through(self, key, environ, start_response):
        """Wait for nobody else's answer; but see whether it could be kept by now."""

        def start(status, headers, *more):
            if may_be_kept(status, headers):
                self._not_public.discard(key)
            return start_response(status, headers, *more)

        return self._application(environ, start)

    def _kept(self, key, version):
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.version != version:
                return None
            self._pages.move_to_end(key)
            is_to_settle = not page.is_settled and monotonic() - page.made_at > SETTLED
            page.is_settled |= is_to_settle
            if is_to_settle and self._settling is None:  # begun here, for a thread would not survive a fork
                self._settling = SimpleQueue()
                threading.Thread(target=_settle_each, args=[self._settling], daemon=True).start()
        if is_to_settle:
            self._settling.put(page)
        return page

    def _made(self, key, version, environ, start_response):
        """(page, None) for one that could be kept, or (None, what the application answered).

        Only one thread makes a page; the others wait for it.
        """
        with self._lock:
            made = self._making.get(key)
            is_first = made is None
            if is_first:
                made = self._making[key] = threading.Event()
        if not is_first:
            made.wait(LONGEST_WAIT)
            page = self._kept(key, version)
            if page is None and self._watch.is_down:
                return None, self._refuse(environ, start_response)
            return (page, None) if page else (None, self._application(environ, start_response))
        try:
            return self._ask(key, version, environ, start_response)
        finally:
            with self._lock:
                del self._making[key]
            made.set()

    def _ask(self, key, version, environ, start_response):
        answer, first = [], []
        response = self._application(environ, lambda *given: answer.append(given))
        chunks = iter(response)
        if not answer:  # a generator, which has not begun yet
            first = [next(chunks, b"")]
        status, headers = answer[-1][:2]
        if not may_be_kept(status, headers):
            if len(self._not_public) >= MOST_NOT_PUBLIC:
                self._not_public.clear()
            if len(environ["PATH_INFO"]) <= LONGEST_NOT_PUBLIC:
                self._not_public.add(key)
            start_response(*answer[-1])
            return None, _resumed(first, chunks, response) if first else response
        try:
            page = ReadyPage(version, headers, b"".join([*first, *chunks]))
        finally:
            _close(response)
        self._keep(key, page)
        return page, None

    def _keep(self, key, page):
        if page.size > self._most_bytes:
            return
        with self._lock:
            before = self._pages.pop(key, None)
            self._pages[key] = page
            self._bytes += page.size - (before.size if before else 0)
            while self._bytes > self._most_bytes and self._pages:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= oldest.size


def _settle_each(pages):
    while True:
        try:
            pages.get().settle()
        except Exception:  # the page stays as it is, and the next one has its turn
            logger.exception("A page could not be compressed with brotli.")


def _resumed(first, chunks, response):
    try:
        yield from first
        yield from chunks
    finally:
        _close(response)


def _close(response):
    if hasattr(response, "close"):  # as WSGI has it: lists and the like have nothing to close
        response.close()
