"""A cache of whole public pages, in front of Django: a WSGI application around another one.

It looks at the method, the address, `Accept-Encoding`, `If-None-Match` and the version of the
content, and lets everything else through. What may enter is decided by the response itself: one
that `Cache-Control` calls public for shared caches (`s-maxage`), and that sets no cookie.

A page is kept compressed and ready to be sent: with gzip at once, and when it has been the same for a
few seconds with brotli, too, which takes its time, by a thread of its own. A page is served as long as
the content has the version that it had before the page was made; the version is looked at once a
second, or for each request of somebody who is logged in, who has perhaps just changed something.
The application is told the version, so that it can keep parts of pages in the same way.
"""

import gzip
import hashlib
import logging
import threading
from collections import OrderedDict
from functools import lru_cache
from queue import SimpleQueue
from time import monotonic

import brotli

from therapydir.once import VERSION

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds
LOOK_AGAIN = 5.0  # seconds after a look that failed
LONGEST_WAIT = 10  # seconds for a page that another thread is making
MOST_NOT_PUBLIC, LONGEST_NOT_PUBLIC = 10_000, 200  # addresses that are remembered as such; characters
GZIP_LEVEL, BROTLI_QUALITY = 6, 10  # a few milliseconds, and a few dozen
SETTLED = 3.0  # seconds after which a page is worth being compressed with brotli
# Headers that are written anew, or that the tag makes needless.
NOT_KEPT = {"content-length", "etag", "vary", "last-modified"}
SENT_WITH_304 = {"cache-control", "etag", "vary"}  # RFC 9110, section 15.4.5; the rest is known there


@lru_cache(maxsize=1024)
def encodings_for(accepted):
    """The encodings that may be sent for an `Accept-Encoding`, the best first; "" is none."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            weights[name.strip()] = float(parameter.partition("=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0
    weight_of = {name: weights.get(name, weights.get("*", 0)) for name in ("br", "gzip")}
    usable = [name for name, weight in weight_of.items() if weight > 0]
    return (*sorted(usable, key=lambda name: -weight_of[name]), "")


def may_enter(status, headers):
    """Whether a response is the same for everybody, and says so."""
    values = {}
    for name, value in headers:
        values[name.lower()] = f"{values.get(name.lower(), '')},{value.lower()}".lstrip(",")
    control = values.get("cache-control", "")
    return (
        status.startswith("200 ")
        and "public" in control
        and "s-maxage" in control
        and "set-cookie" not in values
        and "content-encoding" not in values
        and values.get("vary", "accept-encoding") == "accept-encoding"
    )


class Page:
    """A response, ready to be sent in each encoding: `answers` are (headers, body) by encoding."""

    __slots__ = ("answers", "is_settled", "made_at", "size", "tag", "unchanged", "version")

    def __init__(self, version, headers, body):
        self.version, self.made_at, self.is_settled = version, monotonic(), False
        self.tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        kept = [pair for pair in headers if pair[0].lower() not in NOT_KEPT]
        # Weak, because it is the same for every encoding.
        kept += [("ETag", f"W/{self.tag}"), ("Vary", "Accept-Encoding")]
        self.unchanged = [pair for pair in kept if pair[0].lower() in SENT_WITH_304]
        self.answers = {
            "": _answer(kept, body),
            "gzip": _answer(kept, gzip.compress(body, GZIP_LEVEL, mtime=0), "gzip"),
        }
        # Room for the headers, and for brotli, which takes less than gzip.
        self.size = len(body) + 2 * len(self.answers["gzip"][1][0]) + 4096

    def settle(self):
        """Add the answer with brotli."""
        headers, [body] = self.answers[""]
        headers = [pair for pair in headers if pair[0] != "Content-Length"]
        self.answers["br"] = _answer(headers, brotli.compress(body, quality=BROTLI_QUALITY), "br")


def _answer(headers, body, encoding=""):
    encoded = [("Content-Encoding", encoding)] if encoding else []
    return [*headers, *encoded, ("Content-Length", str(len(body)))], [body]


def _send(page, environ, start_response):
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and (page.tag in known or known == "*"):
        start_response("304 Not Modified", page.unchanged[:])
        return []
    for encoding in encodings_for(environ.get("HTTP_ACCEPT_ENCODING", "")):
        if encoding in page.answers:
            break
    headers, body = page.answers[encoding]
    start_response("200 OK", headers[:])
    return body if environ["REQUEST_METHOD"] == "GET" else []


class PageCache:
    """The WSGI application `application`, with its public pages kept.

    `look` returns the version of the content, any value that differs when it does, but None.
    `hosts` are the values of the Host header for which pages are kept, so that nobody can fill the
    memory with others. `scheme_header`, where a proxy sends one, is the WSGI name of the header that
    tells the scheme. `most_bytes` bounds what is kept; what was not asked for longest goes first.
    """

    def __init__(self, application, look, hosts, scheme_header=None, most_bytes=64 * 2**20):
        self._application, self._look, self._most_bytes = application, look, most_bytes
        self._hosts, self._scheme_header = frozenset(hosts), scheme_header
        self._pages, self._bytes = OrderedDict(), 0
        self._making = {}  # events by key, for pages that a thread is making
        self._not_public = set()  # keys whose last answer could not be kept
        self._settling = None  # the queue of pages that are to be settled
        self._lock, self._look_lock = threading.Lock(), threading.Lock()
        self._version, self._looked_at = None, -LOOK_EVERY

    def __call__(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        host = environ.get("HTTP_HOST")
        # Below another root, every link of a page would be another.
        if method not in ("GET", "HEAD") or host not in self._hosts or environ.get("SCRIPT_NAME"):
            return self._application(environ, start_response)
        scheme = environ.get(self._scheme_header or "wsgi.url_scheme") == "https"
        key = (scheme, host, environ["PATH_INFO"])
        if key in self._not_public:
            return self._let_through(key, environ, start_response)
        version = self._current_version("sessionid=" in environ.get("HTTP_COOKIE", ""))
        if version is None:  # it could not be read yet: what is kept now could never be known to be old
            return self._application(environ, start_response)
        environ[VERSION] = version
        if environ.get("QUERY_STRING"):
            return self._application(environ, start_response)
        page, response = self._kept(key, version), None
        if page is None:
            page, response = self._made(key, version, environ, start_response)
        return response if page is None else _send(page, environ, start_response)

    def _let_through(self, key, environ, start_response):
        """Neither wait for anything nor look at anything; but see whether it could be kept by now."""

        def start(status, headers, *more):
            if may_enter(status, headers):
                self._not_public.discard(key)
            return start_response(status, headers, *more)

        return self._application(environ, start)

    def _current_version(self, at_once):
        """The content's version, as it was less than a second ago, or with `at_once` as it is now."""
        if not at_once and monotonic() - self._looked_at < LOOK_EVERY:
            return self._version
        # The others wait for one look, rather than serve what may be old; but not for one that hangs.
        if not self._look_lock.acquire(timeout=LOOK_EVERY):
            return self._version
        try:
            started = monotonic()
            if at_once or started - self._looked_at >= LOOK_EVERY:
                self._version, self._looked_at = self._look(), started
        except Exception:  # whatever it is, the pages that are kept are better than none
            logger.exception("The version of the content cannot be read: pages are served as kept.")
            self._looked_at = monotonic() - LOOK_EVERY + LOOK_AGAIN
        finally:
            self._look_lock.release()
        return self._version

    def _kept(self, key, version):
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.version != version:
                return None
            self._pages.move_to_end(key)
        if not page.is_settled and monotonic() - page.made_at > SETTLED:
            page.is_settled = True
            self._settle(page)
        return page

    def _settle(self, page):
        if self._settling is None:  # started here, because a thread would not survive a fork
            self._settling = SimpleQueue()
            threading.Thread(target=_settle_each, args=[self._settling], daemon=True).start()
        self._settling.put(page)

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
            return (page, None) if page else (None, self._application(environ, start_response))
        try:
            return self._ask(key, version, environ, start_response)
        finally:
            with self._lock:
                del self._making[key]
            made.set()

    def _ask(self, key, version, environ, start_response):
        answer = []
        response = self._application(
            {**environ, "REQUEST_METHOD": "GET"}, lambda *given: answer.append(given)
        )
        status, headers = answer[0][:2]
        if not may_enter(status, headers):
            if len(self._not_public) >= MOST_NOT_PUBLIC:
                self._not_public.clear()
            if len(environ["PATH_INFO"]) <= LONGEST_NOT_PUBLIC:
                self._not_public.add(key)
            if environ["REQUEST_METHOD"] == "HEAD":
                _close(response)
                response = []
            start_response(*answer[0])
            return None, response
        try:
            page = Page(version, headers, b"".join(response))
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


def _close(response):
    if hasattr(response, "close"):  # as WSGI has it: lists and the like have nothing to close
        response.close()
