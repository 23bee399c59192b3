"""docs/nginx.conf and compose.yaml, under a real nginx before a site that repeats what it was told."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

from tests.serving import free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""
SLOW = 20  # connections

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


class Repeats(BaseHTTPRequestHandler):
    """Answers with the headers that it got, one request after the other, as JSON."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(self.path)
        answer = json.dumps({"headers": told, "length": len(body)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *words):
        pass


@pytest.fixture
def site():
    """A site that answers one request at a time."""
    with HTTPServer(("127.0.0.1", 0), Repeats) as server:
        server.requests = []
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def nginx(site, tmp_path):
    """The ports at which nginx listens for http and for https, with the example as its configuration."""
    ports = free_port(), free_port()
    tls = ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem", "-subj", "/CN=localhost"]
    elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(["openssl", "req", "-x509", "-nodes", *elliptic, *tls], check=True, capture_output=True)
    example = (settings.BASE_DIR / "docs" / "nginx.conf").read_text()
    for old, new in {
        "server site:8000;": f"server 127.0.0.1:{site.server_port};",
        "listen 80 ": f"listen 127.0.0.1:{ports[0]} ",
        "listen 443 ": f"listen 127.0.0.1:{ports[1]} ",
        "/etc/nginx/tls/": f"{tmp_path}/",
    }.items():
        assert old in example
        example = example.replace(old, new)
    (tmp_path / "site.conf").write_text(example)
    around = AROUND.format(folder=tmp_path)
    (tmp_path / "nginx.conf").write_text(f"user root;{around}" if os.getuid() == 0 else around)
    process = subprocess.Popen([NGINX, "-e", "stderr", "-c", tmp_path / "nginx.conf"])
    try:
        for _ in range(100):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", ports[0])) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.05)
        yield ports
    finally:
        process.terminate()
        process.wait(10)


def ask(connection, method="GET", path="/", body=None, **headers):
    """(status, the answer) of one request."""
    with closing(connection):
        connection.request(method, path, body, {"Host": "www.Example.org", **headers})
        response = connection.getresponse()
        answer = response.read()
    return response.status, json.loads(answer) if response.status == 200 else answer


def https(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, timeout=10, context=context)


@needs_nginx
def test_the_site_is_told_what_nginx_saw_and_not_what_the_client_wrote(nginx):
    forged = {
        "X-Forwarded-For": "192.0.2.66",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=192.0.2.66;host=evil.example;proto=https",
        "SCRIPT_NAME": "/evil",
    }
    for scheme, connection in (
        ("http", HTTPConnection("127.0.0.1", nginx[0], timeout=10)),
        ("https", https(nginx[1])),
    ):
        status, answer = ask(connection, **forged)
        told = answer["headers"]
        assert status == 200
        assert (told["host"], told["x-forwarded-proto"]) == ("www.example.org", scheme)
        assert told["x-forwarded-for"] == "127.0.0.1"
        assert not {"x-forwarded-host", "forwarded", "script_name"} & set(told)


@needs_nginx
def test_slow_clients_do_not_reach_the_site(nginx, site):
    slow = [socket.create_connection(("127.0.0.1", nginx[0])) for _ in range(SLOW)]
    for number, client in enumerate(slow):
        head = b"POST /slow HTTP/1.1\r\nHost: a.example\r\n"
        client.sendall(head + (b"Content-Length: 100\r\n\r\nhalf a body" if number % 2 else b""))
    # This one comes after them, and the site would answer nobody else while it waits for one of them.
    assert ask(HTTPConnection("127.0.0.1", nginx[0], timeout=10), path="/page")[0] == 200
    assert site.requests == ["/page"]
    for client in slow:
        client.close()


@needs_nginx
def test_a_form_passes_and_what_is_too_large_for_one_does_not(nginx, site):
    http = {"host": "127.0.0.1", "port": nginx[0], "timeout": 10}
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert ask(HTTPConnection(**http), "POST", body=b"x" * largest)[1]["length"] == largest
    assert ask(HTTPConnection(**http), "POST", "/large", body=b"x" * (largest + 2**20))[0] == 413
    assert "/large" not in site.requests


def test_compose_names_what_there_is():
    compose = (settings.BASE_DIR / "compose.yaml").read_text()
    of_site = re.search(r"  environment:\n((?:    [A-Z_]+: .*\n)+)", compose)[1]
    known = set(re.findall(r"^#([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.M))
    assert set(re.findall(r"^    ([A-Z_]+):", of_site, re.M)) <= known
    for path in re.findall(r"- \./(\S+?):/", compose):
        assert (settings.BASE_DIR / path).exists()
    # The name and the port by which nginx finds the site.
    assert re.search(r"^  site:$", compose, re.M)
    assert "PORT=8000" in (settings.BASE_DIR / "Dockerfile").read_text()
    assert "server site:8000;" in (settings.BASE_DIR / "docs" / "nginx.conf").read_text()
