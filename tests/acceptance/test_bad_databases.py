"""A database that cannot be used, or that somebody else uses: said in a sentence, and left as it is."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from datetime import UTC, datetime

import pytest
from bystander import held_to_modes, needs_modes
from places import Place
from running import Running, until
from saying import heard, in_a_sentence, saying
from world import LISTENER, ROOT, burst, listener, rss, write_config

NOW = datetime.now(UTC)


@pytest.fixture
def world(tmp_path):
    """A feed that complains, and a configuration for it; `world.on(URL)` is one with another database."""
    with Place() as place:
        place.says("/feed.xml", rss(burst("Mills")))
        made = type("World", (), {"folder": tmp_path, "place": place})()
        made.on = lambda database="sqlite:///listener.db", port=0: write_config(
            tmp_path, feeds=[place.url + "/feed.xml"], clients=["Mills"], database=database, port=port
        )
        made.config = made.on()
        made.file = tmp_path / "listener.db"
        yield made


def once(config, **more):
    return listener("run", "-c", str(config), "--once", "--all", check=False, **more)


@pytest.fixture
def filled(world, tmp_path_factory):
    """The world after one run; made once, then copied."""
    if not hasattr(filled_file, "path"):
        assert "12 new mentions" in once(world.config).stdout
        filled_file.path = tmp_path_factory.mktemp("filled") / "listener.db"
        with sqlite3.connect(world.file) as kept:
            kept.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept.close()
        shutil.copy(world.file, filled_file.path)
    else:
        shutil.copy(filled_file.path, world.file)
    return world


def filled_file():
    """Holds the path of the one filled database of this module."""


@needs_modes
def test_a_database_that_may_not_be_written_says_so_and_keeps_what_it_has(filled):
    filled.file.chmod(0o444)
    before = filled.file.read_bytes()
    done = held_to_modes("run", "-c", str(filled.config), "--once", "--all")
    assert done.returncode == 1
    assert "cannot be written: give the user who runs Listener the right" in done.stderr
    assert "Traceback" not in done.stderr
    assert filled.file.read_bytes() == before


def foreign(path):
    made = sqlite3.connect(path)
    made.execute("CREATE TABLE songs (name)")
    made.commit()
    made.close()


def newer(path):
    with sqlite3.connect(path) as made:
        made.execute("UPDATE listener_schema SET version_num = '0999'")
    made.close()


def letter(path):
    path.write_text("Dear Sir or Madam,\n" * 100, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            foreign,
            "belongs to another program (it holds the tables songs): give Listener a database of its own",
        ),
        (letter, "is not a SQLite database, or its first page is damaged"),
        (newer, "was written by a newer Listener (its schema is 0999, this one knows up to"),
    ],
)
def test_a_database_that_is_not_ours_to_use_is_refused_and_left_as_it_is(filled, spoil, sentence):
    if spoil is not newer:
        filled.file.unlink()
    spoil(filled.file)
    before = filled.file.read_bytes()
    for words in (["run", "--once"], ["mentions"], ["db", "upgrade"], ["db", "status"], ["sources"]):
        done = saying(*words, "-c", filled.config)
        assert done.code == 1
        assert sentence in in_a_sentence(done)
    assert filled.file.read_bytes() == before


def test_a_database_in_a_folder_that_is_not_there_names_the_folder(world):
    done = saying("run", "--once", "-c", world.on("sqlite:///no/such/listener.db"))
    assert done.code == 1
    assert f"The folder {world.folder}/no/such does not exist: make it" in in_a_sentence(done)


def test_looking_before_anything_ran_says_what_to_start_and_makes_no_file(world):
    for words in (["mentions"], ["incidents"], ["sources"], ["db", "status"]):
        done = saying(*words, "-c", world.config)
        assert done.code == 1
        assert "start the daemon with `listener run`" in in_a_sentence(done)
    assert not world.file.exists()


@pytest.mark.slow
def test_a_database_locked_by_somebody_else_is_waited_for_and_then_named(filled):
    holder = sqlite3.connect(filled.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    done = once(filled.config)
    assert done.returncode == 1
    assert "has been locked by someone else for 60 s: close what holds it open" in done.stderr
    assert "Traceback" not in done.stderr
    holder.execute("ROLLBACK")
    holder.close()
    assert once(filled.config).returncode == 0
    assert len(heard(filled.config)) == 12


@pytest.fixture
def small_disk(filled):
    """The filled world on a disk of 1 MB; where none may be mounted, a limit on the size of files stands for it."""
    disk = filled.folder / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and not mount("mount", "-t", "tmpfs", "-o", "size=1m", "listener-test", disk)
    filled.file = shutil.move(filled.file, disk / "listener.db")
    filled.config = filled.on(f"sqlite:///{filled.file}")
    filled.limit = None if mounted else little_room
    filled.sentence = f"The disk of {filled.file} is full: make room." if mounted else "check the disk"
    yield filled
    if mounted:
        mount("umount", disk)


def mount(*words):
    """The exit code of mount or umount."""
    return subprocess.run(words, capture_output=True, check=False).returncode


def little_room():
    """Files of this process end at 600 KB; writing beyond is an error and no signal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))


def test_a_disk_without_room_is_said_and_nothing_is_lost(small_disk):
    news = [(f"news-{n}", "Mills " + "long and sad " * 4000, f"writer{n}", NOW) for n in range(30)]
    small_disk.place.says("/feed.xml", rss(news))
    done = subprocess.run(
        [*LISTENER, "run", "-c", str(small_disk.config), "--once", "--all"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOOK": ""},
        preexec_fn=small_disk.limit,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert small_disk.sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(heard(small_disk.config)) == 12
    small_disk.place.says("/feed.xml", rss(burst("Mills", prefix="after")))
    assert "12 new mentions" in once(small_disk.config).stdout
    assert len(heard(small_disk.config)) == 24


def test_beside_a_daemon_everything_else_keeps_its_place(filled):
    """A second daemon, an upgrade, a taken port: refused in a sentence; looking is fine; a file that is taken away shows."""
    with Running(filled.config) as daemon:
        port = daemon.url.rpartition(":")[2]
        for words in (["run", "--once"], ["db", "upgrade"]):
            done = saying(*words, "-c", filled.config)
            assert done.code == 1
            assert (
                f"Another Listener (process {daemon.pid}) works on {filled.file}: stop it"
                in in_a_sentence(done)
            )
        done = saying("run", "-c", filled.on("sqlite:///other.db", port=port))
        assert done.code == 1
        assert (
            f"cannot listen on 127.0.0.1:{port} (Address already in use): stop the program"
            in in_a_sentence(done)
        )
        assert not (filled.folder / "other.db").exists()
        assert saying("mentions", "-c", filled.on()).out.count("Mills") >= 12

        away = filled.folder / "away.db"
        filled.file.rename(away)
        until(lambda: daemon.health()[0] == 503, within_s=10)
        daemon.said("database-trouble")
        done = saying("health", "--url", daemon.url)
        assert done.code == 1
        assert "is no longer the file that was opened (it is gone): put it back" in done.out
        assert not filled.file.exists()
        away.rename(filled.file)
        daemon.healthy(within_s=10)
        assert daemon.stop() == 0
    assert daemon.log.count("(it is gone)") <= 2
    assert "Traceback" not in daemon.log
    assert len(heard(filled.config)) == 12
