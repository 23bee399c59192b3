"""Measures how many requests a second the site answers, beside references in the same run.

    .venv/bin/python tests/benchmarks/pages.py
    .venv/bin/python tests/benchmarks/pages.py --wagtail
    .venv/bin/python tests/benchmarks/pages.py --age 3600

Needs wrk (https://github.com/wg/wrk), and for some of its references nginx; both are in Debian. Starts
a new site and, under the same gunicorn settings, *bare* (a WSGI function that returns ready bytes) and
Django in three ways, with `--wagtail` a Wagtail site, too, which pip installs for it; then nginx with a
precompressed file, with the exported site, and with a cache before the site. Asks each for the same
page, in turn, round by round, and prints medians of the rounds: requests a second, their ratio to those
of *bare* in the same round, and how long a request takes. Each round opens its connections anew, for now
and then one worker gets nearly all of them; that is why there are many short rounds. With `--age` a second
process of the site is measured beside the first, after so many seconds of mixed traffic: all pages, searches,
redirects and what is not there. Then come the site
at half the load that it carries, what a page costs that is not kept, bytes, and memory. All of it stays
on this machine, and all processes end with the script.
"""

import argparse
import getpass
import gzip
import http.client
import json
import os
import random
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

from tests.benchmarks.references import make_wagtail  # noqa: E402

PAGES = {
    "city": "/locations/california/anaheim/",
    "state": "/locations/california/",
    "directory": "/locations/",
    "explainer": "/articles/occupational-therapy-vs-physical-therapy/",
}
REFERENCES = {
    "an empty Django view": "empty_view",
    "Django's cache of a site": "caching",
    "Django compressing": "compressing",
    "bare, with a page's headers": "bare_with_headers",
    "bare": "bare",  # last, beside what is compared with it
}
OF_GUNICORN = {"Server", "Date", "Connection"}  # headers that it sends itself
WAGTAIL = {"Wagtail in Django's cache": "yes", "Wagtail, not kept": "no"}
FILE, EXPORTED = "nginx, a precompressed file", "nginx, the exported city page"
CDN = "nginx as a CDN before the site"
SITE = "site"  # the folder of its data
CONNECTIONS, THREADS, WORKERS = 16, 4, 2
GUNICORN = ["-m", "gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket"]
NGINX = """
user {user}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes {workers};
events {{ worker_connections 256; }}
http {{
  access_log off; default_type text/html; sendfile on;
  types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; image/png png; }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; gzip_static on; }}
  server {{ listen 127.0.0.1:{export_port}; include {folder}/export/nginx.conf; }}
  proxy_cache_path {folder}/cdn keys_zone=cdn:1m;
  server {{
    listen 127.0.0.1:{cdn_port};
    location / {{
      proxy_pass {site}; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache cdn; proxy_cache_lock on; proxy_cache_background_update on; proxy_cache_revalidate on;
    }}
  }}
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
        yield process
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


def load(url, seconds, pause=0, **headers):
    """(requests a second, median and 99th percentile in ms) of a server under 16 connections.

    `pause` are the milliseconds that each connection waits on average before it asks again.
    """
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    if pause:
        script = Path(tempfile.gettempdir()) / f"pause-{os.getpid()}.lua"
        script.write_text(f"function delay() return math.random(0, {round(2 * pause)}) end")
        command += ["-s", script]
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


def misses(folder, count=40, **variables):
    """{kind of page: (median milliseconds, bytes with gzip)} of pages that are not kept.

    States' maps are, as after an edit of something else.
    """
    code = (
        "import django, gzip, sys, time; django.setup()\n"
        "from statistics import median\n"
        "from django.test import Client\n"
        "client = Client(headers={'host': '127.0.0.1'})\n"
        f"for kind, path in {PAGES!r}.items():\n"
        "    times = []\n"
        f"    for _ in range({count}):\n"
        "        start = time.perf_counter(); response = client.get(path)\n"
        "        times.append(time.perf_counter() - start)\n"
        "    size = len(gzip.compress(response.content, 6))\n"
        "    sys.stdout.write(f'{kind} {median(times) * 1000} {size}\\n')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=_environment(folder, DJANGO_SETTINGS_MODULE="therapydir.settings", **variables),
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split() for line in result.stdout.splitlines())
    return {kind: (float(milliseconds), int(size)) for kind, milliseconds, size in rows}


def _environment(folder, **variables):
    return {**os.environ, "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR", **variables}


@contextmanager
def under_gunicorn(port, application, python=sys.executable, cwd=ROOT, **variables):
    """The address of an application that gunicorn runs."""
    command = [python, *GUNICORN, "--bind", f"127.0.0.1:{port}", application]
    with running(command, port, cwd=cwd, env={**os.environ, **variables}):
        yield f"http://127.0.0.1:{port}"


def main():
    parser = argparse.ArgumentParser(description="Measure pages beside references.")
    parser.add_argument("--rounds", type=int, default=21, help="how often each is measured (%(default)s)")
    parser.add_argument("--seconds", type=int, default=1, help="of each measurement (%(default)s)")
    parser.add_argument("--first-port", type=int, default=8500, help="of thirteen in a row (%(default)s)")
    parser.add_argument(
        "--age", type=int, default=0, help="seconds of traffic, for a process that is not new"
    )
    parser.add_argument("--wagtail", action="store_true", help="measure a Wagtail site, too")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed: install it (Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        _measure(Path(name), given, stack)


def _measure(folder, given, stack):
    ports = iter(range(given.first_port, given.first_port + 13))
    variables = {"WEB_CONCURRENCY": str(WORKERS), "WEB_THREADS": str(THREADS)}
    port = next(ports)
    process = stack.enter_context(
        running(
            [sys.executable, "manage.py", "quickstart", "--port", str(port)],
            port,
            cwd=ROOT,
            env=_environment(folder / SITE, **variables),
        )
    )
    site = f"http://127.0.0.1:{port}"
    aged = _aged(folder, given.age, next(ports), stack, variables) if given.age else None
    _, sent, content = answer(site + PAGES["city"], **{"Accept-Encoding": "gzip"})
    subjects = {}
    if nginx := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"):
        subjects |= _under_nginx(nginx, folder, site, content, ports, stack)
    if given.wagtail:
        subjects |= _wagtail(folder, content, ports, stack)
    subjects |= _references(folder, sent, content, ports, stack)
    for kind, path in PAGES.items():
        subjects[f"hit: {kind}"] = (site + path, {})
    if aged:
        subjects["hit: city, aged"] = (aged + PAGES["city"], {})
    tag = answer(site + PAGES["city"])[1]["ETag"]
    subjects["304: city"] = (site + PAGES["city"], {"If-None-Match": tag})
    found = {name: [] for name in subjects}
    for turn in range(given.rounds):
        order = list(subjects.items())
        for name, (url, headers) in order[:: -1 if turn % 2 else 1]:
            found[name].append(load(url, given.seconds, **{"Accept-Encoding": "gzip", **headers}))
    rate, latency, _ = (median(values) for values in zip(*found["hit: city"], strict=True))
    pause = 1000 * CONNECTIONS / (rate / 2) - latency
    loads = [load(site + PAGES["city"], 2, pause, **{"Accept-Encoding": "gzip"}) for _ in range(5)]
    half = [median(values) for values in zip(*loads, strict=True)]
    _print(found, half)
    _print_pages(site, misses(folder / SITE))
    say("Memory of each worker, in MB: ")
    say(", ".join(f"{size:.0f}" for size in memory_of_workers(process.pid)) + "\n")


def _aged(folder, seconds, port, stack, variables):
    """The address of a second process of the site, after so many seconds of mixed traffic."""
    process = stack.enter_context(
        running(
            [sys.executable, "manage.py", "quickstart", "--port", str(port)],
            port,
            cwd=ROOT,
            env=_environment(folder / "aged", **variables),
        )
    )
    site, chance = f"http://127.0.0.1:{port}", random.Random(seconds)
    pages = [
        urlsplit(path).path
        for section in re.findall(r"<loc>([^<]+)</loc>", answer(f"{site}/sitemap.xml")[2].decode())
        for path in re.findall(r"<loc>([^<]+)</loc>", answer(section)[2].decode())
    ]
    names = [path.split("/")[-2] for path in pages if path.count("/") > 3]
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        odd = [f"/search/?q={chance.choice(names)}", f"/Locations{chance.choice(pages)}", "/nothing/"]
        odd.append(f"/search/suggestions/?q={chance.choice(names)[:4]}")
        for path in [*chance.choices(pages, k=16), *odd]:
            answer(site + path, **{"Accept-Encoding": chance.choice(["br", "gzip", ""])})
            count += 1
    sizes = ", ".join(f"{size:.0f}" for size in memory_of_workers(process.pid))
    say(f"aged by {count:,} requests in {seconds:,} s; its workers take {sizes} MB\n")
    return site


def _under_nginx(nginx, folder, site, content, ports, stack):
    """{subject: (address, headers)} of what nginx serves: a file, the exported site, and the site kept."""
    www = folder / "www"
    www.mkdir()
    (www / "page.html.gz").write_bytes(content)
    (www / "page.html").write_bytes(gzip.decompress(content))
    subprocess.run(
        [sys.executable, "manage.py", "export_site", folder / "export"],
        cwd=ROOT,
        env=_environment(folder / SITE, DEBUG="false"),
        check=True,
    )
    config = folder / "nginx.conf"
    port, export_port, cdn_port = (next(ports) for _ in range(3))
    places = {"folder": folder, "site": site, "user": getpass.getuser(), "workers": WORKERS}
    listening = {"port": port, "export_port": export_port, "cdn_port": cdn_port}
    config.write_text(NGINX.format(**places, **listening), encoding="utf-8")
    stack.enter_context(running([nginx, "-c", str(config)], port))
    return {
        FILE: (f"http://127.0.0.1:{port}/page.html", {}),
        EXPORTED: (f"http://127.0.0.1:{export_port}{PAGES['city']}", {}),
        CDN: (f"http://127.0.0.1:{cdn_port}{PAGES['city']}", {}),
    }


def _wagtail(folder, content, ports, stack):
    """{subject: (address, headers)} of a Wagtail site."""
    python, subjects = make_wagtail(folder, content), {}
    for name, cached in WAGTAIL.items():
        variables = {"DJANGO_SETTINGS_MODULE": "reference.settings.measured", "CACHED": cached}
        served = under_gunicorn(next(ports), "reference.wsgi", python, folder / "project", **variables)
        subjects[name] = (stack.enter_context(served) + "/", {})
    return subjects


def _references(folder, headers, content, ports, stack):
    """{subject: (address, headers)} of the applications in `references.py`."""
    files, subjects = {"BODY": folder / "body.gz", "HEADERS": folder / "headers.json"}, {}
    files["BODY"].write_bytes(content)
    sent = {name: value for name, value in headers.items() if name not in OF_GUNICORN}
    files["HEADERS"].write_text(json.dumps(sent), encoding="utf-8")
    variables = {name: str(path) for name, path in files.items()}
    for name, function in REFERENCES.items():
        application = f"tests.benchmarks.references:{function}()"
        served = under_gunicorn(next(ports), application, **variables)
        subjects[name] = (stack.enter_context(served), {})
    return subjects


def memory_of_workers(pid):
    """The resident megabytes of each child of a process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    pages = (int(Path(f"/proc/{child}/statm").read_text(encoding="utf-8").split()[1]) for child in children)
    return [count * os.sysconf("SC_PAGE_SIZE") / 2**20 for count in pages]


def say(text):
    sys.stdout.write(text)


def _print_pages(site, cold):
    say(f"\n{'not kept: in Django, median':30} {'ms':>6} {'HTML':>9} {'gzip':>7} {'brotli':>7}\n")
    for kind, path in PAGES.items():
        sizes = [len(answer(site + path, **{"Accept-Encoding": how})[2]) for how in ("", "gzip", "br")]
        say(f"{kind:30} {cold[kind][0]:6.1f} {sizes[0]:9,} {sizes[1]:7,} {sizes[2]:7,}\n")


def _print(found, half):
    say(f"{'':30} {'requests/s':>10} {'to bare':>8} {'50 %':>8} {'99 %':>8}\n")
    for name, rows in found.items():
        rate, middle, slow = (median(values) for values in zip(*rows, strict=True))
        say(f"{name:30} {rate:10,.0f} {_ratio(rows, found['bare']):8.2f} {middle:5.1f} ms {slow:5.1f} ms\n")
    if FILE in found:
        say(f"the exported page to any file: {_ratio(found[EXPORTED], found[FILE]):.2f}\n")
    say(f"hit: city, at {half[0]:,.0f} requests/s: 50 % {half[1]:.1f} ms, 99 % {half[2]:.1f} ms\n")


def _ratio(rows, others):
    """The median of the ratios of two subjects' requests a second, round by round."""
    return median(one[0] / other[0] for one, other in zip(rows, others, strict=True))


if __name__ == "__main__":
    main()
