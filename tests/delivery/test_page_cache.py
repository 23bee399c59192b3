"""The cache in front of Django: what enters it, how long it stays, and who gets what."""

import gzip
import threading
import time
from types import SimpleNamespace

import brotli
import pytest

from therapydir.delivery import page_cache, ready_page
from therapydir.delivery.page_cache import PageCache
from therapydir.derived.per_version import VERSION, once_per_version

PUBLIC = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0, s-maxage=1")]


class Application:
    """Answers each address with its number of calls, or as told."""

    def __init__(self):
        self.calls, self.headers, self.status, self.wait = [], list(PUBLIC), "200 OK", None
        self.versions, self.counts = [], True

    def __call__(self, environ, start_response):
        self.calls.append(environ["PATH_INFO"])
        self.versions.append(environ.get(VERSION))
        if self.wait:
            self.wait.wait(5)
        count = [("X-Call", str(len(self.calls)))] if self.counts else []
        start_response(self.status, [*self.headers, *count])
        return [b"page ", str(len(self.calls)).encode()]


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(time=100.0)
    for module in (page_cache, ready_page):
        monkeypatch.setattr(module, "monotonic", lambda: now.time)
    return now


class Watched:
    """A version of the content, as the test sets it, and whether the database is down."""

    def __init__(self):
        self.content, self.is_down, self.at_once = 1, False, []

    def version(self, at_once=False):
        self.at_once.append(at_once)
        return self.content


@pytest.fixture
def watch():
    return Watched()


@pytest.fixture
def application():
    return Application()


def refuse(environ, start_response):
    start_response("503 Service Unavailable", [("Retry-After", "5")])
    return [b"refused"]


def make_cache(application, watch, **options):
    options = {
        "refuse": refuse,
        "differs": lambda path, query: path == "/admin/" or (path == "/search/" and "q=" in query),
        "is_editing": lambda cookies: "editor" in cookies,
        "free": ["/healthz"],
        **options,
    }
    return PageCache(application, watch, ["example.org", "other.example"], **options)


@pytest.fixture
def cache(application, watch, clock):
    return make_cache(application, watch)


ENVIRON = {
    "RAW_URI": "/",
    "SCRIPT_NAME": "",
    "REQUEST_METHOD": "GET",
    "QUERY_STRING": "",
    "wsgi.url_scheme": "http",
    "HTTP_HOST": "example.org",
}


def ask(cache, path="/", method="GET", query="", root="", raw="", **headers):
    """Status, headers and body of the answer to a request, for a site that begins at `root`.

    `raw` is the path and query as they came, where that is not the usual.
    """
    environ = {
        "RAW_URI": raw or path,
        "SCRIPT_NAME": root,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "example.org",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    started = []
    body = b"".join(cache(environ, lambda *given: started.append(given)))
    [(status, pairs, *_)] = started
    return int(status[:3]), dict(pairs), body


def test_the_application_is_told_the_version_of_the_content(cache, application, watch):
    ask(cache)
    watch.content = 2
    ask(cache, "/search/", query="q=a")
    ask(cache, "/", method="POST")
    assert application.versions == [1, 2, 2]


def test_it_is_told_so_too_at_an_address_that_is_known_not_to_be_public(cache, application):
    application.headers = [("Cache-Control", "private")]
    for _ in range(3):
        ask(cache, "/search/")
    assert application.versions == [1, 1, 1]


def test_work_is_done_once_for_each_version():
    @once_per_version
    def work():
        done.append(len(done) + 1)
        return done[-1]

    done = []
    versions = [{VERSION: 1}, {VERSION: 1}, {VERSION: 2}, {VERSION: 1}, {}, {}]
    assert [work(SimpleNamespace(META=meta)) for meta in versions] == [1, 1, 2, 1, 3, 4]


def test_a_page_is_made_once(cache, application):
    assert ask(cache)[2] == ask(cache)[2] == b"page 1"
    assert ask(cache, "/other/")[2] == b"page 2"
    assert application.calls == ["/", "/other/"]


def test_a_page_is_made_again_when_the_content_changed(cache, watch):
    ask(cache)
    watch.content = 2
    assert ask(cache)[2] == b"page 2"


def test_the_version_is_looked_at_at_once_for_an_editor_alone(cache, watch):
    for cookie in ("", "a=b", "editor"):
        ask(cache, cookie=cookie)
    assert watch.at_once == [False, False, True]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("GZIP;q=1.0", "gzip"),
        ("br;q=x", ""),
        ("br", "br"),
    ],
)
def test_everybody_gets_the_encoding_that_they_accept(cache, accepted, encoding):
    ask(cache)
    for page in cache._pages.values():
        page.settle()
    status, headers, body = ask(cache, accept_encoding=accepted)
    assert status == 200
    assert headers.get("Content-Encoding", "") == encoding
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Length"] == str(len(body))
    assert {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding](body) == b"page 1"


def test_a_page_is_sent_with_brotli_once_it_has_been_the_same_for_some_seconds(cache, clock, application):
    def encoding(accepted="gzip, br"):
        return ask(cache, accept_encoding=accepted)[1].get("Content-Encoding", "")

    assert encoding() == encoding() == "gzip"
    assert encoding("br") == ""
    clock.time += page_cache.SETTLED + 1
    encoding()  # asks for it
    for _ in range(500):
        if encoding() == "br":
            break
        time.sleep(0.01)
    assert encoding() == encoding("br") == "br"
    assert len(application.calls) == 1


def test_an_unchanged_page_is_answered_with_304(cache, application):
    _, headers, _ = ask(cache)
    for tag in (headers["ETag"], f'"x", {headers["ETag"]}', "*"):
        status, unchanged, body = ask(cache, if_none_match=tag)
        assert (status, body) == (304, b"")
        assert unchanged["ETag"] == headers["ETag"]
        assert "s-maxage" in unchanged["Cache-Control"]
        assert "Content-Length" not in unchanged
    assert ask(cache, if_none_match='"other"')[0] == 200
    assert len(application.calls) == 1


def test_a_cold_page_is_made_for_a_conditional_request_or_a_head_too(cache, application):
    _, headers, _ = ask(cache, method="HEAD")
    assert headers["Content-Length"] == "6"
    assert ask(cache, if_none_match=headers["ETag"])[0] == 304
    assert ask(cache)[2] == b"page 1"
    assert len(application.calls) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_head_has_the_headers_of_get_and_no_body(cache, application, kept):
    application.headers = PUBLIC if kept else [("Cache-Control", "private"), ("ETag", '"tag"')]
    application.counts = False
    get, head = ask(cache), ask(cache, method="HEAD")
    assert head[:2] == get[:2]
    assert "ETag" in head[1]
    assert head[2] == b""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("control", ["private", "public, s-maxage=1"])
def test_an_application_may_be_a_generator(watch, method, control):
    def application(environ, start_response):
        start_response("200 OK", [("Cache-Control", control)])
        yield b"one, "
        yield b"two"

    for _ in range(2):
        status, headers, body = ask(make_cache(application, watch), method=method)
        assert (status, headers["Cache-Control"]) == (200, control)
        assert body == (b"one, two" if method == "GET" else b"")


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"path": "/admin/"},
        {"path": "/search/", "query": "q=x"},
        {"path": "/search/", "query": "utm_source=y&q=x"},
        {"path": "/search/", "query": "q=x", "method": "HEAD"},
    ],
)
def test_other_requests_go_through(cache, application, request_):
    for _ in range(2):
        ask(cache, **request_)
    assert len(application.calls) == 2


@pytest.mark.parametrize("query", ["utm_source=x", "fbclid=1&gclid=2", "q=x", "=", "&"])
def test_parameters_that_no_view_reads_make_no_other_page(cache, application, query):
    assert ask(cache, "/about/", query=query)[2] == ask(cache, "/about/")[2] == b"page 1"
    assert ask(cache, "/about/", query=f"{query}&more")[2] == b"page 1"


def test_a_path_with_escapes_is_never_answered_from_what_is_kept(cache, application):
    ask(cache, "/about/")
    assert ask(cache, "/about/", raw="/%61bout/")[2] == b"page 2"
    assert ask(cache, "/about/", raw="/about/?q=%20", query="q=%20")[2] == b"page 1"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", [("Cache-Control", "private, max-age=0")]),
        ("200 OK", [("Cache-Control", "max-age=60, public, immutable")]),
        ("200 OK", []),
        ("200 OK", [*PUBLIC, ("Set-Cookie", "a=b")]),
        ("200 OK", [*PUBLIC, ("Vary", "Cookie")]),
        ("200 OK", [*PUBLIC, ("Vary", "Cookie"), ("Vary", "Accept-Encoding")]),
        ("200 OK", [*PUBLIC, ("Content-Encoding", "gzip")]),
        ("404 Not Found", PUBLIC),
        ("301 Moved Permanently", PUBLIC),
        ("500 Internal Server Error", PUBLIC),
    ],
)
def test_what_is_not_the_same_for_everybody_never_enters(cache, application, status, headers):
    application.status, application.headers = status, headers
    for call in (1, 2, 3):
        answer = ask(cache, accept_encoding="gzip")
        assert answer[0] == int(status[:3])
        assert answer[1]["X-Call"] == str(call)
        assert answer[2] == f"page {call}".encode()
    application.status, application.headers = "200 OK", list(PUBLIC)
    ask(cache)
    assert ask(cache)[2] == ask(cache)[2]  # until it is


def test_schemes_and_hosts_are_kept_apart(cache, application):
    for _ in range(2):
        ask(cache)
        ask(cache, host="other.example")
    assert len(application.calls) == 2


@pytest.mark.parametrize(
    ("sent", "scheme"),
    [
        ("http", "http"),
        ("https", "https"),
        ("https,http", "https"),
        (" https , http", "https"),
        ("http,https", "http"),
        ("HTTPS", "http"),
        ("", "http"),
        ("ftp", "http"),
    ],
)
def test_the_scheme_is_the_first_that_a_proxy_tells_as_django_has_it(application, watch, sent, scheme):
    behind = make_cache(application, watch, scheme_header="HTTP_X_FORWARDED_PROTO")
    bodies = {kind: ask(behind, x_forwarded_proto=kind)[2] for kind in ("http", "https")}
    assert ask(behind, x_forwarded_proto=sent)[2] == bodies[scheme]


def test_a_host_in_capitals_is_the_same_host(cache, application):
    assert ask(cache, host="EXAMPLE.org")[2] == ask(cache)[2] == b"page 1"


def test_a_page_below_another_root_is_neither_kept_nor_taken_from_what_is_kept(cache, application):
    assert ask(cache, root="/evil")[2] == b"page 1"
    assert ask(cache)[2] == ask(cache)[2] == b"page 2"
    assert ask(cache, root="/evil")[2] == b"page 3"


def test_nobody_can_fill_the_cache_with_other_names_or_headers(cache, application):
    for number in range(5):
        ask(cache, host=f"example.org:{number}")
        ask(cache, x_forwarded_proto=f"http{number}")
    assert len(cache._pages) == 1
    assert len(application.calls) == 6


def test_a_stampede_on_a_cold_page_makes_it_once(cache, application):
    application.wait = threading.Event()
    bodies = []
    threads = [threading.Thread(target=lambda: bodies.append(ask(cache)[2])) for _ in range(20)]
    for thread in threads:
        thread.start()
    application.wait.set()
    for thread in threads:
        thread.join()
    assert bodies == [b"page 1"] * 20
    assert application.calls == ["/"]


def test_nobody_waits_for_another_at_an_address_that_is_known_not_to_be_public(cache, application):
    application.status = "404 Not Found"
    application.headers = [("Cache-Control", "no-store")]
    ask(cache, "/none/")
    application.wait = threading.Event()
    threads = [threading.Thread(target=ask, args=[cache, "/none/"]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(1000):
        if len(application.calls) == 4:
            break
        time.sleep(0.001)
    assert len(application.calls) == 4
    application.wait.set()
    for thread in threads:
        thread.join()


def test_memory_is_bounded_and_what_was_not_asked_for_longest_goes_first(application, watch, clock):
    cache = make_cache(application, watch, most_bytes=3 * 4200)
    for path in ("/a/", "/b/", "/c/", "/a/", "/d/"):
        ask(cache, path)
    assert application.calls == ["/a/", "/b/", "/c/", "/d/"]
    ask(cache, "/a/")
    ask(cache, "/b/")
    assert application.calls == ["/a/", "/b/", "/c/", "/d/", "/b/"]
    assert cache._bytes == sum(page.size for page in cache._pages.values()) <= 3 * 4200


def test_while_the_database_is_down_kept_pages_are_served_and_others_refused(cache, application, watch):
    ask(cache, "/kept/")
    watch.is_down = True
    assert ask(cache, "/kept/")[2] == b"page 1"
    for request in ({"path": "/other/"}, {"path": "/search/", "query": "q=x"}, {"method": "POST"}):
        status, headers, body = ask(cache, **request)
        assert (status, headers["Retry-After"], body) == (503, "5", b"refused")
    assert ask(cache, "/healthz")[2] == b"page 2"  # which needs none
    watch.is_down = False
    assert ask(cache, "/other/")[2] == b"page 3"


def test_who_waits_for_a_page_is_refused_when_the_database_goes_meanwhile(cache, application, watch):
    application.wait, application.status = threading.Event(), "500 Internal Server Error"
    maker = threading.Thread(target=lambda: ask(cache))
    maker.start()
    while not application.calls:
        time.sleep(0.001)
    answers = []
    waiter = threading.Thread(target=lambda: answers.append(ask(cache)[0]))
    waiter.start()
    time.sleep(0.05)
    watch.is_down = True
    application.wait.set()
    maker.join()
    waiter.join()
    assert answers == [503]
    assert application.calls == ["/"]


def test_one_thread_alone_settles_pages(cache, clock, monkeypatch):
    started = []
    thread = SimpleNamespace(start=lambda: started.append(1))
    paths = [f"/{number}/" for number in range(20)]
    for path in paths:
        ask(cache, path)
    clock.time += page_cache.SETTLED + 1
    monkeypatch.setattr(page_cache.threading, "Thread", lambda **options: thread)
    for path in paths:
        ask(cache, path)
    assert started == [1]


def test_a_failure_of_the_application_leaves_nobody_waiting(cache, application):
    application.headers = None
    for _ in range(2):
        with pytest.raises(TypeError):
            ask(cache)
    application.headers = list(PUBLIC)
    assert ask(cache)[0] == 200


class Closing:
    """A response that must be closed."""

    def __init__(self, chunks):
        self.chunks, self.is_closed = chunks, False

    def __iter__(self):
        return iter(self.chunks)

    def close(self):
        self.is_closed = True


@pytest.mark.parametrize("headers", [PUBLIC, [("Cache-Control", "no-store")]])
def test_what_the_application_answers_is_closed(watch, headers):
    response = Closing([b"page"])

    def application(environ, start_response):
        start_response("200 OK", list(headers))
        return response

    cache = make_cache(application, watch)
    answer = cache({**ENVIRON, "PATH_INFO": "/"}, lambda *given: None)
    assert b"".join(answer) == b"page"
    if hasattr(answer, "close"):  # as a server does
        answer.close()
    assert response.is_closed
    response.is_closed = False
    ask(make_cache(application, watch), method="HEAD")
    assert response.is_closed


def test_a_page_that_is_made_again_takes_the_room_of_the_one_before(watch, application):
    ask(one := make_cache(application, watch))
    size = one._bytes
    cache = make_cache(application, watch, most_bytes=2 * size + size // 2)  # room for two
    ask(cache, "/other/")
    for content in range(2, 12):
        watch.content = content
        ask(cache, "/")
    watch.content = 1
    before = len(application.calls)
    ask(cache, "/other/")
    assert len(application.calls) == before
