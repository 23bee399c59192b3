"""Measures how many requests a second the site answers, beside references in the same run.

    .venv/bin/python tests/benchmarks/pages.py

Needs wrk (https://github.com/wg/wrk), and for its references nginx; both are in Debian. Starts a new
site, *bare* (a WSGI function that returns ready bytes, under the same gunicorn settings), an empty
Django view, and nginx with a precompressed file; asks each for the same bytes, in turn, round by
round, and prints medians as ratios to *bare*. All of it stays on this machine, and all processes end
with the script.
"""

import argparse
import getpass
import gzip
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

PAGES = {
    "city": "/locations/california/anaheim/",
    "state": "/locations/california/",
    "directory": "/locations/",
    "explainer": "/articles/occupational-therapy-vs-physical-therapy/",
}
CONNECTIONS, THREADS, WORKERS = 16, 4, 2
GUNICORN = ["-m", "gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket"]
BARE = """
import os
from pathlib import Path
body = Path(os.environ["BODY"]).read_bytes()
headers = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", str(len(body))),
]
def application(environ, start_response):
    start_response("200 OK", headers[:])
    return [body]
def unchanged(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"x"')])
    return []
"""
EMPTY = """
import django
from django.conf import settings
settings.configure(SECRET_KEY="x", ROOT_URLCONF="empty", ALLOWED_HOSTS=["*"], MIDDLEWARE=[])
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("x"))]
application = get_wsgi_application()
"""
NGINX = """
user {user}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes {workers};
events {{ worker_connections 256; }}
http {{
  access_log off; default_type text/html; gzip_static on; sendfile on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


@contextmanager
def running(command, port, **options):
    """A process that listens on a port; ends with the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended before it listened on port {port}.")
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def answer(url, **headers):
    """Status, headers and body of one request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", parts.path or "/", headers=headers)
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return found


def load(url, seconds, **headers):
    """(requests a second, median and 99th percentile in ms) of a server under 16 connections."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if failed := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", output):
        raise SystemExit(f"{url}: {failed[0]}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return rate, *(_milliseconds(output, share) for share in ("50%", "99%"))


def _milliseconds(output, share):
    number, unit = re.search(rf"{share}\s+([\d.]+)(us|ms|s)\b", output).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def misses(site, folder, count=40):
    """The median of milliseconds that a page takes that is not kept, for each kind of page."""
    code = (
        "import django, sys, time; django.setup()\n"
        "from statistics import median\n"
        "from django.core.cache import cache\n"
        "from django.test import Client\n"
        "client = Client(headers={'host': '127.0.0.1'})\n"
        f"for kind, path in {PAGES!r}.items():\n"
        "    times = []\n"
        f"    for _ in range({count}):\n"
        "        cache.clear()\n"
        "        start = time.perf_counter(); client.get(path)\n"
        "        times.append(time.perf_counter() - start)\n"
        "    sys.stdout.write(f'{kind} {median(times) * 1000:.1f}\\n')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=_environment(folder, DJANGO_SETTINGS_MODULE="therapydir.settings"),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in result.stdout.splitlines())


def _environment(folder, **variables):
    return {**os.environ, "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR", **variables}


def _gunicorn(port, module):
    return [sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{port}", module]


def main():
    parser = argparse.ArgumentParser(description="Measure pages beside references.")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (%(default)s)")
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement (%(default)s)")
    parser.add_argument("--first-port", type=int, default=8500, help="of six in a row (%(default)s)")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed: install it (Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        _measure(Path(name), given, stack)


def _measure(folder, given, stack):
    ports = range(given.first_port, given.first_port + 6)
    site_folder = folder / "site"
    variables = {"WEB_CONCURRENCY": str(WORKERS), "WEB_THREADS": str(THREADS)}
    site = stack.enter_context(
        running(
            [sys.executable, "manage.py", "quickstart", "--port", str(ports[0])],
            ports[0],
            cwd=ROOT,
            env=_environment(site_folder, **variables),
        )
    )
    body = folder / "body.gz"
    body.write_bytes(answer(site + PAGES["city"], **{"Accept-Encoding": "gzip"})[2])
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
    references = {}
    for port, module in zip(
        ports[1:], ("bare:application", "bare:unchanged", "empty:application"), strict=False
    ):
        references[module] = stack.enter_context(
            running(_gunicorn(port, module), port, cwd=folder, env={**os.environ, "BODY": str(body)})
        )
    subjects = {
        "bare": (references["bare:application"], {}),
        "bare, answering 304": (references["bare:unchanged"], {}),
        "an empty Django view": (references["empty:application"], {}),
    }
    if nginx := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"):
        www = folder / "www"
        www.mkdir()
        (www / "page.html.gz").write_bytes(body.read_bytes())
        (www / "page.html").write_bytes(gzip.decompress(body.read_bytes()))
        config = folder / "nginx.conf"
        config.write_text(
            NGINX.format(folder=folder, user=getpass.getuser(), workers=WORKERS, port=ports[4]),
            encoding="utf-8",
        )
        stack.enter_context(running([nginx, "-c", str(config)], ports[4]))
        subjects["nginx, a precompressed file"] = (f"http://127.0.0.1:{ports[4]}/page.html", {})
    for kind, path in PAGES.items():
        subjects[f"hit: {kind}"] = (site + path, {})
    tag = answer(site + PAGES["city"])[1]["ETag"]
    subjects["304: city"] = (site + PAGES["city"], {"If-None-Match": tag})
    found = {name: [] for name in subjects}
    for _ in range(given.rounds):
        for name, (url, headers) in subjects.items():
            found[name].append(load(url, given.seconds, **{"Accept-Encoding": "gzip", **headers}))
    _print(found, misses(site, site_folder))


def _print(found, cold):
    say = sys.stdout.write
    medians = {name: [median(values) for values in zip(*rows, strict=True)] for name, rows in found.items()}
    bare = medians["bare"][0]
    say(f"{'':30} {'requests/s':>10} {'to bare':>8} {'50 %':>8} {'99 %':>8}\n")
    for name, (rate, middle, slow) in medians.items():
        say(f"{name:30} {rate:10,.0f} {rate / bare:8.2f} {middle:5.1f} ms {slow:5.1f} ms\n")
    say(f"304 to bare, answering 304: {medians['304: city'][0] / medians['bare, answering 304'][0]:.2f}\n")
    say("A page that is not kept, in Django, median: ")
    say(", ".join(f"{kind} {milliseconds} ms" for kind, milliseconds in cold.items()) + "\n")


if __name__ == "__main__":
    main()
