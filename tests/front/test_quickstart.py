"""The one command, in processes of its own: what a newcomer and an operator meet."""

import runpy
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder

from tests import serving
from tests.serving import MANAGE, environment, free_port, manage
from therapydir.management.commands.quickstart import collect_static_files


def contents(folder):
    """Every file below the folder with what is in it, the database's journal aside."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".sqlite3-wal", ".sqlite3-shm")
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder that `quickstart --no-serve` prepared."""
    return shutil.copytree(serving.prepared(), tmp_path_factory.mktemp("site") / "var")


def test_a_second_run_changes_nothing(prepared):
    before = contents(prepared)
    again = manage(prepared, "quickstart", "--no-serve")
    assert (again.returncode, again.stderr) == (0, "")
    assert "left as it is" in again.stdout
    assert contents(prepared) == before


def test_static_files_are_collected_when_they_are_others_and_only_then(tmp_path, settings):
    files, settings.STATIC_ROOT = tmp_path / "files", tmp_path / "static"
    settings.STATICFILES_DIRS = [files]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (collected := settings.STATIC_ROOT).mkdir()
    files.mkdir()
    get_finder.cache_clear()
    (files / "a.css").write_text("a{}")

    def is_collected_again():
        (collected / "a.css").unlink(missing_ok=True)
        collect_static_files()
        return (collected / "a.css").exists()

    assert is_collected_again()
    assert not is_collected_again()
    (files / "a.css").write_text("b{}")
    assert is_collected_again()
    (files / "b.css").touch()
    assert is_collected_again()
    assert not is_collected_again()
    shutil.rmtree(collected)
    assert is_collected_again()
    get_finder.cache_clear()


def test_the_secret_key_is_the_owners_alone(prepared):
    assert (prepared / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_site_is_served_with_hashed_precompressed_files(prepared):
    with serving.serving(prepared) as address:
        with urlopen(address) as response:
            home = response.read().decode()
        assert f'<link rel="canonical" href="{address}/">' in home
        stylesheet = home.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert len(stylesheet.split(".")) == 3  # name, hash, css
        for encoding in ("br", "gzip"):
            request = Request(address + stylesheet, headers={"Accept-Encoding": encoding})
            with urlopen(request) as response:
                assert response.headers["Content-Encoding"] == encoding
                assert "immutable" in response.headers["Cache-Control"]
        with pytest.raises(HTTPError) as error, urlopen(f"{address}/nothing/"):
            pass
        assert error.value.code == 404
        error.value.close()


def assert_one_sentence(result, *words):
    assert result.returncode != 0
    message = result.stderr.strip()
    assert "\n" not in message
    assert "Traceback" not in message
    for word in words:
        assert word in message


def test_a_port_in_use_is_one_sentence(prepared):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_sentence(manage(prepared, "quickstart", "--port", port), port, "--port")


@pytest.mark.parametrize("host", ["::1", "::", "0.0.0.0"])
def test_the_address_that_is_told_can_be_opened(host, tmp_path):
    with serving.serving(tmp_path / "var", host=host) as address, urlopen(address) as response:
        assert f'<link rel="canonical" href="{address}/">' in response.read().decode()


def test_a_new_site_beside_an_old_key_is_not_made_without_a_word(prepared, tmp_path):
    (tmp_path / "secret_key").write_text((prepared / "secret_key").read_text())
    result = manage(tmp_path, "quickstart", "--no-serve")
    assert result.returncode == 0, result.stderr
    assert "no database" in result.stdout
    assert "docs/backup.md" in result.stdout


def test_a_port_that_cannot_be_is_one_sentence(prepared):
    assert_one_sentence(manage(prepared, "quickstart", "--port", "99999"), "99999", "--port")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    result = manage(tmp_path / "file" / "var", "quickstart", "--no-serve")
    assert_one_sentence(result, "Cannot write to the folder", "VAR_DIR")


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path):
    url = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    result = manage(tmp_path / "var", "quickstart", "--no-serve", DATABASE_URL=url, DATABASE_POOL_TIMEOUT="1")
    assert_one_sentence(result, "The database cannot be used", "DATABASE_URL")


def test_a_missing_module_is_one_sentence(tmp_path):
    result = manage(tmp_path / "var", "quickstart", "--no-serve", python=["-S"])
    assert_one_sentence(result, "django", "requirements.txt")


def test_too_old_a_python_is_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 7, "final", 0))
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(MANAGE), run_name="__main__")
    assert stop.value.code.startswith("TherapyDir needs Python 3.12 or newer, and this is Python 3.11")


def test_an_address_with_a_path_is_refused(tmp_path):
    result = manage(tmp_path / "var", "check", SITE_URL="https://example.org/blog")
    assert result.returncode != 0
    assert "SITE_URL is “https://example.org/blog”, but must be a scheme and a host" in result.stderr


def test_a_server_without_a_secret_key_does_not_start(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:therapydir.gunicorn"],
        env=environment(tmp_path, PORT=str(free_port())),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert_one_sentence(result, "SECRET_KEY is not set", "quickstart --no-serve")


def setting(folder, expression, **variables):
    """What an expression over the settings module is in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-c", f"from therapydir import settings; print({expression})"],
        env=environment(folder, **variables),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


def test_postgresql_connections_are_pooled(tmp_path):
    url = "postgres://user:secret@db.example:5433/site"
    pool = "settings.DATABASES['default']['OPTIONS']['pool']"
    wanted = f"[{pool}[key] for key in ('min_size', 'max_size', 'timeout', 'reconnect_timeout')]"
    assert setting(tmp_path, wanted, DATABASE_URL=url) == "[1, 4, 0.8, 0.5]"


def test_sqlite_is_set_up_for_writers_at_once(prepared):
    code = (
        "from django.db import connection as c; "
        "pragma = lambda name: c.cursor().execute(f'PRAGMA {name}').fetchone()[0]; "
        "print(pragma('journal_mode'), pragma('synchronous'), pragma('busy_timeout'), c.transaction_mode)"
    )
    result = manage(prepared, "shell", "-v0", "-c", code)
    assert result.stdout.strip() == "wal 1 15000 IMMEDIATE", result.stderr


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SITE_URL", "https://www.example.org"),
        ("ALLOWED_HOSTS", "['www.example.org', '127.0.0.1', 'localhost', '[::1]']"),
        ("SECURE_SSL_REDIRECT", "True"),
        ("SECURE_HSTS_SECONDS", "31536000"),
        ("SESSION_COOKIE_SECURE", "True"),
        ("DEBUG", "False"),
    ],
)
def test_one_address_decides_hosts_and_tls(tmp_path, name, expected):
    assert setting(tmp_path, f"settings.{name}", SITE_URL="https://www.example.org/") == expected


def test_an_empty_key_is_replaced(prepared, tmp_path):
    folder = shutil.copytree(prepared, tmp_path / "var")
    (folder / "secret_key").write_text("")
    result = manage(folder, "quickstart", "--no-serve")
    assert result.returncode == 0, result.stderr
    assert len((folder / "secret_key").read_text()) == 50
    assert [path.name for path in folder.glob("secret_key*")] == ["secret_key"]


@pytest.mark.parametrize("name", ["c#1", "50%20", "a b", "é?x"])
def test_a_folder_may_have_any_name(tmp_path, name):
    assert setting(tmp_path / name, "settings.DATABASES['default']['NAME']") == str(
        tmp_path / name / "db.sqlite3"
    )
