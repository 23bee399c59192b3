"""Two sites to measure side by side: a new one, and one 30 times as large, each with a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.places import write_files

ROOT = Path(__file__).resolve().parents[2]
SERVE = "--serve-measurements"  # what a script is started with to measure a site


class Site:
    """A site with a database of its own, and a process of the `script` that measures it."""

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
        self.process = None

    def manage(self, *arguments):
        """Run a command of `manage.py`. Returns the seconds that it took."""
        begin = time.perf_counter()
        command = [sys.executable, ROOT / "manage.py", *arguments, "--verbosity=0"]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True)
        return time.perf_counter() - begin

    def ask(self, what):
        if self.process is None:
            command = [sys.executable, self.script, SERVE]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, **pipes)
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


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
def two_sites(script, server_url, places):
    """(small, large, seconds of importing so many invented `places`): two sites, gone afterward."""
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
        small.manage("collectstatic", "--no-input")
        write_files(folder, places)
        files = (str(folder / "places.csv"), f"--zip-codes={folder / 'zips.csv'}")
        yield small, large, large.manage("import_places", *files)


def serve(*functions):
    """In the process of a site: answer one line of JSON for each name of a function."""
    import django

    django.setup()
    by_name = {function.__name__: function for function in functions}
    for line in sys.stdin:
        sys.stdout.write(json.dumps(by_name[line.strip()]()) + "\n")
        sys.stdout.flush()
