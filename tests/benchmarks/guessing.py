"""Measures how long a page that is kept takes while 16 clients guess passwords.

    .venv/bin/python tests/benchmarks/guessing.py

Serves a new site with two workers of four threads each. For some seconds each client sends one wrong
password after the other, first all for one account from one address, then each for another account from
another address, which no count of failures slows down. Meanwhile a city's page is asked for again and again.
Prints what the guesses were answered, and the median and the longest time of the page. Ends with 1 if that
was a second or more.
"""

import argparse
import http.client
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.pages import PAGES, THREADS, WORKERS, answer, running, say  # noqa: E402

CLIENTS, LONGEST = 16, 1.0  # seconds
TOKEN = "a" * 32  # a CSRF cookie is whatever the client says, as long as the form says the same
number = count()


def main():
    parser = argparse.ArgumentParser(description="Measure a kept page while passwords are guessed.")
    parser.add_argument("--seconds", type=int, default=15, help="(%(default)s)")
    parser.add_argument("--port", type=int, default=8510, help="(%(default)s)")
    parser.add_argument("--database-url", default="", help="of an empty database, instead of SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "DATABASE_URL": given.database_url,
            "LOG_LEVEL": "ERROR",
            "TRUST_X_FORWARDED_FOR": "1",
            "WEB_CONCURRENCY": str(WORKERS),
            "WEB_THREADS": str(THREADS),
        }
        serve = [sys.executable, "manage.py", "quickstart", "--port", str(given.port)]
        with running(serve, given.port, cwd=ROOT, env=environment):
            site = f"http://127.0.0.1:{given.port}"
            found = [measure(site, given, is_spread) for is_spread in (False, True)]
    return int(max(found) >= LONGEST)


def measure(site, given, is_spread):
    """The longest that the page took, in seconds."""
    for _ in range(20):
        answer(site + PAGES["city"])  # kept by each worker from now on
    ends, answers, times = threading.Event(), Counter(), []
    clients = [
        threading.Thread(target=guess_until, args=(ends, given.port, is_spread, answers))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    until = time.monotonic() + given.seconds
    while time.monotonic() < until:
        began = time.monotonic()
        answer(site + PAGES["city"])
        times.append(time.monotonic() - began)
        time.sleep(0.02)
    ends.set()
    for client in clients:
        client.join()
    say("each guess from another address:\n" if is_spread else "all guesses from one address:\n")
    say(f"  guesses: {', '.join(f'{many:,} × {status}' for status, many in sorted(answers.items()))}\n")
    say(f"  the page: {median(times) * 1000:.0f} ms in the median, {max(times) * 1000:.0f} at most\n")
    return max(times)


def guess_until(ends, port, is_spread, answers):
    while not ends.is_set():
        mine = next(number) if is_spread else 0
        body = urlencode({"username": f"name{mine}", "password": "wrong", "csrfmiddlewaretoken": TOKEN})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={TOKEN}",
            "X-Forwarded-For": f"198.18.{mine // 256 % 256}.{mine % 256}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", "/admin/login/", body, headers)
            answers[connection.getresponse().status] += 1
        except OSError as error:
            answers[type(error).__name__] += 1
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
