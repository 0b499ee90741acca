"""One SQLite file: how it is made, what is refused, and what is told when it fails."""

import shutil
import sqlite3
import stat
import tempfile
from pathlib import Path

import pytest
from wanted import nobody_in_particular, run_python, running_python

from listener.store import errors, marks
from listener.store.engine import open_database


@pytest.fixture
def path(tmp_path, sqlite_template):
    return Path(shutil.copy(sqlite_template, tmp_path / "listener.db"))


@pytest.fixture
def file(path):
    database = open_database(f"sqlite:///{path}", patience=0.2)
    yield database
    database.close()


def put(database, number=1):
    with database.write() as connection:
        marks.put(connection, "one", number=number)


def get(database):
    with database.read() as connection:
        return marks.get(connection, "one")


def test_it_makes_a_new_file_beside_the_configuration_that_only_its_owner_reads(tmp_path):
    database = open_database("sqlite:///new.db", base=tmp_path)
    put(database)
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}
    assert database.where == str(tmp_path / "new.db")
    database.close()


def test_it_writes_so_that_a_commit_survives_a_power_cut(file):
    with file.write() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
        assert settings == ["wal", 2]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_it_makes_no_file_for_a_command_that_only_reads(tmp_path):
    with pytest.raises(errors.NoDatabase, match="listener run"):
        open_database("sqlite:///none.db", base=tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_it_refuses_a_folder(tmp_path):
    with pytest.raises(errors.NotAFile, match="is not a file"):
        open_database(f"sqlite:///{tmp_path}")


def test_it_names_the_folder_that_is_missing(tmp_path):
    with pytest.raises(errors.NoFolder, match=f"{tmp_path}/none does not exist"):
        open_database("sqlite:///none/listener.db", base=tmp_path)


def test_it_leaves_a_file_that_is_no_database_as_it_is(tmp_path):
    other = tmp_path / "letter.txt"
    other.write_bytes(b"Dear Dana, " * 1000)
    with pytest.raises(errors.NotADatabase, match="not a SQLite database"):
        open_database(f"sqlite:///{other}")
    assert other.read_bytes() == b"Dear Dana, " * 1000
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize(
    "script", ["CREATE TABLE albums (id)", "PRAGMA application_id=7; PRAGMA user_version=1"]
)
def test_it_leaves_the_database_of_another_program_as_it_is(tmp_path, script):
    other = tmp_path / "music.db"
    with sqlite3.connect(other) as conn:
        conn.executescript(script)
    conn.close()
    before = other.read_bytes()
    with pytest.raises(
        errors.ForeignDatabase, match=r"belongs to another program .*(albums|application id 7)"
    ):
        open_database(f"sqlite:///{other}")
    assert other.read_bytes() == before
    assert list(tmp_path.iterdir()) == [other]


def test_it_says_that_a_file_may_not_be_written():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "listener.db")
        open_database(f"sqlite:///{path}").close()
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        with nobody_in_particular(), pytest.raises(errors.ReadOnly, match="cannot be written"):
            open_database(f"sqlite:///{path}")
        Path(folder).chmod(0o755)


def test_it_says_that_a_folder_may_not_be_written():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        with nobody_in_particular(), pytest.raises(errors.ReadOnly, match="cannot be written"):
            open_database(f"sqlite:///{folder}/listener.db")
        Path(folder).chmod(0o755)


def test_it_takes_nothing_on_a_full_disk_and_goes_on_when_there_is_room(file):
    put(file, 1)
    with file.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(errors.DiskFull, match="make room") as caught, file.write() as connection:
        marks.put(connection, "x" * 100_000, number=2)
    assert caught.value.passing
    with file.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        marks.put(connection, "x" * 100_000, number=2)
    assert get(file) == 1


def test_it_waits_for_another_program_and_then_says_who_must_let_go(file, path):
    with running_python(_HOLD_LOCK, str(path)) as other:
        with pytest.raises(errors.Busy, match="close what holds it open") as caught:
            put(file)
        assert caught.value.passing
        other.stdin.close()
        other.wait(timeout=30)
    put(file, 2)
    assert get(file) == 2


_HOLD_LOCK = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
conn.execute("ROLLBACK")
"""


def test_it_notices_at_the_next_write_that_its_file_is_gone_and_makes_none(file, path):
    put(file)
    aside = path.rename(path.with_suffix(".aside"))
    with pytest.raises(errors.FileReplaced, match="it is gone"):
        put(file)
    assert not path.exists()
    aside.rename(path)
    put(file, 4)
    assert get(file) == 4


def test_it_never_writes_into_a_file_that_was_put_in_the_place_of_its_own(
    file, path, tmp_path, sqlite_template
):
    put(file)
    shutil.copy(sqlite_template, tmp_path / "other.db")
    (tmp_path / "other.db").replace(path)
    for way in (put, get):
        with pytest.raises(errors.FileReplaced, match="another file stands in its place"):
            way(file)
    assert path.read_bytes() == sqlite_template.read_bytes()


def test_it_says_that_a_page_is_damaged(path):
    with path.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(errors.Corrupt, match="put a backup in its place"):
        open_database(f"sqlite:///{path}")


def test_it_keeps_what_was_committed_before_a_kill_and_nothing_else(path):
    killed = run_python(_WRITE_TWICE, str(path), LISTENER_DIE_AT="store.commit:2")
    assert killed.returncode == -9
    database = open_database(f"sqlite:///{path}")
    assert get(database) == 1
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.close()


_WRITE_TWICE = """
import sys
from listener.store import marks
from listener.store.engine import open_database
database = open_database(f"sqlite:///{sys.argv[1]}")
for number in (1, 2):
    with database.write() as connection:
        marks.put(connection, "one", number=number)
"""
