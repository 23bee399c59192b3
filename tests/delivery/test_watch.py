"""The thread that watches the version of the content: who waits for it, and for how long."""

import threading
from queue import Queue

import pytest

from tests.waiting import wait_until
from therapydir.delivery import watch as watch_module
from therapydir.delivery.watch import Watch


class Database:
    """Answers with `content`, fails with `error`, or hangs until `answers` is set."""

    def __init__(self):
        self.content, self.error, self.looks = 1, None, 0
        self.answers = threading.Event()
        self.answers.set()
        self.looked = Queue()

    def look(self):
        self.looks += 1
        content, error = self.content, self.error
        self.answers.wait(10)
        self.looked.put(content)
        if error:
            raise error
        return content


@pytest.fixture
def database(monkeypatch):
    monkeypatch.setattr(watch_module, "LOOK_AGAIN", 0.01)
    database = Database()
    yield database
    database.answers.set()


@pytest.fixture
def watch(database):
    return Watch(database.look)


def always_look(monkeypatch):
    """Let no look be young enough to go without another."""
    monkeypatch.setattr(watch_module, "LOOK_EVERY", -1)
    monkeypatch.setattr(watch_module, "OLDEST", -1)


def test_a_version_is_looked_at_once_for_many_requests(watch, database, monkeypatch):
    monkeypatch.setattr(watch_module, "LOOK_EVERY", 60)
    assert {watch.version() for _ in range(50)} == {1}
    database.content = 2
    assert watch.version() == 1
    threading.Event().wait(0.05)  # in which the thread would look, if it was asked to
    assert database.looks == 1


def test_an_old_version_is_looked_at_again(watch, database, monkeypatch):
    always_look(monkeypatch)
    assert watch.version() == 1
    database.content = 2
    assert watch.version() == 2


def test_between_the_two_ages_a_look_is_begun_and_nobody_waits_for_it(watch, database, monkeypatch):
    watch.version()
    monkeypatch.setattr(watch_module, "LOOK_EVERY", -1)
    monkeypatch.setattr(watch_module, "OLDEST", 60)
    database.content = 2
    database.answers.clear()
    assert watch.version() == 1
    database.answers.set()
    wait_until(lambda: watch.version() == 2)


def test_for_an_editor_it_is_looked_at_at_once(watch, database, monkeypatch):
    monkeypatch.setattr(watch_module, "LOOK_EVERY", 60)
    watch.version()
    database.content = 2
    assert watch.version(at_once=True) == 2


def test_a_look_that_began_before_the_request_is_not_enough_for_it(watch, database, monkeypatch):
    always_look(monkeypatch)
    monkeypatch.setattr(watch_module, "PATIENCE", 10)
    database.answers.clear()
    first = threading.Thread(target=watch.version)
    first.start()
    wait_until(lambda: database.looks == 1)
    database.content = 2  # while the look is under way, which saw the old one
    seen = []
    second = threading.Thread(target=lambda: seen.append(watch.version()))
    second.start()
    wait_until(lambda: watch._is_wanted)
    database.answers.set()
    first.join()
    second.join()
    assert seen == [2]


def test_nobody_waits_long_for_a_database_that_hangs_and_then_not_at_all(
    watch, database, monkeypatch, caplog
):
    always_look(monkeypatch)
    watch.version()
    monkeypatch.setattr(watch_module, "PATIENCE", 0.05)
    database.answers.clear()
    assert watch.version() == 1
    assert watch.is_down
    monkeypatch.setattr(watch_module, "PATIENCE", 1000)
    assert watch.version(at_once=True) == 1
    assert caplog.text.count("does not answer") == 1


def test_it_sees_by_itself_that_the_database_answers_again(watch, database, monkeypatch, caplog):
    always_look(monkeypatch)
    database.error = OSError("no route")
    assert watch.version() is None
    assert watch.is_down
    wait_until(lambda: database.looks > 3)
    assert caplog.text.count("no route") == 1
    database.error, database.content = None, 5
    wait_until(lambda: not watch.is_down)
    assert watch.version() == 5
    assert "answers again" in caplog.text


def test_nothing_is_looked_at_while_nobody_asks(watch, database, monkeypatch):
    always_look(monkeypatch)
    watch.version()
    threading.Event().wait(0.05)
    assert database.looks == 1
