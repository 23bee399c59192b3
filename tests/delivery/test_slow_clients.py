"""Clients that are slow, or never done, hold no thread of the server: real gunicorn, two threads."""

import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
from django.conf import settings

from tests.serving import KEY, environment, free_port
from therapydir.delivery.worker import LONGEST_BODY, LONGEST_HEAD, Refused, is_whole

CONFIGURATION = """
from therapydir.delivery.worker import GatheringWorker

class QuickWorker(GatheringWorker):
    seconds_to_send, seconds_to_take = 3, 1
    most_held = 5 * 2**20

worker_class = QuickWorker
threads, workers, keepalive, control_socket_disable = 2, 1, 75, True
bind = "127.0.0.1:{port}"
loglevel = "warning"
"""
APPLICATION = """
def application(environ, start_response):
    body = environ["wsgi.input"].read() or b"x" * int(environ["QUERY_STRING"] or 4)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a server, and what it wrote to its log so far."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    (folder / "configuration.py").write_text(CONFIGURATION.format(port=port))
    (folder / "tried.py").write_text(APPLICATION)
    command = [sys.executable, "-m", "gunicorn", "-c", folder / "configuration.py", "--pythonpath", folder]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, "tried"], stderr=log, cwd=settings.BASE_DIR)
    for _ in range(100):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port, (folder / "log").read_text
    process.terminate()
    process.wait(timeout=20)


@contextmanager
def connected(port, sent=b""):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(sent)
        yield connection


def answers(connection, count=1):
    """What comes back, until so many answers of four bytes each came."""
    received = b""
    while received.count(b"xxxx") < count and (more := connection.recv(65536)):
        received += more
    return received


def test_who_is_not_done_with_asking_keeps_nobody_waiting_and_is_let_go(server):
    port, log = server
    begun = {
        "nothing": b"",
        "a letter": b"G",
        "half a head": GET[:-2],
        "half a body": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
        "one and a half": GET + GET[:-2],
    }
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(port, sent)) for sent in begun.values() for _ in range(4)]
        with connected(port, GET) as quick:
            quick.settimeout(2.5)  # less than what the slow ones have
            assert answers(quick).endswith(b"xxxx")
        for connection in slow:
            while connection.recv(65536):
                pass  # until it is closed
    assert "Traceback" not in log()


def test_who_does_not_take_what_was_asked_for_is_let_go(server):
    port, log = server
    much = GET.replace(b"/ ", b"/?30000000 ")
    with ExitStack() as stack:
        for _ in range(2):  # as many as there are threads
            stack.enter_context(connected(port, much))
        with connected(port, GET) as quick:  # which waits for one of the threads
            assert answers(quick).endswith(b"xxxx")
    assert "Traceback" not in log()


@pytest.mark.parametrize("ending", [b"Connection: close\r\n\r\n", b"Content-Length: x\r\n\r\n"])
def test_who_does_not_hang_up_keeps_nobody_waiting(server, ending):
    port, log = server
    with ExitStack() as stack:
        for _ in range(8):
            connection = stack.enter_context(connected(port, GET[:-2] + ending))
            assert connection.recv(65536)
        with connected(port, GET) as quick:
            quick.settimeout(1.9)  # less than what one of them has
            assert answers(quick).endswith(b"xxxx")
    assert "Traceback" not in log()


def test_a_request_may_come_in_pieces_and_several_on_one_connection(server):
    with connected(server[0]) as connection:
        for letter in GET:
            connection.sendall(bytes([letter]))
        assert answers(connection).endswith(b"xxxx")
        connection.sendall(GET * 3)
        assert answers(connection, 3).count(b"200 OK") == 3
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nyyyy")
        time.sleep(0.1)
        connection.sendall(b"xxxx" + GET)
        assert b"yyyyxxxx" in answers(connection, 2)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LONGEST_HEAD + b"\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n", b"413"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_not_gathered_is_refused(server, sent, status):
    with connected(server[0], sent) as connection:
        assert connection.recv(65536).split(b" ")[1] == status


def test_many_halves_do_not_fill_the_memory(server):
    port, _ = server
    half = b"POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 2_000_000
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(connected(port, half))
        time.sleep(0.3)
        third = stack.enter_context(connected(port))
        third.settimeout(2.5)  # less than what it has
        with suppress(ConnectionError):
            third.sendall(half)
            assert third.recv(65536).split(b" ")[1] == b"503"
        with connected(port, GET) as quick:
            assert answers(quick).endswith(b"xxxx")
    time.sleep(3.5)  # until the others were let go
    with connected(port, half) as fourth:
        fourth.settimeout(0.3)
        with pytest.raises(TimeoutError):  # waited for
            fourth.recv(65536)


def test_a_certificate_is_refused_in_one_sentence(tmp_path):
    command = [sys.executable, "-m", "gunicorn", "-c", "python:therapydir.gunicorn", "--certfile", __file__]
    started = subprocess.run(
        command,
        env=environment(tmp_path, SECRET_KEY=KEY, PORT=str(free_port())),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert started.returncode == 1
    assert "TLS is a proxy's work here" in started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (b"", False),
        (GET, True),
        (GET + b"more", True),
        (GET[:-1], False),
        (b"POST / HTTP/1.1\r\ncontent-length:2\r\n\r\nx", False),
        (b"POST / HTTP/1.1\r\nCONTENT-LENGTH: 2 \r\n\r\nxx", True),
        (b"POST / HTTP/1.1\r\nX-Content-Length: 9\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", True),  # gunicorn refuses it
        (b"A: b\r\nContent-Length: %d\r\n\r\n" % LONGEST_BODY, False),
    ],
)
def test_a_request_is_whole_when_its_body_is_there(received, expected):
    assert is_whole(received) is expected


def test_a_body_past_the_bound_is_refused_before_it_comes():
    with pytest.raises(Refused):
        is_whole(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LONGEST_BODY + 1))


def test_connections_are_kept_longer_than_a_load_balancer_keeps_them(tmp_path):
    command = [sys.executable, "-m", "gunicorn", "-c", "python:therapydir.gunicorn", "--print-config"]
    variables = environment(tmp_path, SECRET_KEY=KEY)
    printed = subprocess.run(
        command, env=variables, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    values = dict(line.split("=", 1) for line in printed.stdout.splitlines())
    values = {name.strip(): value.strip() for name, value in values.items()}
    assert int(values["keepalive"]) > 60
    assert "GatheringWorker" in values["worker_class"]
    assert values["control_socket_disable"] == "True"  # nothing else listens
