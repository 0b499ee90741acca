"""Rows 3 and 4 of the fault table: two daemons on one database, and one that was stopped while another took over."""

import signal
import threading

import pytest
from places import answer
from running import until
from town import TALK, text, town
from world import listener, rss

from listener.store import tables


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def here(request, tmp_path):
    url = request.getfixturevalue(f"{request.param}_url")
    with town(tmp_path, url=url, feeds=2, rate=120.0) as here:
        yield here


def refused(here, *words):
    done = listener(*words, "-c", str(here.config), check=False, **here.environment)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr


def test_nobody_else_works_on_the_database_of_a_running_daemon_though_it_is_stopped(here):
    with here.start() as daemon:
        daemon.said("started")
        for words in (("run", "--once"), ("db", "upgrade")):
            said = refused(here, *words)
            assert f"Another Listener (process {daemon.pid}" in said
            assert "stop it first, or give this one a `database` of its own" in said
            assert "Traceback" not in said
        daemon.send(signal.SIGSTOP)
        assert f"process {daemon.pid}" in refused(here, "run")
        daemon.send(signal.SIGCONT)
        here.tell("Mills woke up again")
        until(lambda: here.stored() == here.said, within_s=30)
        assert daemon.stop() == 0


@pytest.fixture
def cut_off(tmp_path, postgresql_url):
    """A town on PostgreSQL, whose server can be made to forget a daemon's lead as when its connection breaks."""
    with town(tmp_path, url=postgresql_url, feeds=2, rate=120.0) as here:
        yield here


def cut(here, daemon):
    """End every session of this daemon at the server's side."""
    own = f"listener {daemon.pid} on %"
    with here.rows() as connection:
        ended = connection.exec_driver_sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE %s",
            (own,),
        )
        assert ended.scalar_one() == 1


def test_one_that_slept_while_another_took_over_writes_nothing_more_and_leaves(cut_off):
    here, let = cut_off, threading.Event()
    late = rss([("late-1", "Mills has a late word", "press", here.clock.now())])
    here.said["Mills"] += 1
    first_asked = []

    def answers_the_first_when_let(wire, asked):
        first_asked.append(asked)
        if len(first_asked) == 1:
            let.wait(60)
        return answer(body=late)(wire, asked)

    here.place.does("/late.xml", answers_the_first_when_let)
    here.config.write_text(text(here, [TALK, "/feed/0.xml", "/feed/1.xml", "/late.xml"]), encoding="utf-8")
    with here.start() as asleep:
        until(lambda: first_asked, within_s=30)
        asleep.send(signal.SIGSTOP)
        cut(here, asleep)
        with here.start() as awake:
            until(lambda: here.stored() == here.said and here.is_heard(), within_s=30)
            here.burst()
            until(lambda: here.states(tables.outbox) == {"sent": 2}, within_s=30)
            let.set()
            asleep.send(signal.SIGCONT)
            assert asleep.ended(within_s=25) == 1
            assert "lead-lost" in asleep.log
            assert "lease-lost" in asleep.log
            assert awake.stop() == 0
    told_one_alert(here, repeats=0)


@pytest.mark.slow
def test_a_sender_that_slept_is_not_a_second_sender(cut_off):
    here = cut_off
    here.slack.script[:] = ["hang", "hang"]
    with here.start() as asleep:
        until(here.is_heard, within_s=30)
        here.burst()
        until(lambda: len(here.slack.received) == 2, within_s=30)
        asleep.send(signal.SIGSTOP)
        cut(here, asleep)
        with here.start() as awake:
            until(lambda: here.states(tables.outbox) == {"sent": 2}, within_s=30)
            asleep.send(signal.SIGCONT)
            assert asleep.ended(within_s=25) == 1
            assert awake.healthy(within_s=30)["notifications"] == {"sent": 2}
            assert awake.stop() == 0
    told_one_alert(here, repeats=1)


def told_one_alert(here, *, repeats):
    """One firing alert to each receiver, and so many repeats that say so."""
    in_slack, to_machines = here.alerts("firing")
    assert ["Possible repeat" in words for words in in_slack] == [False, *[True] * repeats]
    assert [one["repeat"] for one in to_machines] == [False, *[True] * repeats]
    assert (here.stored(), here.doubled(), here.claimed()) == (here.said, [], [])
    assert here.states(tables.incidents) == {"open": 1}
