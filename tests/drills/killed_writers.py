"""A thousand writes of every kind by processes that are killed in between: all is in step afterward.

    .venv/bin/python -m tests.drills.killed_writers [--writes 1000] [--database-url URL]

Makes a site, in the named PostgreSQL server's `killed_writers` database or in SQLite. One process after
another writes to it, in ways that take turns (tests/derived/writes.py), and is ended by SIGKILL after a time
by chance. Then `manage.py catch_up` runs, and `--verify` must have nothing to say; a hundredth of that often
in between, too. Prints how many writes there were, and how many processes were killed; the exit status is 1
when something is not in step.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tests.benchmarks.sites import temporary_database

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261126
LONGEST_LIFE = 10.0  # seconds of writing, after which a process is killed
WRITER = """
import random, sys
import django
django.setup()
from django.contrib.auth.models import User
from django.test import Client
from django.test.utils import setup_test_environment
from tests.derived.writes import write
setup_test_environment()
client = Client(headers={"host": "127.0.0.1"})
client.force_login(User.objects.get_or_create(username="editor", is_staff=True, is_superuser=True)[0])
chance, number = random.Random(sys.argv[1]), int(sys.argv[2])
while True:
    print("begun", flush=True)
    write(client, chance, number)
    number += 1
    print("done", flush=True)
"""


def manage(environment, *arguments):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def write_until_killed(environment, chance, number):
    """(writes that were done, whether one was under way when the process was killed)."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(chance.random()), str(number)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    end = threading.Timer(chance.uniform(0, LONGEST_LIFE), writer.kill)
    lines = []
    for line in writer.stdout:
        if not lines:
            end.start()
        lines.append(line.strip())
    end.cancel()
    if writer.wait() != -9:
        raise SystemExit(f"A writer ended by itself, after {len(lines)} lines: seed {SEED}, number {number}.")
    return lines.count("done"), lines[-1:] == ["begun"]


def main():
    parser = argparse.ArgumentParser(description="Kill processes that write, and see that all is in step.")
    parser.add_argument("--writes", type=int, default=1000, help="(%(default)s)")
    parser.add_argument("--database-url", help="a PostgreSQL server, on which a database may be made")
    given = parser.parse_args()
    chance, done, killed, wrong = random.Random(SEED), 0, 0, 0
    with (
        tempfile.TemporaryDirectory() as folder,
        temporary_database(Path(folder), "killed_writers", given.database_url) as url,
    ):
        environment = os.environ | {
            "DATABASE_URL": url,
            "DEBUG": "true",
            "DJANGO_SETTINGS_MODULE": "therapydir.settings",
            "SECRET_KEY": "only to write with, not to be guessed",
            "VAR_DIR": folder,
        }
        for command in ("migrate", "load_fixtures"):
            manage(environment, command, "-v0")
        checked = 0
        while done < given.writes:
            some, was_under_way = write_until_killed(environment, chance, done)
            done, killed = done + some, killed + was_under_way
            if done - checked >= given.writes / 5 or done >= given.writes:
                checked = done
                manage(environment, "catch_up")
                said = manage(environment, "catch_up", "--verify")
                found = said.stdout.splitlines() or ([said.stderr] if said.returncode else [])
                wrong += len(found)
                sys.stdout.writelines(f"{one}\n" for one in found[:20])
                sys.stdout.write(f"{done:,} writes, {killed} of them cut short, not in step: {wrong}\n")
                sys.stdout.flush()
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
