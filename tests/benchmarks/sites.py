"""Two sites to measure side by side: a new one, and one 30 times as large, with processes of their own."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.places import write_files

ROOT = Path(__file__).resolve().parents[2]
SERVE = "--serve-measurements"  # what a script is started with to measure a site


class Site:
    """A site with a database of its own, and processes of the `script` that measures it, by name."""

    def __init__(self, folder, database_url, script):
        self.script = script
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "DEBUG": "false",
            "DJANGO_SETTINGS_MODULE": "therapydir.settings",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SECRET_KEY": "only to measure with, not to be guessed",
            "SITE_URL": "http://127.0.0.1",
            "STATIC_ROOT": str(folder / "static"),
            "VAR_DIR": str(folder),
        }
        self.processes = {}

    def manage(self, *arguments):
        """Run a command of `manage.py`. Returns the seconds that it took."""
        begin = time.perf_counter()
        command = [sys.executable, ROOT / "manage.py", *arguments, "--verbosity=0"]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True)
        return time.perf_counter() - begin

    def ask(self, what, *arguments, process="editor"):
        """What the function of that name returns there."""
        if process not in self.processes:
            command = [sys.executable, self.script, SERVE]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            self.processes[process] = subprocess.Popen(command, env=self.environment, cwd=ROOT, **pipes)
        there = self.processes[process]
        there.stdin.write(json.dumps([what, *arguments]) + "\n")
        there.stdin.flush()
        return json.loads(there.stdout.readline())

    def stop(self):
        for process in self.processes.values():
            process.stdin.close()
            process.wait()


class Colleague:
    """Somebody else who saves all the time, and remembers how long that took at most."""

    def __init__(self):
        self._stop, self._thread, self.longest = threading.Event(), None, 0.0

    def begin_saving(self):
        self._stop.clear()
        self.longest = 0.0
        self._thread = threading.Thread(target=self._save)
        self._thread.start()

    def longest_wait(self):
        """Seconds; ends it."""
        self._stop.set()
        self._thread.join()
        return self.longest

    def _save(self):
        from django.db import OperationalError, connection
        from django.db.models import F

        from articles.models import Owner
        from therapydir.derived.catching_up import one_writer_at_a_time, transaction

        begin = time.perf_counter()
        while not self._stop.wait(0.02):
            # SQLite gives up after some seconds: then it is tried again, and the wait goes on.
            with suppress(OperationalError):
                with transaction.atomic():
                    one_writer_at_a_time()
                    Owner.objects.update(contact=F("contact"))
                self.longest, begin = max(self.longest, time.perf_counter() - begin), time.perf_counter()
        connection.close()


@contextmanager
def temporary_database(folder, name, server_url):
    """The URL of a new, empty database, which is gone afterward."""
    if not server_url:
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    import psycopg

    name = f"measured_{name}_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def say(text=""):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def new_sites(script, server_url):
    """(small, large, folder): two new sites, gone afterward, and the folder of what they need."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        small, large = (
            Site(folder, stack.enter_context(temporary_database(folder, name, server_url)), script)
            for name in ("small", "large")
        )
        for site in (small, large):
            stack.callback(site.stop)
            site.manage("migrate")
            site.manage("load_fixtures")
        yield small, large, folder


@contextmanager
def two_sites(script, server_url, places):
    """(small, large, grow): two new sites, gone afterward.

    `grow()` imports so many invented `places` into the large one, and returns the seconds that it took.
    """
    with new_sites(script, server_url) as (small, large, folder):
        small.manage("collectstatic", "--no-input")
        write_files(folder, places)
        files = (str(folder / "places.csv"), f"--zip-codes={folder / 'zips.csv'}")
        yield small, large, partial(large.manage, "import_places", *files)


def serve(*functions):
    """In the process of a site: answer a line of JSON for each call of a function by its name."""
    import django

    django.setup()
    by_name = {function.__name__: function for function in functions}
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(by_name[name](*arguments)) + "\n")
        sys.stdout.flush()
