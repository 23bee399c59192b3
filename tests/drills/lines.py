"""Notes which lines of the house each test executes, and how long it takes: a plugin for pytest.

    TESTS_LINES=FILE .venv/bin/python -m pytest -p tests.drills.lines

appends a line of JSON for each test to that file. What runs while modules are imported stands under the
name of no test; what runs in other processes is not seen.

    TESTS_LINES=FILE .venv/bin/python -m tests.drills.lines manage.py COMMAND

does so for a command of the site.
"""

import json
import os
import runpy
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = f"{Path(__file__).resolve().parents[2]}/"
PACKAGES = ("therapydir/", "articles/", "locations/", "providers/")
EVENTS = sys.monitoring
executed = set()


def _note(code, line):
    if code.co_filename.startswith(ROOT):
        executed.add((code.co_filename.removeprefix(ROOT), line))
    return EVENTS.DISABLE  # once for each test is enough


def _write(test, seconds):
    lines = defaultdict(list)
    for file, line in sorted(executed):
        if file.startswith(PACKAGES):
            lines[file].append(line)
    executed.clear()
    with open(os.environ["TESTS_LINES"], "a", encoding="utf-8") as file:
        file.write(json.dumps({"test": test, "seconds": round(seconds, 3), "lines": lines}) + "\n")


def _seconds():
    """Of work, in this process and in those that it waited for: what others do meanwhile is not counted."""
    return sum(os.times()[:4])


def pytest_collection_finish(session):
    if session.items and hasattr(session.config, "workerinput"):
        from tests.serving import prepared  # once there are settings

        prepared()  # which no test shall be said to take long for


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    _write("", 0)
    EVENTS.restart_events()
    begun = _seconds()
    result = yield
    _write(item.nodeid, _seconds() - begun)
    return result


def _begin():
    EVENTS.use_tool_id(EVENTS.COVERAGE_ID, "lines")
    EVENTS.register_callback(EVENTS.COVERAGE_ID, EVENTS.events.LINE, _note)
    EVENTS.set_events(EVENTS.COVERAGE_ID, EVENTS.events.LINE)


_begin()
if __name__ == "__main__":
    del sys.argv[0]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        _write(sys.argv[1], _seconds())
