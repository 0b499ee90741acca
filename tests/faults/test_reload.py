"""A changed configuration, taken over by a running daemon while polls are in flight; a bad one is not."""

import signal
import threading

import pytest
import sqlalchemy as sa
from places import answer
from running import until
from town import TALK, text, town
from world import rss

from listener.store import tables

PATHS = [TALK, "/feed/0.xml", "/feed/1.xml"]


@pytest.fixture
def here(tmp_path):
    """A town with one more feed, that answers only when it is let; the daemon has asked it once everything else is heard."""
    with town(tmp_path, url=f"sqlite:///{tmp_path}/listener.db", feeds=2, rate=120.0) as here:
        here.let = threading.Event()
        late = rss([("late-1", "Mills has a late word", "press", here.clock.now())])

        def answers_when_let(wire, asked):
            here.let.wait(30)
            return answer(body=late)(wire, asked)

        here.place.does("/late.xml", answers_when_let)
        here.place.says("/new.xml", body=rss([("new-1", "Acme opens a new shop", "press", here.clock.now())]))
        here.config.write_text(text(here, [*PATHS, "/late.xml"]), encoding="utf-8")
        yield here
        here.let.set()


@pytest.fixture
def daemon(here):
    with here.start() as daemon:
        until(lambda: here.place.count("/late.xml") and here.stored() == here.said, within_s=30)
        yield daemon
        here.let.set()
        assert daemon.stop() == 0
        assert (here.doubled(), here.claimed()) == ([], [])


def change(here, new):
    """Put another file in its place at once, as editors do; None takes it away."""
    if new is None:
        here.config.unlink()
        return
    beside = here.config.with_suffix(".new")
    beside.write_text(new, encoding="utf-8")
    beside.replace(here.config)


def active(here):
    with here.rows() as connection:
        scopes = connection.scalars(sa.select(tables.targets.c.scope).where(tables.targets.c.active))
        return {scope.removeprefix(here.place.url) for scope in scopes}


def polls(here, path):
    """Waits for two more polls of this path: the second began after whatever was true when it was called."""
    before = here.place.count(path)
    until(lambda: here.place.count(path) >= before + 2, within_s=30)


def test_a_new_feed_is_polled_a_removed_one_is_not_and_polls_in_flight_end_as_they_began(here, daemon):
    change(here, text(here, [TALK, "/feed/0.xml", "/new.xml"]))
    daemon.said("reloaded targets=3 clients=2")
    assert active(here) == {TALK, "/feed/0.xml", "/new.xml"}
    here.said["Acme"] += 1
    until(lambda: here.stored() == here.said, within_s=30)

    here.let.set()
    here.said["Mills"] += 1
    until(lambda: here.stored() == here.said, within_s=30)
    asked = here.place.count("/feed/1.xml"), here.place.count("/late.xml")
    polls(here, "/feed/0.xml")
    assert (here.place.count("/feed/1.xml"), here.place.count("/late.xml")) == asked


@pytest.mark.slow
def test_a_feed_that_comes_back_repeats_nothing(here, daemon):
    change(here, text(here, [TALK]))
    daemon.said("reloaded targets=1")
    change(here, text(here, PATHS))
    daemon.said("reloaded targets=3")
    polls(here, "/feed/0.xml")
    assert (here.stored(), here.doubled()) == (here.said, [])


def test_a_new_client_hears_what_the_feeds_show_already_and_alerts_nobody(here, daemon):
    here.burst()
    until(lambda: here.stored() == here.said, within_s=30)
    until(lambda: here.states(tables.outbox) == {"sent": 2}, within_s=30)
    again = text(here, [*PATHS, "/late.xml"]).replace(
        "{name: Acme}", "{name: Acme}, {name: Refunds, query: refund}"
    )
    change(here, again)
    daemon.said("reloaded targets=4 clients=3")
    here.said["Refunds"] += 1
    until(lambda: here.stored() == here.said, within_s=30)
    assert set(here.states(tables.outbox)) == {"sent"}


def test_a_bad_file_keeps_the_old_one_running_and_says_so(here, daemon):
    good = here.config.read_text(encoding="utf-8")
    for broken, says in (
        (": [", "mistake"),
        ("databas: sqlite:///other.db\n", "did you mean"),
        (None, "no such file"),
    ):
        before = len(daemon.lines)
        change(here, broken)
        assert "ERROR" in daemon.said("reload-refused", after=before)
        assert str(here.config) in daemon.said(says, after=before)
        here.tell("Mills goes on all the same")
        until(lambda: here.stored() == here.said, within_s=30)
    assert daemon.healthy(within_s=10)["troubles"] == []
    change(here, good)
    daemon.said("reloaded targets=4")


def test_a_changed_port_or_database_asks_for_a_restart_and_the_rest_is_taken_over(here, daemon):
    before = daemon.url
    here.url = here.url.replace("listener.db", "other.db")
    changed = text(here, PATHS, web="127.0.0.1:1")
    here.url = here.url.replace("other.db", "listener.db")
    change(here, changed)
    assert "key=database" in daemon.said("restart-needed key=database")
    assert "WARNING" in daemon.said("restart-needed key=web.listen")
    daemon.said("reloaded targets=3")
    assert daemon.url == before
    assert daemon.healthy(within_s=10)
    assert not here.config.with_name("other.db").exists()


def test_a_hangup_reads_the_file_again_though_nothing_changed(here, daemon):
    daemon.send(signal.SIGHUP)
    daemon.said("reloaded targets=4 clients=2")
    here.tell("Acme has a visitor")
    until(lambda: here.stored() == here.said, within_s=30)
