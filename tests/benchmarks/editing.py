"""Measures the site under full load while an editor saves a city every second.

    .venv/bin/python tests/benchmarks/editing.py

Needs wrk. Asks a new site for some pages in turn, as fast as it answers, for ten minutes: the home page,
the explainer, the directory, the states, and as many cities as given. A save drops all pages that are
kept, so the more there are, the more of them are made anew each second. Meanwhile a process of its own
saves one of those cities every second, as the admin does; a second after each save its page is asked for
until it has most likely heard every worker. Prints requests that failed, pages that were still old, and
the memory of the workers in the first and the last minute. Ends with 1 if anything failed or was old.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # started as a script, Python knows this folder alone

from tests.benchmarks.pages import (  # noqa: E402
    CONNECTIONS,
    PAGES,
    THREADS,
    WORKERS,
    answer,
    memory_of_workers,
    running,
    say,
)

LOOKS = 6  # at a page that was saved: one of two workers is left out in one of 32 times
EDITOR = """
import sys
import django
django.setup()
from locations.models import City
for number, line in enumerate(sys.stdin):
    state, slug = line.split("/")[2:4]
    city = City.objects.select_related("state").get(state__slug=state, slug=slug)
    city.intro = f"Words {number}."
    city.save()
    sys.stdout.write("saved\\n")
    sys.stdout.flush()
"""
IN_TURN = """
local paths = {{{paths}}}
local turn = 0
function init(args) math.randomseed(os.time()); turn = math.random(#paths) end
function request() turn = turn % #paths + 1; return wrk.format("GET", paths[turn]) end
"""


def city_paths(site, count):
    """The addresses of so many cities, from all over the directory."""
    index = answer(f"{site}/locations/")[2].decode()
    paths = sorted(set(re.findall(r'href="(/locations/[^/"]+/[^/"]+/)"', index)))
    return paths[:: max(1, len(paths) // count)][:count]


def main():
    parser = argparse.ArgumentParser(description="Measure the site under load while an editor saves.")
    parser.add_argument("--minutes", type=float, default=10, help="(%(default)s)")
    parser.add_argument("--cities", type=int, default=20, help="(%(default)s)")
    parser.add_argument("--port", type=int, default=8500, help="(%(default)s)")
    parser.add_argument("--database-url", default="", help="of an empty database, instead of SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return measure(Path(name), given)


def measure(folder, given):
    site = f"http://127.0.0.1:{given.port}"
    environment = {
        **os.environ,
        "VAR_DIR": str(folder),
        "DATABASE_URL": given.database_url,
        "DJANGO_SETTINGS_MODULE": "therapydir.settings",
        "LOG_LEVEL": "ERROR",
        "WEB_CONCURRENCY": str(WORKERS),
        "WEB_THREADS": str(THREADS),
    }
    serve = [sys.executable, "manage.py", "quickstart", "--port", str(given.port)]
    with running(serve, given.port, cwd=ROOT, env=environment) as process:
        script = folder / "in_turn.lua"
        cities = city_paths(site, given.cities)
        states = {"/".join([*path.split("/")[:3], ""]) for path in cities}
        paths = ["/", PAGES["explainer"], PAGES["directory"], *states, *cities]
        script.write_text(IN_TURN.format(paths=",".join(f'"{path}"' for path in paths)))
        seconds = round(given.minutes * 60)
        command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script]
        command += ["-H", "Accept-Encoding: gzip", site]
        load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        with subprocess.Popen(
            [sys.executable, "-c", EDITOR],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as editor:
            saves, stale, memory = edit(editor, site, cities, process.pid, load)
            editor.stdin.close()
        output = load.communicate()[0]
    failed = re.findall(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)[1]
    minute = max(1, len(memory) * 60 // max(seconds, 60))
    say(f"{given.minutes:g} minutes, {float(rate):,.0f} requests/s, {saves} saves\n")
    say(f"requests that failed: {'; '.join(failed) or 'none'}\n")
    say(f"pages that were old after a second: {stale or 'none'}\n")
    say(f"memory of the workers: first minute {mean(memory[:minute]):.0f} MB, ")
    say(f"last minute {mean(memory[-minute:]):.0f} MB\n")
    return int(bool(failed or stale))


def edit(editor, site, cities, pid, load):
    """(saves, pages that were still old, memory of all workers in MB each second) while the load lasts."""
    memory, looks = [], []
    with ThreadPoolExecutor() as pool:
        while load.poll() is None:
            began = time.monotonic()
            saves = len(looks)
            path = cities[saves % len(cities)]
            editor.stdin.write(f"{path}\n")
            editor.stdin.flush()
            editor.stdout.readline()
            looks.append(pool.submit(is_old, site + path, f"Words {saves}."))
            memory.append(sum(memory_of_workers(pid)))
            time.sleep(max(0, 1 - (time.monotonic() - began)))
        return len(looks), sum(look.result() for look in looks), memory


def is_old(url, words):
    """Whether a page lacks those words after a second."""
    time.sleep(1)
    return any(words not in answer(url)[2].decode() for _ in range(LOOKS))


if __name__ == "__main__":
    sys.exit(main())
