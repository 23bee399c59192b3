"""The site in a process of its own, as an operator starts it."""

import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

MANAGE = settings.BASE_DIR / "manage.py"
TOLD = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}  # how a browser here opens who listens there
SHARED = "TESTS_SHARED"  # the variable with the folder that all processes of a run of the tests share
KEY = "only for tests, and long enough not to be guessed"


def environment(folder, **variables):
    """The environment of a fresh machine whose only folder to write to is that one."""
    inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return {**inherited, "VAR_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **variables}


def manage(folder, *arguments, python=(), **variables):
    return subprocess.run(
        [sys.executable, *python, MANAGE, *arguments],
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def own_database(folder):
    """The URL of an empty database, of the kind under test, that is there for as long as this lasts."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    import psycopg

    parts = {
        key: connection.settings_dict[key.upper()] or None for key in ("user", "password", "host", "port")
    }
    name = f"own_{os.getpid()}"
    server = psycopg.connect(dbname="postgres", autocommit=True, **parts)
    server.execute(f"CREATE DATABASE {name}")
    user = parts["user"] + (f":{parts['password']}" if parts["password"] else "")
    try:
        yield f"postgres://{user}@{parts['host']}:{parts['port']}/{name}"
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


@cache
def prepared():
    """A folder in which `quickstart` has made a site, to be copied: made once for all processes of a run."""
    shared = os.environ.get(SHARED)
    folder = Path(shared or tempfile.mkdtemp(prefix="site-")) / "prepared"
    if not shared:
        atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    with (folder.parent / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "db.sqlite3").exists():
            made = manage(folder, "quickstart", "--no-serve")
            assert made.returncode == 0, made.stderr
            assert "cities 942" in made.stdout
    return folder


@contextmanager
def serving(folder, timeout=30, host="127.0.0.1", **variables):
    """A new site in that folder as a running one, by `quickstart`; yields the address that it tells."""
    not_its_own = ("db.sqlite3", "secret_key") if "DATABASE_URL" in variables else ()
    shutil.copytree(prepared(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*not_its_own))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, MANAGE, "quickstart", "--host", host],
        env=environment(folder, PORT=str(port), **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = f"http://{TOLD.get(host, host)}:{port}"
    try:
        for _ in range(timeout * 10):
            try:
                urlopen(f"{address}/healthz").close()
                break
            except OSError:
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        output = process.communicate(timeout=30)[0]
    assert f"TherapyDir is at {address}/" in output
    assert "createsuperuser" in output
