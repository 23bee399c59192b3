"""The cache in front of Django: what enters it, how long it stays, and who gets what."""

import gzip
import threading
import time
from types import SimpleNamespace

import brotli
import pytest

from therapydir import page_cache
from therapydir.once import VERSION, once_per_version
from therapydir.page_cache import PageCache

PUBLIC = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0, s-maxage=1")]


class Application:
    """Answers each address with its number of calls, or as told."""

    def __init__(self):
        self.calls, self.headers, self.status, self.wait = [], list(PUBLIC), "200 OK", None
        self.versions = []

    def __call__(self, environ, start_response):
        self.calls.append(environ["PATH_INFO"])
        self.versions.append(environ.get(VERSION))
        if self.wait:
            self.wait.wait(5)
        start_response(self.status, [*self.headers, ("X-Call", str(len(self.calls)))])
        return [b"page ", str(len(self.calls)).encode()]


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(time=100.0)
    monkeypatch.setattr(page_cache, "monotonic", lambda: now.time)
    return now


@pytest.fixture
def content():
    """The version of the content, and how often it was looked at."""
    return SimpleNamespace(version=1, looks=0, fails=False)


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def cache(application, content, clock):
    def look():
        content.looks += 1
        if content.fails:
            raise OSError("no database")
        return content.version

    return PageCache(application, look, ["example.org", "other.example"])


def ask(cache, path="/", method="GET", query="", root="", **headers):
    """Status, headers and body of the answer to a request, for a site that begins at `root`."""
    environ = {
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


def test_the_application_is_told_the_version_of_the_content(cache, application, content):
    ask(cache)
    content.version = 2
    ask(cache, "/search/", query="q=a", cookie="sessionid=abc")
    assert application.versions == [1, 2]


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


def test_a_page_is_made_again_when_the_content_changed_but_a_second_may_pass(cache, content, clock):
    ask(cache)
    content.version = 2
    clock.time += 0.9
    assert ask(cache)[2] == b"page 1"
    clock.time += 0.1
    assert ask(cache)[2] == b"page 2"


def test_the_version_is_looked_at_once_a_second_and_at_once_for_an_editor(cache, content, clock):
    for _ in range(10):
        ask(cache)
    assert content.looks == 1
    content.version = 2
    assert ask(cache, cookie="a=b")[2] == b"page 1"
    assert ask(cache, cookie="a=b; sessionid=abc")[2] == b"page 2"
    assert ask(cache)[2] == b"page 2"
    assert content.looks == 2


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


def test_head_has_the_headers_of_get_and_no_body(cache):
    get, head = ask(cache), ask(cache, method="HEAD")
    assert head[:2] == get[:2]
    assert head[2] == b""


@pytest.mark.parametrize(
    "request_",
    [{"method": "POST"}, {"query": "q=x"}, {"method": "HEAD", "query": "q=x"}, {"method": "OPTIONS"}],
)
def test_other_requests_go_through(cache, application, content, request_):
    for _ in range(2):
        ask(cache, **request_)
    assert len(application.calls) == 2
    assert content.looks <= 1


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
def test_what_is_not_the_same_for_everybody_never_enters(cache, application, content, status, headers):
    application.status, application.headers = status, headers
    for call in (1, 2, 3):
        answer = ask(cache, accept_encoding="gzip")
        assert answer[0] == int(status[:3])
        assert answer[1]["X-Call"] == str(call)
        assert answer[2] == f"page {call}".encode()
    assert content.looks == 1  # nothing is looked at for an address that is known not to be public
    application.status, application.headers = "200 OK", list(PUBLIC)
    ask(cache)
    assert ask(cache)[2] == ask(cache)[2]  # until it is


def test_schemes_and_hosts_are_kept_apart(cache, application):
    for _ in range(2):
        ask(cache)
        ask(cache, host="other.example")
    assert len(application.calls) == 2
    behind = PageCache(application, lambda: 1, ["example.org"], scheme_header="HTTP_X_FORWARDED_PROTO")
    for _ in range(2):
        ask(behind, x_forwarded_proto="http")
        ask(behind, x_forwarded_proto="https")
    assert len(application.calls) == 4


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


def test_memory_is_bounded_and_what_was_not_asked_for_longest_goes_first(application, content, clock):
    cache = PageCache(application, lambda: 1, ["example.org"], most_bytes=3 * 4200)
    for path in ("/a/", "/b/", "/c/", "/a/", "/d/"):
        ask(cache, path)
    assert application.calls == ["/a/", "/b/", "/c/", "/d/"]
    ask(cache, "/a/")
    ask(cache, "/b/")
    assert application.calls == ["/a/", "/b/", "/c/", "/d/", "/b/"]
    assert cache._bytes == sum(page.size for page in cache._pages.values()) <= 3 * 4200


def test_pages_are_served_while_the_version_cannot_be_read(cache, content, clock, caplog):
    ask(cache)
    content.fails = True
    clock.time += 5
    assert ask(cache)[2] == b"page 1"
    assert "served as kept" in caplog.text
    looks = content.looks
    clock.time += page_cache.LOOK_AGAIN - 0.5
    assert ask(cache)[2] == b"page 1"
    assert content.looks == looks  # not again and again
    content.fails, content.version = False, 2
    clock.time += 1
    assert ask(cache)[2] == b"page 2"


def test_nobody_waits_long_for_a_look_that_hangs(cache, content, clock, monkeypatch):
    ask(cache)
    monkeypatch.setattr(page_cache, "LOOK_EVERY", 0.05)
    clock.time += 5
    with cache._look_lock:  # as while another thread looks
        assert ask(cache)[2] == b"page 1"


def test_nothing_is_kept_before_the_version_could_be_read(cache, content, application):
    content.fails = True
    assert [ask(cache)[2] for _ in range(2)] == [b"page 1", b"page 2"]
    assert not cache._pages


def test_a_failure_of_the_application_leaves_nobody_waiting(cache, application):
    application.headers = None
    for _ in range(2):
        with pytest.raises(TypeError):
            ask(cache)
    application.headers = list(PUBLIC)
    assert ask(cache)[0] == 200
