"""Polls side by side and how they end: health, gaps, and who hears of what broke, on both databases."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from oneplace import EVERY, START, found, one_place, page

from listener.connector import NeedsAttention, TryLater
from listener.store import sources, tables
from listener.store.errors import ReadOnly
from listener.telemetry import REDACTION

BROKEN = "The place asks for a login: check the credential."


def rows(here, *columns, **where):
    query = sa.select(*columns)
    with here.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def standings(here):
    with here.database.read() as connection:
        return {one.scope: one for one in sources.listing(connection)}


def polled_once(here, **how):
    here.polls.start_due(here.plan, **how)
    return here.until_written()


def told(here):
    """The sentences that wait for operations, oldest first."""
    messages = rows(here, tables.outbox.c.receiver, tables.outbox.c.message)
    assert {receiver for receiver, _ in messages} <= {"ops"}
    return [line for _, message in messages for line in message["lines"]]


def fail(trouble):
    raise trouble


def test_what_is_due_is_polled_once_and_comes_again_after_its_cadence(database):
    with one_place(database, fetch=lambda _: [page(found("Mills opens a shop"))]) as here:
        (ended,) = polled_once(here)
        assert (ended.stored.mentions, ended.heard) == (1, True)
        assert polled_once(here) == []
        (one,) = standings(here).values()
        assert (one.state, one.polls_count, one.stored_count, one.last_success_at) == ("ok", 1, 1, START)
        assert abs(one.next_poll_at - START - EVERY) <= EVERY / 10
        here.later(minutes=20)
        assert len(polled_once(here)) == 1
        assert standings(here)["first"].stored_count == 1


def test_everything_leaves_out_what_a_place_forbade(database):
    def fetch(name):
        return fail(TryLater("It asks us to wait.", after=timedelta(hours=2))) if name == "busy" else [page()]

    with one_place(database, fetch=fetch, names=("busy", "free")) as here:
        polled_once(here)
        polled_once(here, everything=True)
        assert sorted(here.polled) == ["busy", "free", "free"]
        here.later(hours=2, seconds=1)
        polled_once(here, everything=True)
        assert here.polled.count("busy") == 2


def test_a_bug_in_a_connector_costs_its_source_alone(database, caplog):
    def fetch(name):
        return [page(found("Mills opens a shop"))] if name == "good" else 1 / 0

    with one_place(database, fetch=fetch, names=("bad", "good")) as here:
        polled_once(here)
        seen = standings(here)
    assert (seen["good"].state, seen["good"].stored_count) == ("ok", 1)
    assert seen["bad"].state == "backing off"
    assert seen["bad"].health["reason"] == (
        "the connector made_up has a fault (ZeroDivisionError); the log has the details."
    )
    assert "poll-fault kind=made_up" in caplog.text


def test_a_source_that_breaks_is_told_once_and_once_when_it_hears_again(database):
    trouble = [None]
    with one_place(database, fetch=lambda _: fail(trouble[0]) if trouble[0] else [page()]) as here:
        polled_once(here)
        trouble[0] = NeedsAttention(BROKEN)
        for _ in range(3):
            here.later(hours=2)
            polled_once(here)
        assert told(here) == [f"made_up cannot hear: {BROKEN}"]
        trouble[0] = None
        for _ in range(2):
            here.later(hours=2)
            polled_once(here)
        assert told(here)[1:] == ["made_up hears again after 6 h"]


def test_what_may_pass_is_told_only_after_an_hour_and_three_failures(database):
    with one_place(database, fetch=lambda _: fail(TryLater("It has a fault."))) as here:
        counts = []
        for _ in range(4):
            polled_once(here)
            counts.append(len(told(here)))
            here.later(minutes=59)
        assert counts == [0, 0, 1, 1]


def test_without_receivers_of_health_nothing_waits_to_be_sent(database):
    with one_place(database, fetch=lambda _: fail(NeedsAttention(BROKEN)), health=()) as here:
        polled_once(here)
        assert rows(here, tables.outbox.c.id) == []


def test_the_time_in_which_it_could_not_hear_is_one_gap(database):
    broken = [False]
    with one_place(database, fetch=lambda _: fail(NeedsAttention(BROKEN)) if broken[0] else [page()]) as here:
        polled_once(here)
        broken[0] = True
        for _ in range(2):
            here.later(hours=2)
            polled_once(here)
        assert standings(here)["first"].deaf_since == START
        broken[0] = False
        here.later(hours=2)
        polled_once(here)
        gap = (tables.gaps.c.from_at, tables.gaps.c.to_at, tables.gaps.c.reason)
        assert rows(here, *gap) == [(START, START + timedelta(hours=6), BROKEN)]
        assert standings(here)["first"].deaf_since is None


def test_a_program_that_did_not_run_was_deaf_as_well(database):
    with one_place(database, fetch=lambda _: [page()]) as here:
        polled_once(here)
        here.later(days=1)
        polled_once(here)
        ((begin, end, reason),) = rows(here, tables.gaps.c.from_at, tables.gaps.c.to_at, tables.gaps.c.reason)
        assert (begin, end) == (START + EVERY, START + timedelta(days=1))
        assert reason == "nobody listened: the program was not running"


def test_trouble_with_the_database_is_not_the_sources_fault(database):
    with one_place(database, fetch=lambda _: fail(ReadOnly(where="here.db"))) as here:
        (ended,) = polled_once(here)
        assert ended.change is None
        assert "here.db cannot be written" in str(here.polls.trouble)
        seen = standings(here)["first"]
        assert (seen.state, seen.polls_count) == ("new", 0)
        assert timedelta(0) < seen.next_poll_at - START <= timedelta(minutes=1)


def test_what_does_not_end_in_time_is_given_back(database):
    let = threading.Event()
    with one_place(database, fetch=lambda _: [page()] if let.wait(10) else []) as here:
        here.polls.start_due(here.plan)
        here.polls.drain(here.plan, deadline_s=0.05)
        held = rows(here, tables.targets.c.claimed_until)
        let.set()
    assert held == [(None,)]


@pytest.fixture
def secret():
    before = REDACTION._secrets
    REDACTION.learn(["t0k3n-t0k3n"])
    yield "t0k3n-t0k3n"
    REDACTION._secrets = before


def test_a_secret_in_a_reason_is_kept_nowhere(database, secret):
    with one_place(
        database, fetch=lambda _: fail(NeedsAttention(f"https://x.example/?t={secret} is no feed."))
    ) as here:
        polled_once(here)
        kept = [*rows(here, tables.targets.c.health), *rows(here, tables.outbox.c.message)]
    assert len(kept) == 2
    assert secret not in str(kept)
    assert "?t=*** is no feed." in str(kept[1])


def test_what_answers_tell_of_a_meter_is_written_with_how_the_polls_ended(database):
    def fetch(_name):
        purse = here.http["first"].purse
        purse.heed("calls", {"x-ratelimit-remaining": "20", "x-ratelimit-reset": "600"})
        return [page(found("Mills", 1))]

    with one_place(database, fetch=fetch) as here:
        polled_once(here)
    assert rows(here, tables.meters.c.name, tables.meters.c.left) == [("calls", 20)]


def test_waiting_ends_with_the_last_poll_or_when_its_time_is_over(database):
    goes_on = threading.Event()
    names = ("first", "second", "third")
    with one_place(database, fetch=lambda _name: (goes_on.wait(20), [])[1], names=names) as here:
        here.polls.start_due(here.plan)
        here.polls.wait(at_most_s=0.01)
        assert here.polls.write_ended(here.plan) == []
        goes_on.set()
        assert len(here.until_written()) == len(names)
