"""What visitors get while PostgreSQL is frozen, and after it was restarted: a drill with real processes.

    .venv/bin/python -m tests.drills.frozen_database [seconds frozen]

Twelve visitors ask for kept pages, pages that are not kept, and /healthz. The script freezes every
process of the server (SIGSTOP), lets it go on, and later restarts it. It prints the slowest answer and
the kinds of answers of each phase. Its exit status is 1 if a kept page or /healthz took a second, or
anything was answered with 500.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "therapydir.settings")

from tests.serving import KEY, free_port, serving

KEPT = ["/", "/locations/florida/", "/locations/florida/miami/", "/articles/"]
VISITORS = 12
LONGEST = 1.0  # seconds, for what needs no database


class Server:
    """A PostgreSQL server of its own in a folder."""

    def __init__(self, folder):
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self.folder, self.port = folder, free_port()
        self.as_user = []
        if os.getuid() == 0:  # the server refuses to run as root
            subprocess.run(["chown", "postgres", folder], check=True)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync")

    def _run(self, program, *arguments):
        command = [*self.as_user, self.programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = f"{self.folder}/log"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-l", log, "-w", "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")

    def signal(self, number):
        """Send a signal to every process of the server."""
        main = int(Path(f"{self.folder}/data/postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in [main, *map(int, children)]:
            os.kill(process, number)


@contextmanager
def postgresql():
    """A running server; it is stopped, thawed first, when this ends."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.signal(signal.SIGCONT)
            server.stop()


class Visitors:
    """Threads that go on asking; `phase` names what happens meanwhile."""

    def __init__(self, address):
        self.place, self.phase, self.is_over = urlsplit(address), "before", False
        self.slowest, self.answers = {}, Counter()
        self.threads = [threading.Thread(target=self._visit, args=[number]) for number in range(VISITORS)]

    def _visit(self, number):
        chance = random.Random(number)
        while not self.is_over:
            kind = ["kept", "made", "healthz"][number % 3]
            path = {
                "kept": chance.choice(KEPT),
                "made": f"/search/?q=lake{chance.randrange(10**6)}",
                "healthz": "/healthz",
            }[kind]
            phase, began = self.phase, time.monotonic()
            try:
                connection = HTTPConnection(self.place.hostname, self.place.port, timeout=30)
                connection.request("GET", path)
                status = connection.getresponse().status
                connection.close()
            except OSError as error:
                status = type(error).__name__
            took = time.monotonic() - began
            self.slowest[phase, kind] = max(took, self.slowest.get((phase, kind), 0))
            self.answers[phase, kind, status] += 1
            time.sleep(0.02)

    def wait(self, phase, seconds):
        self.phase = phase
        time.sleep(seconds)


def main(frozen):
    with postgresql() as server, tempfile.TemporaryDirectory() as folder:
        url = f"postgres://postgres@127.0.0.1:{server.port}/postgres"
        with serving(Path(folder), timeout=90, DATABASE_URL=url, SECRET_KEY=KEY) as address:
            visitors = Visitors(address)
            for thread in visitors.threads:
                thread.start()
            visitors.wait("before", 5)
            server.signal(signal.SIGSTOP)
            visitors.wait("frozen", frozen)
            server.signal(signal.SIGCONT)
            visitors.wait("thawed", 4)
            server.stop()
            visitors.wait("stopped", 4)
            server.start()
            visitors.wait("restarted", 4)
            visitors.is_over = True
            for thread in visitors.threads:
                thread.join()
    for phase, kind in visitors.slowest:
        counts = {status: n for (p, k, status), n in visitors.answers.items() if (p, k) == (phase, kind)}
        slowest = visitors.slowest[phase, kind]
        sys.stdout.write(f"{phase:10} {kind:8} slowest {slowest:6.3f} s  answers {counts}\n")
    slow = [time for (_, kind), time in visitors.slowest.items() if kind != "made" and time >= LONGEST]
    failed = [status for *_, status in visitors.answers if status not in (200, 302, 503)]
    return 1 if slow or failed else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10))
