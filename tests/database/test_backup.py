"""Copies of the database: whole, for their owner alone, and never in place of something else."""

import sqlite3
from contextlib import closing
from tempfile import mkstemp
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import ConnectionHandler

from therapydir.management.commands import backup
from therapydir.management.commands.migrate import keep_private


def mode(path):
    return path.stat().st_mode & 0o777


@pytest.fixture
def file(tmp_path, db, monkeypatch):
    """Where the command looks for the site's database, and where there is none yet."""
    path = tmp_path / "var" / "db.sqlite3"
    path.parent.mkdir()
    settings = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path}}
    with closing(ConnectionHandler(settings)["default"]) as connection:
        monkeypatch.setattr(backup, "connection", connection)
        yield path


@pytest.fixture
def database(file):
    """The file of a site's database with a table of names, of which it has one."""
    keep_private(file)
    with closing(sqlite3.connect(file, autocommit=True)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE names (name PRIMARY KEY)")
        writer.execute("INSERT INTO names VALUES ('Committed')")
    return file


def names_in(file):
    with closing(sqlite3.connect(file)) as copy:
        return [name for (name,) in copy.execute("SELECT name FROM names ORDER BY name")]


def test_a_backup_has_what_was_committed_while_somebody_writes(database, tmp_path, capsys):
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(database, autocommit=True)) as writer:
        writer.execute("INSERT INTO names VALUES ('In the journal')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO names VALUES ('Not yet')")
        call_command("backup", str(copy))
        writer.execute("COMMIT")
    assert names_in(copy) == ["Committed", "In the journal"]
    assert mode(copy) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.sqlite3", "var"]
    assert capsys.readouterr().out.startswith(f"{copy}: the database of this moment, ")


def test_a_copy_is_one_file_and_stays_so_when_it_is_read(database, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    call_command("backup", str(copy))
    with closing(sqlite3.connect(copy)) as reader:
        reader.execute("SELECT * FROM names").fetchall()
        assert not (tmp_path / "copy.sqlite3-wal").exists()


def test_an_existing_file_is_not_overwritten(database, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    copy.write_text("words")
    with pytest.raises(CommandError, match=r"is there already, and was left as it is: name another file\."):
        call_command("backup", str(copy))
    assert copy.read_text() == "words"


def test_a_folder_that_is_not_there_is_one_sentence(database, tmp_path):
    with pytest.raises(CommandError, match=r"was not written \(No such file or directory\): nothing of it"):
        call_command("backup", str(tmp_path / "no" / "copy.sqlite3"))


def test_a_database_that_is_not_there_is_not_made(file, tmp_path):
    with pytest.raises(CommandError, match=r"There is no database at .*db\.sqlite3: set VAR_DIR"):
        call_command("backup", str(tmp_path / "copy.sqlite3"))
    assert list(tmp_path.rglob("*")) == [file.parent]


def test_no_copy_is_kept_of_a_damaged_database(database, tmp_path):
    pages = bytearray(database.read_bytes())
    pages[4096 + 100 : 2 * 4096] = b"\xff" * (4096 - 100)
    database.write_bytes(pages)
    with pytest.raises(CommandError, match="nothing of it is kept"):
        call_command("backup", str(tmp_path / "copy.sqlite3"))
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_on_postgresql_it_names_what_to_use(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "connection", SimpleNamespace(vendor="postgresql"))
    with pytest.raises(CommandError, match=r"back it up with pg_dump, as docs/backup\.md shows"):
        call_command("backup", str(tmp_path / "copy"))


def test_migrate_keeps_a_new_database_and_its_journals_for_their_owner(database):
    assert get_commands()["migrate"] == "therapydir"
    with closing(sqlite3.connect(database, autocommit=True)) as writer:
        writer.execute("INSERT INTO names VALUES ('More')")
        files = sorted(database.parent.iterdir())
        assert [path.name for path in files] == ["db.sqlite3", "db.sqlite3-shm", "db.sqlite3-wal"]
        assert [mode(path) for path in files] == [0o600] * 3


def test_a_database_that_everybody_could_read_is_so_no_longer_but_stays_the_groups(tmp_path):
    file = tmp_path / "db.sqlite3"
    file.write_text("words")
    file.chmod(0o664)
    keep_private(file)
    assert (mode(file), file.read_text()) == (0o660, "words")


def test_the_copy_is_made_beside_its_name_to_which_it_can_be_moved_in_one_step(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(
        backup.tempfile, "mkstemp", lambda **options: made.append(options) or mkstemp(**options)
    )
    monkeypatch.setattr(backup, "connection", SimpleNamespace(ensure_connection=lambda: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        backup.copy_to(tmp_path / "copy.sqlite3")
    assert made[0]["dir"] == tmp_path
    assert list(tmp_path.iterdir()) == []
