"""Breaks lines of the code one by one, and counts how often the tests notice.

    .venv/bin/pip install pytest-cov
    .venv/bin/python -m tests.drills.breaking [--count 150] [--seed 13] [--map FILE] [--noticed FILE]

First the tests run once under coverage, which tells who executes which line; `--map` names a file that keeps
that for the next time. Then one line after another is broken in a copy of the project: a comparison, a
number, a condition, a call or a keyword less, nothing returned; chosen by chance, spread over all modules.
Those tests run that execute the line, the quickest first, for some 25 seconds, and if they notice nothing
those that start processes of their own. Prints each fault that nothing noticed, and the share of the
others. `--noticed` names a file that keeps which faults were noticed: they are not tried again after new
tests, or after a run that was ended. Takes an hour or two.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("therapydir", "articles", "locations", "providers")
BUDGET = 25.0  # seconds of tests, as long as they took when nothing was broken
LARGE = 10  # a number from which it is doubled, instead of one more
LONGEST = 240  # seconds, after which a run counts as one that noticed
COPIES = 2
# Tests in processes of their own, which coverage does not see: for lines that no other test executes.
OWN_PROCESSES = [
    f"tests/{name}.py"
    for name in (
        *("test_environment", "front/test_quickstart", "delivery/test_slow_clients"),
        *("database/test_outages", "delivery/test_cache_processes", "database/test_backup"),
    )
]
COMPARED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SIGNS = {"<=": ast.LtE, "<": ast.Lt, ">=": ast.GtE, ">": ast.Gt, "!=": ast.NotEq, "==": ast.Eq}
SIGNS |= {"not in": ast.NotIn, "in": ast.In, "is not": ast.IsNot, "is": ast.Is}
COUNTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
WORDS = {"help_text", "verbose_name", "verbose_name_plural", "help", "description", "search_help_text"}
WORDS |= {"frozen", "slots", "related_name", "max_length"}  # which no visitor, editor or operator meets
WORDS |= {"violation_error_message", "error_messages", "short_description", "metavar"}


class Fault(NamedTuple):
    file: str
    line: int
    number: int  # which of those of the file
    what: str


class _Breaker(ast.NodeTransformer):
    """Breaks the place of that number; with none, lists all of them in `places`."""

    def __init__(self, number=None):
        self.number, self.places = number, []

    def _here(self, node, what):
        self.places.append((node.lineno, what))
        return len(self.places) - 1 == self.number

    def visit_Compare(self, node):
        self.generic_visit(node)
        sign = COMPARED[type(node.ops[0])]
        if self._here(node, f"compared by “{sign}”"):
            node.ops[0] = SIGNS[sign]()
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if self._here(node, "“and” for “or”, or the other way round"):
            node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._here(node, "without “not”"):
            return node.operand
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if type(node.op) in COUNTED and not _is_text(node) and self._here(node, "counted otherwise"):
            node.op = COUNTED[type(node.op)]()
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, bool):
            if self._here(node, f"{not node.value}"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int | float):
            other = node.value * 2 if node.value >= LARGE else node.value + 1
            if self._here(node, f"{other}"):
                return ast.copy_location(ast.Constant(other), node)
        return node

    def visit_Assign(self, node):
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            return node
        self.generic_visit(node)
        return node

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return node  # a docstring
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and self._here(node, "a call less"):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        is_empty = node.value is None or (isinstance(node.value, ast.Constant) and not node.value.value)
        if not is_empty and self._here(node, "nothing returned"):  # nothing for nothing is the same
            node.value = None
        return node

    def visit_Call(self, node):
        node.keywords = [one for one in node.keywords if one.arg not in WORDS] + [
            one for one in node.keywords if one.arg in WORDS
        ]
        words = [one for one in node.keywords if one.arg in WORDS]
        node.keywords = [one for one in node.keywords if one.arg not in WORDS]
        self.generic_visit(node)
        for one in [one for one in node.keywords if one.arg]:
            if self._here(one.value, f"without “{one.arg}=”"):
                node.keywords.remove(one)
        node.keywords += words
        return node

    def visit_Dict(self, node):
        self.generic_visit(node)
        for index in reversed(range(len(node.keys))):
            if len(node.keys) > 1 and node.keys[index] and self._here(node.keys[index], "an entry less"):
                del node.keys[index], node.values[index]
        return node

    def visit_List(self, node):
        self.generic_visit(node)
        for one in list(node.elts):
            if len(node.elts) > 1 and self._here(one, "an element less"):
                node.elts.remove(one)
        return node

    def visit_If(self, node):
        self.generic_visit(node)
        if self._here(node, "never"):
            node.test = ast.copy_location(ast.Constant(False), node.test)
        return node

    def visit_JoinedStr(self, node):
        return node  # words


def _is_text(node):
    return any(
        isinstance(one, ast.JoinedStr | ast.List) or _is_string(one) for one in (node.left, node.right)
    )


def _is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def faults_of(file):
    breaker = _Breaker()
    breaker.visit(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    return [Fault(file, line, number, what) for number, (line, what) in enumerate(breaker.places)]


def broken(fault):
    """The source of its file with that fault."""
    tree = ast.parse((ROOT / fault.file).read_text(encoding="utf-8"))
    return ast.unparse(ast.fix_missing_locations(_Breaker(fault.number).visit(tree)))


def chosen(count, seed):
    """So many faults on lines of their own, in turns from every module, those of long ones more often."""
    chance = random.Random(seed)
    listed = subprocess.run(
        ["git", "ls-files", *(f"{package}/*.py" for package in PACKAGES)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    pools = {}
    for file in (file for file in listed if "/migrations/" not in file):
        by_line = defaultdict(list)
        for fault in faults_of(file):
            by_line[fault.line].append(fault)
        if by_line:
            pools[file] = [chance.choice(faults) for faults in by_line.values()]
            chance.shuffle(pools[file])
    found = [pool.pop() for pool in pools.values()]
    chance.shuffle(found)
    rest = [fault for pool in pools.values() for fault in pool]
    return (found + chance.sample(rest, max(0, count - len(found))))[:count]


def make_map(folder):
    """Who executes which line: {file: {line: [test, …]}}, and how long each test takes."""
    database = folder / "coverage"
    environment = os.environ | {"COVERAGE_FILE": str(database)}
    packages = [f"--cov={package}" for package in PACKAGES]
    command = [sys.executable, "-m", "pytest", *packages, "--cov-context=test", "--cov-report="]
    command += ["--ignore=tests/browser", "--durations=0", "--durations-min=0", "-vv"]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    seconds = defaultdict(float)
    for line in said.stdout.splitlines():
        words = line.split(maxsplit=2)
        if len(words) == 3 and words[1] in ("call", "setup") and words[0].endswith("s"):
            seconds[words[2].strip()] += float(words[0][:-1])
    import coverage

    data, lines = coverage.CoverageData(str(database)), {}
    data.read()
    for file in data.measured_files():
        tests = {
            str(line): [one.rpartition("|")[0] for one in contexts]
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        lines[str(Path(file).relative_to(ROOT))] = tests
    return {"lines": lines, "seconds": seconds}


def tests_for(fault, known):
    """The tests that execute its line, the quickest first, as far as they fit into the budget.

    For what is executed while a module is imported, those of its room (`tests/` mirrors the house), first
    those that execute most of its lines. None for a line that only processes of their own execute.
    """
    lines, seconds = known["lines"].get(fault.file, {}), known["seconds"]
    executing = lines.get(str(fault.line), [])
    ranked = sorted({test for test in executing if test}, key=lambda test: (seconds.get(test, 1.0), test))
    if not ranked and executing:
        executed = Counter(test for tests in lines.values() for test in tests if test)
        room = f"tests/{fault.file.removeprefix('therapydir/').rpartition('/')[0]}"
        there = {test: executed[test] for test in {*executed, *seconds} if test.startswith(room)}
        there |= {test: executed[test] for test in executed if room == "tests/"}
        chance = random.Random(fault.line)
        ranked = sorted(there, key=lambda test: (-there[test], chance.random()))
    found, spent = [], 0.0
    for test in ranked:
        spent += seconds.get(test, 1.0) + 0.05
        if spent > BUDGET and found:
            break
        found.append(test)
    return found


def is_noticed(fault, tests, copy):
    """Whether one of the tests fails in the copy of the project while that is broken there."""
    file = copy / fault.file
    sound = file.read_text(encoding="utf-8")
    file.write_text(broken(fault), encoding="utf-8")
    try:
        with tempfile.TemporaryDirectory() as shared:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-n0",
                "-p",
                "no:randomly",
                "-p",
                "no:cacheprovider",
            ]
            run = subprocess.run(
                [*command, *tests], cwd=copy, capture_output=True, timeout=LONGEST, check=False,
                env=os.environ | {"TESTS_SHARED": shared, "PYTHONDONTWRITEBYTECODE": "1"},
            )  # fmt: skip
        return run.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        file.write_text(sound, encoding="utf-8")


def _name(fault):
    """What it is called in the file of those that were noticed: by the words of its line, which may move."""
    lines = (ROOT / fault.file).read_text(encoding="utf-8").splitlines()
    return f"{fault.file}: {lines[fault.line - 1].strip()}: {fault.what}"


def main():
    parser = argparse.ArgumentParser(description="Break lines, and count how often the tests notice.")
    parser.add_argument("--count", type=int, default=150, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=13, help="(%(default)s)")
    parser.add_argument("--map", type=Path, help="keeps which test executes which line")
    parser.add_argument("--noticed", type=Path, help="keeps which faults were noticed")
    given = parser.parse_args()
    seen = set(given.noticed.read_text().splitlines()) if given.noticed and given.noticed.exists() else set()
    with tempfile.TemporaryDirectory() as folder:
        if given.map and given.map.exists():
            known = json.loads(given.map.read_text())
        else:
            known = make_map(Path(folder))
            if given.map:
                given.map.write_text(json.dumps(known))
        copies = SimpleQueue()
        for number in range(COPIES):
            copy = Path(folder) / f"copy{number}"
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__"))
            copies.put(copy)
        faults, unnoticed = chosen(given.count, given.seed), []

        def judge(fault):
            if _name(fault) in seen:
                return True
            copy = copies.get()
            try:
                tests = tests_for(fault, known)
                return (tests and is_noticed(fault, tests, copy)) or is_noticed(fault, OWN_PROCESSES, copy)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(COPIES) as pool:
            for number, (fault, noticed) in enumerate(zip(faults, pool.map(judge, faults), strict=True), 1):
                if not noticed:
                    unnoticed.append(fault)
                elif given.noticed and _name(fault) not in seen:
                    with given.noticed.open("a") as file:
                        file.write(f"{_name(fault)}\n")
                said = "noticed" if noticed else "NOT NOTICED"
                sys.stdout.write(f"{number:4} {said:12} {fault.file}:{fault.line} {fault.what}\n")
                sys.stdout.flush()
    share = 1 - len(unnoticed) / len(faults)
    sys.stdout.write(f"{len(faults) - len(unnoticed)} of {len(faults)} noticed: {share:.0%}\n")
    return int(share < 0.85)


if __name__ == "__main__":
    sys.exit(main())
