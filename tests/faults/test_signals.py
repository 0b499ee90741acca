"""Row 3 of the fault table: asked to stop in the middle of things, and asked twice."""

import signal
import threading

import pytest
from places import answer, silence
from running import until
from town import TALK, text, town
from world import rss

from listener.store import tables


@pytest.fixture
def here(tmp_path):
    """A town that has, beside its feeds, one that never answers and one that answers when it is let."""
    with town(tmp_path, url=f"sqlite:///{tmp_path}/listener.db") as here:
        here.let = threading.Event()
        late = rss([("late-1", "Mills has a late word", "press", here.clock.now())])

        def answers_when_let(wire, asked):
            here.let.wait(30)
            return answer(body=late)(wire, asked)

        here.place.does("/late.xml", answers_when_let)
        here.place.does("/silent.xml", silence)
        watch(here, "/late.xml", "/silent.xml")
        yield here
        here.let.set()


def watch(here, *more):
    paths = [TALK, *(f"/feed/{number}.xml" for number in range(6)), *more]
    here.config.write_text(text(here, paths), encoding="utf-8")


def in_the_middle(here):
    """Whether the late feed has been asked, and the others are stored."""
    return here.place.count("/late.xml") > 0 and here.stored() == here.said


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_asked_to_stop_it_ends_the_polls_under_way_and_keeps_what_they_brought(here, number):
    watch(here, "/late.xml")
    stops_in_time(here, number)


@pytest.mark.slow
def test_a_place_that_never_answers_does_not_keep_it_from_stopping(here):
    stops_in_time(here, signal.SIGTERM)


def stops_in_time(here, number):
    with here.start() as daemon:
        daemon.said("started")
        until(lambda: in_the_middle(here), within_s=30)
        daemon.send(number)
        daemon.said("stopping")
        here.let.set()
        assert daemon.ended(within_s=25) == 0
        assert daemon.left_behind(within_s=1) == []
    assert here.stored()["Mills"] == here.said["Mills"] + 1
    assert (here.doubled(), here.claimed(), here.integrity()) == ([], [], "ok")


def test_asked_twice_it_ends_at_once(here):
    with here.start() as daemon:
        daemon.said("started")
        until(lambda: in_the_middle(here), within_s=30)
        daemon.send(signal.SIGTERM)
        daemon.said("stopping")
        daemon.send(signal.SIGTERM)
        assert daemon.ended(within_s=3) == 128 + signal.SIGTERM
        assert daemon.left_behind(within_s=5) == []
    assert (here.stored(), here.doubled(), here.integrity()) == (here.said, [], "ok")


@pytest.mark.slow
def test_asked_to_stop_while_slack_hangs_it_ends_in_time_and_repeats_with_a_label(tmp_path):
    with town(tmp_path, url=f"sqlite:///{tmp_path}/listener.db", rate=120.0) as here:
        here.slack.script[:] = ["hang", "hang"]
        with here.start() as daemon:
            until(here.is_heard, within_s=30)
            here.burst()
            until(lambda: len(here.slack.received) == 2, within_s=30)
            assert daemon.stop() == 0
        with here.start() as daemon:
            until(lambda: here.states(tables.outbox) == {"sent": 2}, within_s=30)
            assert daemon.stop() == 0
        in_slack, to_machines = here.alerts("firing")
    assert ["Possible repeat" in words for words in in_slack] == [False, True]
    assert [one["repeat"] for one in to_machines] == [False, True]
