"""Breaks lines of the code one by one, and counts how often the tests notice.

    .venv/bin/python -m tests.drills.breaking [--count 150] [--seed 13] [--keep FOLDER]

First the tests run once, to see who executes which line (`lines.py`). Then one line after another is broken
in a copy of the project (`faults.py`), spread over all modules. Those tests run that execute the line, of
each file the quickest first, for some 25 seconds of work: in forks of one process where it is within a
function (`forks.py`). Where that line has part in making a new site, they run once more with
a site that was made by it; where it may be one of the server's, those tests run that start processes.

Prints what noticed each fault, and the share. `--keep` names a folder that keeps who executes what (only
tests that changed are asked anew; remove it after a change of the code), which faults were noticed (they are
not tried again after new tests, or after a run that was ended), and a sound site.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.drills.faults import LONGEST, ROOT, broken, chosen, name_of

BUDGET = 25.0  # seconds of work, as much as the tests took when nothing was broken
COPIES = 2
ENOUGH = 0.85
# Tests that start processes of their own, of which `lines.py` does not see what they execute.
OWN_PROCESSES = [
    f"tests/{name}.py"
    for name in (
        *("test_environment", "front/test_quickstart", "delivery/test_slow_clients"),
        *("database/test_outages", "delivery/test_cache_processes", "database/test_backup"),
    )
]
# What looks at how models declare their fields, and so executes none of their lines.
DECLARED = "tests/database/test_migrations.py::test_no_migration_is_missing"
MAKING = "quickstart"  # stands in the map for a test that makes a site
PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-rfE"]
PYTEST += ["-p", "no:randomly", "-p", "no:cacheprovider"]


class Map:
    """Who executes which line, and how long each test takes; kept in a file of lines of JSON."""

    def __init__(self, file):
        self.file = file
        self.seconds, self.lines = {}, defaultdict(lambda: defaultdict(set))

    def bring_up_to_date(self):
        """Run those files of tests that have changed since, or are new."""
        now, kept, done = _test_files(), [], {}
        if self.file.exists():
            kept = [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]
            done = {digest: file for one in kept if "done" in one for file, digest in one["done"].items()}
        missing = [file for file, digest in now.items() if digest not in done]
        stays = [one for one in kept if "done" in one or _file_of(one["test"]) not in missing]
        self.file.write_text("".join(f"{json.dumps(one)}\n" for one in stays), encoding="utf-8")
        if not any(one.get("test") == MAKING for one in stays):
            self._trace("-m", "tests.drills.lines", "manage.py", MAKING, "--no-serve")
        if missing:
            self._trace("-m", "pytest", "-p", "tests.drills.lines", *missing)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps({'done': {one: now[one] for one in missing}})}\n")
        for line in self.file.read_text(encoding="utf-8").splitlines():
            self._take(json.loads(line))

    def _trace(self, *command):
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"TESTS_LINES": str(self.file), "VAR_DIR": folder}
            said = subprocess.run(
                [sys.executable, *command], cwd=ROOT, env=environment,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        if said.returncode:
            sys.exit(f"It fails already without any fault:\n{said.stdout[-3000:]}{said.stderr[-3000:]}")

    def _take(self, one):
        if "done" in one:
            return
        self.seconds[one["test"]] = one["seconds"]
        for file, lines in one["lines"].items():
            for line in lines:
                self.lines[file][line].add(one["test"])

    def tests_for(self, fault):
        """Tests that execute its line, as many as fit into the budget: of each file the quickest first.

        For what is executed while a module is imported: those that execute most of that module.
        """
        lines = self.lines[fault.file]
        executing = lines[fault.line] - {"", MAKING}
        ranked = _in_turns(sorted(executing, key=lambda test: (self.seconds[test], test)))
        if not ranked and lines:
            executed = Counter(test for tests in lines.values() for test in tests - {"", MAKING})
            ranked = _in_turns(sorted(executed, key=lambda test: (-executed[test], self.seconds[test])))
            ranked.insert(0, DECLARED)
        found, left = [], BUDGET
        for test in ranked:
            takes = self.seconds.get(test, 1.0) + 0.05
            if takes <= left or not found:
                found.append(test)
                left -= takes
        return found

    def has_part_in_making(self, fault):
        return MAKING in self.lines[fault.file][fault.line]


def _in_turns(tests):
    """The first of each file, then the second of each, and so on."""
    turns, ranks = Counter(), {}
    for test in tests:
        ranks[test] = turns[_file_of(test)]
        turns[_file_of(test)] += 1
    return sorted(tests, key=ranks.get)


def _file_of(test):
    return test.partition("::")[0]


def _test_files():
    """The digest of every file of tests but those in a browser."""
    found = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    return {
        str(path): hashlib.sha256(str(path).encode() + (ROOT / path).read_bytes()).hexdigest()
        for path in found
        if path.parts[1] != "browser"
    }


def noticed_by(fault, tests, copy, site=None):
    """What fails in the copy of the project while that is broken there: the name of a test, or nothing."""
    file = copy / fault.file
    sound = file.read_text(encoding="utf-8")
    file.write_text(broken(fault), encoding="utf-8")
    try:
        return _failing(tests, copy, site)
    finally:
        file.write_text(sound, encoding="utf-8")


def _failing(tests, copy, site=None):
    """The first that fails of these tests; without a site they make one themselves."""
    with tempfile.TemporaryDirectory() as shared:
        environment = os.environ | {"TESTS_SHARED": str(site or shared), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            run = subprocess.run(
                [*PYTEST, *tests], cwd=copy, env=environment,
                capture_output=True, text=True, timeout=LONGEST, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"no end after {LONGEST} seconds"
    if not run.returncode:
        return ""
    said = [line for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return said[0] if said else f"pytest: {run.stderr.strip().rpartition(chr(10))[2]}"


class Drill:
    """Copies of the project in which faults are tried, and what is known from before."""

    def __init__(self, kept, folder):
        self.site, self.tried, self.folder = kept / "site", kept / "tried", folder
        self.map = Map(kept / "map")
        self.tried.touch()
        self.copies = SimpleQueue()
        for number in range(COPIES):
            copy = folder / f"copy{number}"
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__"))
            self.copies.put(copy)

    def prepare(self):
        self.map.bring_up_to_date()
        if not self.site.exists():
            self.site.mkdir()
            copy = self.copies.get()
            if failing := _failing(OWN_PROCESSES, copy, self.site):
                sys.exit(f"Without any fault: {failing}")
            self.copies.put(copy)

    def known(self):
        """{name of a fault: what noticed it, or ""} of those that were tried."""
        lines = self.tried.read_text(encoding="utf-8").splitlines()
        return {one["fault"]: one["by"] for one in map(json.loads, lines) if one["by"] is not None}

    def run(self, faults):
        """Try those that nothing noticed yet: first in forks, then in processes of their own."""
        before = self.known()
        missing = [fault for fault in faults if not before.get(name_of(fault))]
        self.tried.write_text("".join(self._line(name, by) for name, by in before.items() if by))
        with ThreadPoolExecutor(COPIES) as pool:
            list(pool.map(self._try_in_forks, (missing[number::COPIES] for number in range(COPIES))))
            in_forks = self.known()
            missing = [fault for fault in missing if not in_forks.get(name_of(fault))]
            list(pool.map(self._try, missing))

    def _try_in_forks(self, faults):
        jobs = [
            {"fault": name_of(fault), "file": fault.file, "number": fault.number, "tests": tests}
            for fault in faults
            if (tests := self.map.tests_for(fault))
        ]
        if not jobs:
            return
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".jobs", delete=False) as file:
            file.writelines(f"{json.dumps(job)}\n" for job in jobs)
        environment = {
            "TESTS_SHARED": str(self.site),
            "TESTS_FAULTS": file.name,
            "TESTS_NOTICED": str(self.tried),
        }
        command = [*PYTEST, "-p", "tests.drills.forks", "--ignore=tests/browser"]
        run = subprocess.run(
            command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if run.returncode:
            sys.stderr.write(f"Forks: {run.stdout[-2000:]}{run.stderr[-2000:]}\n")

    def _try(self, fault):
        copy = self.copies.get()
        try:
            by = next(filter(None, self._tries(fault, copy)), "")
        finally:
            self.copies.put(copy)
        with self.tried.open("a", encoding="utf-8") as file:
            file.write(self._line(name_of(fault), by))

    def _tries(self, fault, copy):
        tests = self.map.tests_for(fault)
        if tests:  # of what a process does once, and keeps, a fork that noticed nothing tells nothing
            yield noticed_by(fault, tests, copy, self.site)
        if tests and self.map.has_part_in_making(fault):
            yield noticed_by(fault, tests, copy)
        if not tests or fault.file.startswith("therapydir/"):
            yield noticed_by(
                fault, OWN_PROCESSES, copy, None if self.map.has_part_in_making(fault) else self.site
            )

    @staticmethod
    def _line(name, by):
        return f"{json.dumps({'fault': name, 'by': by})}\n"


def main():
    parser = argparse.ArgumentParser(description="Break lines, and count how often the tests notice.")
    parser.add_argument("--count", type=int, default=150, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=13, help="(%(default)s)")
    parser.add_argument("--keep", type=Path, help="a folder for what the next run needs not do again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder) / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        drill = Drill(kept, Path(folder))
        drill.prepare()
        faults = chosen(given.count, given.seed)
        drill.run(faults)
        known = drill.known()
    for number, fault in enumerate(faults, start=1):
        by = known.get(name_of(fault))
        said = f"noticed: {by}" if by else "NOT NOTICED"
        sys.stdout.write(f"{number:4} {fault.file}:{fault.line} {fault.what}: {said}\n")
    noticed = sum(bool(known.get(name_of(fault))) for fault in faults)
    sys.stdout.write(f"{noticed} of {len(faults)} noticed: {noticed / len(faults):.0%}\n")
    return int(noticed / len(faults) < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
