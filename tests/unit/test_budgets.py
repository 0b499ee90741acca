"""Budgets of sources as polls meet them: told once, a gap, a part kept for the crisis, and nothing forgotten by a restart."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from oneplace import START, found, one_place, page

from listener.connector import Meter
from listener.store import sources, tables

MIDNIGHT = START.replace(hour=0) + timedelta(days=1)
TWELVE = {"meters": lambda _: (Meter(name="calls", unit="calls", most=10, per="day"),)}


def standings(here):
    with here.database.read() as connection:
        return {one.scope: one for one in sources.listing(connection)}


def rows(here, *columns):
    with here.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def told(here):
    return [line for (message,) in rows(here, tables.outbox.c.message) for line in message["lines"]]


def incident(here, *, over=False):
    """Open an incident of Mills, or close those there are."""
    with here.database.write() as connection:
        if over:
            connection.execute(sa.update(tables.incidents).values(state="closed", resolved_at=here.now))
            return
        connection.execute(
            sa.insert(tables.incidents).values(
                client_id="mills", rule="negative_spike", episode=1, state="open", opened_at=here.now, last_match_id=0, evidence={}
            )
        )  # fmt: skip


def polled(here, *, again_in=None):
    """One poll of all that is due; the clock goes on afterwards."""
    here.polls.start_due(here.plan)
    ended = here.until_written()
    if again_in:
        here.later(**again_in)
    return ended


def spending(here):
    def fetch(name):
        here[0].http[name].reserve("calls", here[0].spends)
        return [page(found("Mills opens a shop"))]

    return fetch


@pytest.fixture
def place(database):
    """A place of ten calls a day, of which each poll of its one source spends `amount`."""

    def opened(amount=1.0, **more):
        here = []
        context = one_place(database, fetch=spending(here), declares=TWELVE, **more)
        here.append(context.__enter__())
        here[0].spends = amount
        opened_ones.append(context)
        return here[0]

    opened_ones = []
    yield opened
    for context in opened_ones:
        context.__exit__(None, None, None)


def test_what_has_not_had_its_turn_is_put_off_and_no_trouble(place):
    here = place(fixed=True)
    for _ in range(60):
        polled(here, again_in={"minutes": 15})
    one = standings(here)["first"]
    assert (one.state, told(here), rows(here, tables.gaps.c.id)) == ("ok", [], [])
    assert one.stored_count == 1
    assert len(here.polled) > one.polls_count >= 7
    with here.database.read() as connection:
        assert connection.scalar(sa.select(tables.meters.c.spent)) <= 8


def test_a_budget_used_up_is_a_state_with_its_sentence_told_once_for_all_its_sources_and_a_gap(place):
    here = place(5.0, names=("a", "b", "c"))
    polled(here)
    seen = standings(here)
    states = sorted(one.state for one in seen.values())
    assert states == ["ok", "used up", "used up"]
    sentence = (
        "What is left of the calls is kept for clients with an open incident until 2026-03-03 00:00 UTC: "
        "raise the budget to hear more."
    )
    deaf = [one for one in seen.values() if one.state == "used up"]
    assert {one.health["reason"] for one in deaf} == {one.deaf_reason for one in deaf} == {sentence}
    assert {one.next_poll_at for one in deaf} == {MIDNIGHT}
    assert {one.not_before_at for one in deaf} == {None}
    assert told(here) == [f"made_up cannot hear: {sentence}"]
    assert [receiver for (receiver,) in rows(here, tables.outbox.c.receiver)] == ["ops"]


def test_its_end_is_told_once_as_well_and_ends_the_gap(place):
    here = place(4.0, names=("a", "b", "c", "d"))
    polled(here)
    polled(here, again_in={"hours": 4})
    assert sorted(one.state for one in standings(here).values()) == ["ok", "ok", "used up", "used up"]
    here.spends = 1.0
    here.now = MIDNIGHT + timedelta(hours=20)
    polled(here)
    assert {one.state for one in standings(here).values()} == {"ok"}
    assert told(here)[1:] == ["made_up hears again after 32 h"]
    assert len([until for (until,) in rows(here, tables.gaps.c.to_at) if until == here.now]) >= 2


def test_an_incident_brings_back_at_once_what_waits_for_its_budget_and_may_spend_the_rest(place):
    here = place(8.0)
    polled(here, again_in={"minutes": 20})
    here.spends = 1.0
    polled(here, again_in={"minutes": 20})
    one = standings(here)["first"]
    assert (one.state, one.next_poll_at) == ("used up", MIDNIGHT)
    assert polled(here) == []
    incident(here)
    for _ in range(3):
        polled(here, again_in={"minutes": 20})
    assert rows(here, tables.meters.c.spent) == [(10.0,)]
    assert "The budget of 10 calls is used up" in standings(here)["first"].health["reason"]


def test_what_a_place_says_is_used_up_no_incident_asks_for_earlier(place):
    here = place()
    here.fetch = lambda name: here.http[name].told("calls", left=0, resets_at=MIDNIGHT) or here.http[name].reserve("calls")  # fmt: skip
    polled(here)
    incident(here)
    here.later(minutes=10)
    polled(here)
    assert here.polled == ["first"]
    one = standings(here)["first"]
    assert (one.state, one.not_before_at) == ("used up", MIDNIGHT)


def test_an_open_incident_is_asked_for_once_a_round_and_polled_for_until_it_is_closed(place):
    here = place(0.1)
    polled(here)
    assert standings(here)["first"].next_poll_at - here.now > timedelta(minutes=13)
    incident(here)
    here.later(minutes=6)
    assert len(polled(here)) == 1  # hastened
    assert standings(here)["first"].next_poll_at - here.now <= timedelta(minutes=6)
    here.later(minutes=6)
    polled(here)
    incident(here, over=True)
    here.later(minutes=6)
    polled(here)
    assert standings(here)["first"].next_poll_at - here.now > timedelta(minutes=6)


def test_a_cadence_that_the_file_names_stays_as_it_is_in_an_incident(place):
    here = place(0.1, fixed=True)
    polled(here)
    incident(here)
    here.later(minutes=6)
    assert polled(here) == []


def test_a_restart_forgets_nothing_that_was_spent(place):
    here = place(8.0)
    polled(here)
    again = place(1.0, names=("first", "second"))
    polled(again)
    assert standings(again)["second"].state == "used up"
