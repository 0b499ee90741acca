"""Hostile bytes are parsed in a child: it is killed when it hangs or grows, and never outlives its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
import works

from listener.connector import TryLater
from listener.connector import apart as module
from listener.connector.apart import MEGABYTE, Apart, Inline, time_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A file of ours that is open while children are started."""
    with (tmp_path_factory.mktemp("ours") / "database").open("w") as ours:
        yield ours


@pytest.fixture(scope="module")
def apart(database):
    opened = Apart(deadline_s=20, memory_mb=300)
    opened.run(works.echo, 0)
    yield opened
    opened.close()


def ended(pid, within_s):
    """Waits until a process that need not be our child is gone."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        waiting = select.poll()
        waiting.register(fd, select.POLLIN)
        return bool(waiting.poll(within_s * 1000))
    finally:
        os.close(fd)


def test_it_gives_back_what_the_work_gives_back(apart):
    assert apart.run(works.echo, {"a": [1, "ä", b"\0"]}) == {"a": [1, "ä", b"\0"]}
    assert len(apart.run(works.echo, b"x" * 5_000_000)) == 5_000_000


def test_it_works_in_one_child_that_shares_no_file_with_us(apart, database):
    assert apart.run(works.pid) == apart.run(works.pid) != os.getpid()
    assert database.name not in apart.run(works.open_files)


def test_it_raises_what_the_work_raises(apart):
    with pytest.raises(ValueError, match="the third byte is odd"):
        apart.run(works.wrong)
    with pytest.raises(TryLater, match="not now") as told:
        apart.run(works.later)
    assert told.value.after == timedelta(minutes=5)
    with pytest.raises(RecursionError):
        apart.run(works.deep)
    with pytest.raises(RuntimeError, match="OddError: 1 and 2"):
        apart.run(works.odd)
    with pytest.raises((AttributeError, TypeError, RuntimeError), match="lambda"):
        apart.run(works.unpicklable)
    assert apart.run(works.echo, "still here") == "still here"


def test_work_that_cannot_be_sent_is_a_mistake_of_ours(apart):
    with pytest.raises((AttributeError, TypeError, RuntimeError)):
        apart.run(lambda: None)


@pytest.mark.parametrize("work", [works.spin, works.backtrack])
def test_it_kills_work_that_does_not_end(apart, work):
    began = monotonic()

    with pytest.raises(TryLater, match=r"could not be parsed within 0\.3 s"):
        apart.run(work, deadline_s=0.3)

    assert monotonic() - began < 2
    assert apart.run(works.echo, 1) == 1


def test_it_gives_work_no_more_memory_than_its_limit(apart):
    with pytest.raises(TryLater, match="more memory"):
        apart.run(works.hog)

    assert apart.run(works.echo, 1) == 1


@pytest.mark.filterwarnings("ignore")
def test_it_goes_on_when_work_brings_its_child_down(apart):
    with pytest.raises(TryLater, match="brought its parser down"):
        apart.run(works.crash)

    assert apart.run(works.echo, 1) == 1


def test_it_goes_on_when_a_resting_child_is_killed(apart):
    child = apart.run(works.pid)

    os.kill(child, signal.SIGKILL)

    assert ended(child, 5)
    assert apart.run(works.pid) != child


def test_the_child_works_on_when_the_whole_group_is_asked_to_stop(apart):
    child = apart.run(works.pid)

    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child, asked)

    assert apart.run(works.pid) == child


def test_it_serves_many_threads(apart):
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda n: apart.run(works.echo, n), range(200))) == list(range(200))


def test_it_replaces_a_child_after_many_tasks(monkeypatch):
    monkeypatch.setattr(module, "TASKS_A_CHILD", 1)
    opened = Apart()

    children = {opened.run(works.pid, n) for n in range(2)}
    opened.close()

    assert len(children) == 2


def test_it_lets_an_idle_child_go_and_starts_another_when_needed():
    opened = Apart(idle_s=0.2)
    child = opened.run(works.pid)

    assert ended(child, 5)
    assert opened.run(works.pid) != child
    opened.close()


def test_it_kills_in_time_although_the_wall_clock_stands_still(monkeypatch):
    """pebble measures by the wall clock: set back by an hour, its own timeout would come an hour late."""
    monkeypatch.setattr("pebble.pool.process.time.time", lambda: 1.0)
    monkeypatch.setattr(module, "GRACE_S", 0.5)
    opened = Apart()
    child = opened.run(works.pid, deadline_s=10)
    began = monotonic()

    with pytest.raises(TryLater, match="could not be parsed"):
        opened.run(works.spin, deadline_s=0.2)

    assert monotonic() - began < 3
    assert ended(child, 5)
    assert opened.run(works.echo, 1, deadline_s=10) == 1
    opened.close()


def test_closing_ends_what_still_runs():
    opened = Apart(deadline_s=60)
    child = opened.run(works.pid)
    threading.Timer(0.2, opened.close).start()
    began = monotonic()

    with pytest.raises(TryLater):
        opened.run(works.spin)

    assert monotonic() - began < 5
    assert ended(child, 5)
    with pytest.raises(TryLater, match="stopping"):
        opened.run(works.echo, 1)


PARENT = """
import sys
from listener.connector.apart import Apart
import works
if __name__ == "__main__":
    apart = Apart(deadline_s=600)
    if sys.argv[2] == "resting":
        open(sys.argv[1], "w").write(str(apart.run(works.pid)))
        sys.stdin.read()
    apart.run(works.backtrack, sys.argv[1])
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="other systems end such a child by its processor limit, later"
)
@pytest.mark.parametrize("doing", ["resting", "working"])
def test_no_child_outlives_a_parent_that_is_killed(tmp_path, doing):
    script, note = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT)
    os.mkfifo(note)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    parent = subprocess.Popen([sys.executable, script, note, doing], env=environment, stdin=subprocess.PIPE)
    child = int(note.read_text())

    parent.kill()
    parent.wait()
    parent.stdin.close()

    assert ended(child, 5)


def test_inline_runs_here():
    inline = Inline()

    assert inline.run(works.pid) == os.getpid()
    with pytest.raises(ValueError, match="odd"):
        inline.run(works.wrong, deadline_s=1)
    inline.close()


def test_what_is_larger_may_take_longer_and_the_largest_half_a_minute_at_most():
    small, ten_thousand_entries, largest = bytes(1_000), bytes(2_800_000), bytes(5 * MEGABYTE)
    assert time_for("a url", small, None) == 5
    assert time_for(ten_thousand_entries) > 15
    assert time_for(largest) < 30


def test_a_deadline_is_of_work_and_not_of_waiting_for_a_turn(apart):
    assert apart.run(works.starved, 0.5, deadline_s=0.3) is False
    with pytest.raises(TryLater, match=r"could not be parsed within 0\.1 s"):
        apart.run(works.starved, 60, deadline_s=0.1)
