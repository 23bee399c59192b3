"""Tries faults within functions in forks of one process that has all tests at hand: a plugin for pytest.

`TESTS_FAULTS` names a file of lines of JSON, {"file": …, "number": …, "tests": […]}. For each of them the
plugin appends to `TESTS_NOTICED` what failed, "" if nothing did, or null where the fault is not within a
function that is there, so that only a new process would know.
"""

import gc
import json
import os
import resource
import signal
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

from _pytest.runner import runtestprotocol

from tests.drills.faults import LONGEST, ROOT, tree_with

MOST_WORK = 100  # seconds: whatever works longer than that will not end


def pytest_runtestloop(session):
    items = {item.nodeid: item for item in session.items}
    _set_the_database_up(session)
    with open(os.environ["TESTS_NOTICED"], "a", encoding="utf-8") as told:
        for line in Path(os.environ["TESTS_FAULTS"]).read_text(encoding="utf-8").splitlines():
            job = json.loads(line)
            changes = changed_functions(job["file"], job["number"])
            tests = [items[test] for test in job["tests"] if test in items]
            by = _in_a_fork(changes, tests) if changes and tests else None
            told.write(f"{json.dumps({'fault': job['fault'], 'by': by})}\n")
            told.flush()
    return True


def _set_the_database_up(session):
    """By running a test that needs it; the next one keeps what is there for all of them."""
    first = next(
        item
        for item in session.items
        if item.nodeid.endswith("::test_a_new_site_has_five_states_and_942_cities")
    )
    runtestprotocol(first, log=False, nextitem=session.items[0])


def changed_functions(file, number):
    """[(function, its code with that fault)]; nothing where the fault is outside of functions."""
    path = str(ROOT / file)
    _import(file)
    sound = _codes(compile(tree_with(file), path, "exec"))
    with_fault = _codes(compile(tree_with(file, number), path, "exec"))
    differing = {place for place in sound if _own(sound[place]) != _own(with_fault.get(place))}
    if not differing or any(not sound[place].co_flags & 0x2 for place in differing):  # a module, or a class
        return []
    alive = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
    found = [
        (one, with_fault[place])
        for one in alive
        if (place := _place(one.__code__)) in sound and one.__code__.co_filename == path
    ]
    there = {_place(one.__code__)[0] for one, _ in found}
    if not all(_is_within(name, there) for name, _ in differing):
        return []
    return [(one, code) for one, code in found if one.__code__.co_freevars == code.co_freevars]


def _import(file):
    """For many modules are imported only where they are needed. What does not exist alone is left out."""
    with suppress(Exception, SystemExit):
        import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def _is_within(name, functions):
    """Whether it is one of the functions, or made by one of them each time."""
    while name not in functions and ".<locals>." in name:
        name = name.rpartition(".<locals>.")[0]
    return name in functions


def _place(code):
    return code.co_qualname, code.co_firstlineno


def _codes(code):
    found = {_place(code): code}
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found |= _codes(one)
    return found


def _own(code):
    """What a code does, but for that within it."""
    if code is None:
        return None
    values = [repr(one) for one in code.co_consts if not isinstance(one, CodeType)]
    return code.co_code, code.co_names, code.co_freevars, values


def _in_a_fork(changes, tests):
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        signal.alarm(LONGEST)
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_WORK, MOST_WORK))
        for function, code in changes:
            function.__code__ = code
        os.write(writing, _first_failing(tests).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        by = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return by if not status else f"the process ended with {status}"


def _first_failing(tests):
    for test, following in zip(tests, [*tests[1:], tests[0]], strict=True):
        try:
            reports = runtestprotocol(test, log=False, nextitem=following)
        except BaseException as error:  # such as an end of the process that the fault brought about
            return f"{test.nodeid}: {error!r}"
        if any(report.failed for report in reports):
            return test.nodeid
    return ""
