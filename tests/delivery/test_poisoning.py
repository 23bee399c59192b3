"""Nothing that one visitor sends changes what the next one gets, whichever way it comes.

More of it, as a script: `python -m tests.delivery.test_poisoning 2000` counts the differences.
"""

import os
import socket
import sqlite3
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")  # where it runs as a script

from tests.proxies import INSTALLED, proxy
from tests.serving import serving

EVIL = "evil.example"
HEADERS = [
    # What gunicorn may take from a proxy, and how it may be spelled.
    *[f"{name}: /evil" for name in ("SCRIPT_NAME", "Script_Name", "Script-Name", "X-Script-Name")],
    *[f"{name}: /locations/" for name in ("PATH_INFO", "Path-Info", "X-Path-Info", "RAW_URI", "REQUEST_URI")],
    *[f"{name}: /evil/" for name in ("SCRIPT_URL", "REDIRECT_URL", "X-Original-URL", "X-Rewrite-URL")],
    "X-Forwarded-Prefix: /evil",
    *[f"{name}: {EVIL}" for name in ("X-Forwarded-Host", "X_Forwarded_Host", "X-Host", "X-Forwarded-Server")],
    *[f"{name}: {EVIL}" for name in ("HTTP_HOST", "SERVER_NAME", "Server_Name", "X-HTTP-Host-Override")],
    *[f"X-Forwarded-Proto: {scheme}" for scheme in ("https", "https,http", "http,https", "ftp", "HTTPS", "")],
    *[f"{name}: https" for name in ("X_Forwarded_Proto", "X-Forwarded-Protocol", "X-Forwarded-Scheme")],
    *["X-Forwarded-SSL: on", "Front-End-Https: on", "X-Url-Scheme: https", "HTTPS: on", "wsgi.url_scheme: x"],
    *["X-Forwarded-Port: 444", "SERVER_PORT: 444", "X-Forwarded-For: 6.6.6.6", "X-Real-IP: 6.6.6.6"],
    f"Forwarded: for=6.6.6.6;host={EVIL};proto=https",
    *[
        "REMOTE_USER: owner",
        "REMOTE_ADDR: 6.6.6.6",
        "Authorization: Basic b3duZXI6b3duZXI=",
        "Client-IP: 6.6.6.6",
    ],
    *[f"Cookie: {cookie}" for cookie in ("sessionid=evil", "csrftoken=evil", "messages=evil", "a=b; c=d")],
    *["X-HTTP-Method-Override: POST", "X-Method-Override: HEAD", "X-Requested-With: XMLHttpRequest"],
    *["Accept: application/json", "Accept-Language: tr", "Accept-Charset: utf-16", "Save-Data: on"],
    *["Accept-Encoding: br;q=nan", "Accept-Encoding: gzip, evil", "TE: trailers", "Range: bytes=0-9"],
    *[
        "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
        'If-None-Match: "evil"',
        "If-Match: *",
        "If-Range: x",
    ],
    *["Cache-Control: no-store", "Pragma: no-cache", "Upgrade: h2c", "Connection: Host", "Via: 1.1 evil"],
    *["User-Agent: <script>", f"Referer: https://{EVIL}/", f"Origin: https://{EVIL}", "X-Evil: evil"],
    *["QUERY_STRING: q=evil", "REQUEST_METHOD: POST", "Content-Type: text/evil", "Content-Length: 0"],
]
TARGETS = [
    "http://evil.example{path}",
    "https://evil.example{path}",
    "http://evil.example:444{path}?evil",
    "//evil.example{path}",
    "{path}?evil",
    "{path}?q=<evil>",
    "{path}?utm_source=evil",
    "{path}?utm_source=evil&evil",
    "{path};evil",
    "{path}#evil",
    "/evil{path}",
    "/evil/..{path}",
    "/.{path}",
    "{path}%3Fevil",
    "{path}%00",
    "{path}index.html",
]
METHODS = ["HEAD", "OPTIONS", "POST", "PUT", "TRACE", "get", "PURGE"]
HOSTS = ["127.0.0.1:{port}", "LOCALHOST:{port}", "localhost", "127.0.0.1:{port}.", EVIL, ""]
WAYS = ("gunicorn", *INSTALLED)


def odd_requests():
    """(method, target, host, header lines) of odd requests for a path, each with its placeholders."""
    usual = "127.0.0.1:{port}"
    yield from (("GET", "{path}", usual, [header]) for header in HEADERS)
    yield from (("GET", f"/evil{'{path}'}", usual, [header]) for header in HEADERS[:14])
    yield from (("GET", target, usual, []) for target in TARGETS)
    yield from (
        ("GET", target, usual, ["SCRIPT_NAME: /evil", "X-Forwarded-Proto: https"]) for target in TARGETS
    )
    yield from ((method, "{path}", usual, []) for method in METHODS)
    yield from (("GET", "{path}", host, []) for host in HOSTS)


def answer(port, site_port, path, odd=("GET", "{path}", "127.0.0.1:{port}", ())):
    """What comes back for a request, without what tells the time or who passed it on; None for nothing."""
    method, target, host, headers = odd
    lines = [
        f"{method} {target.format(path=path)} HTTP/1.1",
        f"Host: {host.format(port=site_port)}",
        *headers,
        "Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        try:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        except (ConnectionError, TimeoutError):  # refused rudely, or the connection is kept all the same
            return None
    head, _, body = received.partition(b"\r\n\r\n")
    status, *pairs = head.split(b"\r\n")
    shown = [pair for pair in pairs if not pair.lower().startswith((b"date:", b"server:", b"connection:"))]
    return status.split(b" ")[1:2], sorted(pair.lower() for pair in shown), body


def paths(address):
    """The paths of the pages about cities, which are many, and each of which was not asked for yet."""
    port = urlsplit(address).port
    sitemaps = [f"/sitemap-cities-{state}.xml" for state in ("california", "florida", "new-york")]
    texts = [answer(port, port, path)[2].decode() for path in sitemaps]
    return [
        urlsplit(location.partition("</loc>")[0]).path
        for text in texts
        for location in text.split("<loc>")[1:]
        if location.count("/") > 5
    ]


class Attack:
    """Two sites on the same data and with the same address: one is asked oddly, the other never."""

    def __init__(self, stack, folder):
        self.folder = folder
        self.attacked = stack.enter_context(serving(folder / "site", WEB_CONCURRENCY="1"))
        self.port = urlsplit(self.attacked).port
        clean = {"SITE_URL": self.attacked, "DATABASE_URL": f"sqlite:///{folder}/site/db.sqlite3"}
        self.clean_port = urlsplit(
            stack.enter_context(serving(folder / "clean", WEB_CONCURRENCY="1", **clean))
        ).port
        self.ways = {
            "gunicorn": self.port,
            **{name: stack.enter_context(proxy(name, folder, self.port)) for name in INSTALLED},
        }
        self.paths = paths(self.attacked)
        self.unused, self.expected = iter(self.paths), {}

    def next_path(self):
        """The path of a page that is not kept: nobody asked for it since the content last changed."""
        for path in self.unused:
            return path
        self.begin_anew()
        return next(self.unused)

    def begin_anew(self):
        """Change the content, so that no page is kept any more. They all read as before."""
        with sqlite3.connect(self.folder / "site/db.sqlite3") as database:
            database.execute("UPDATE locations_city SET intro = intro WHERE id = 1")
        database.close()
        time.sleep(1.5)  # longer than a kept version
        self.unused = iter(self.paths)

    def differs(self, way, odd):
        """Whether the next visitor gets another page than where nobody asked oddly."""
        path = self.next_path()
        answer(self.ways[way], self.port, path, odd)
        if path not in self.expected:
            self.expected[path] = answer(self.clean_port, self.port, path)
        assert self.expected[path][0] == [b"200"], path
        return answer(self.port, self.port, path) != self.expected[path]


@pytest.fixture(scope="module")
def attack(tmp_path_factory):
    with ExitStack() as stack:
        yield Attack(stack, tmp_path_factory.mktemp("attack"))


@pytest.mark.parametrize("way", WAYS)
def test_no_odd_request_changes_what_the_next_visitor_gets(attack, way):
    attack.begin_anew()
    differing = [odd for odd in odd_requests() if attack.differs(way, odd)]
    assert differing == []


def main(count):
    """Send so many odd requests in all the ways, and say how many changed something."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        attack = Attack(stack, folder)
        for way in attack.ways:
            odd = islice(cycle(odd_requests()), count)
            different = sum(attack.differs(way, request) for request in odd)
            sys.stdout.write(f"{way}: {count:,} odd requests, {different:,} differences\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
