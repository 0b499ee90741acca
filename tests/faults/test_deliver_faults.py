"""Rows 2 and 6 of the fault table: what Slack may answer, and a process that dies around its answer."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import builders
import pytest
import rounds
import sqlalchemy as sa
import telling
from fakeslack import poster, serving

from listener.door.door import Door
from listener.notify.post import poster as through
from listener.store import outbox, receivers
from listener.store.alert_tables import incidents

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def going(database):
    here = rounds.Rounds(database=database, now=NOW, receivers={}, post=poster(timeout=0.5))
    with serving(clock=here.seconds) as slack:
        here.slack = slack
        here.receivers["accounts"] = rounds.receiver(slack.url)
        yield here


def labels(slack):
    return ["Possible repeat" in each.words for each in slack.taken]


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("30", 30, 31),
        ("", 30, 31),
        ("soon", 30, 31),
        ("99999999999", 3_600, 3_601),
        ("-30", 30, 31),
        ("0", 1, 2),
        ("Wed, 01 Jan 2200 00:00:00 GMT", 3_600, 3_601),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 1, 2),
    ],
)
def test_a_429_holds_the_whole_receiver_for_as_long_as_it_asks_within_an_hour(going, header, least, most):
    going.slack.script[:] = [f"429 {header}".strip()]
    rounds.put(going.database, "a", "b", now=NOW)
    done = going.round()
    pause = (done.next_try_at - going.now).total_seconds()
    assert least <= pause < most
    assert going.round(after=timedelta(seconds=least) * 0.9).sent == 0
    assert len(going.slack.received) == 1
    assert going.until_quiet() == (2, 0, 0)
    assert going.slack.rushed == 0
    assert labels(going.slack) == [False] * len(going.slack.taken)


def test_a_500_for_two_hours_loses_nothing_and_groups_what_grew_old(going):
    rounds.put(going.database, *"abcde", now=NOW)
    going.slack.script[:] = ["500"] * 1_000
    while going.now < NOW + 2 * HOUR:
        done = going.round(after=MINUTE)
        assert (done.sent, done.dead, done.told) == (0, 0, ())
    tried = len(going.slack.received)
    assert 10 < tried < 130
    going.slack.script.clear()
    assert going.until_quiet() == (5, 0, 0)
    assert labels(going.slack) == [False]
    assert going.states() == {"sent": 5}


def test_after_a_day_of_trying_it_is_given_up_and_told(going):
    going.slack.script[:] = ["503"] * 10_000
    rounds.put(going.database, "a", now=NOW, message=telling.FIRING)
    sent, retried, dead = going.until_quiet()
    assert (sent, dead) == (0, 1)
    assert retried > 100
    assert going.now - NOW >= 24 * HOUR
    assert going.states() == {"dead": 1}


def test_a_day_asleep_is_no_day_of_trying(going):
    rounds.put(going.database, "a", now=NOW)
    going.slack.script[:] = ["500"]
    assert going.round(after=72 * HOUR).retried == 1
    assert going.until_quiet() == (1, 0, 0)


@pytest.mark.parametrize("fault", ["hang", "close"])
def test_taken_without_an_answer_is_one_labelled_repeat_with_the_same_id(going, fault):
    going.slack.script[:] = [fault, "500", "429 30"]
    rounds.put(going.database, "a", now=NOW, message=telling.FIRING)
    assert going.until_quiet()[0] == 1
    assert labels(going.slack) == [False, True]
    assert all(each.words.endswith(" a") for each in going.slack.taken)


@pytest.mark.parametrize(
    ("script", "labelled"),
    [
        ([], [False]),
        (["invalid_blocks"], [False]),
        (["close"], [False, True]),
        (["refuse"], [True]),
        (["500", "429 1"], [False]),
    ],
)
def test_it_is_so_through_the_one_door_too(going, script, labelled):
    going.slack.script[:] = script
    rounds.put(going.database, "a", now=NOW)
    with Door(contact=None, version="1", now=lambda: going.now, allow_private=["127.0.0.1"]) as door:
        going.post = through(door)
        assert going.until_quiet()[0] == 1
    assert labels(going.slack) == labelled


def test_an_address_behind_the_door_that_is_private_shuts_the_receiver_and_keeps_its_messages(going):
    rounds.put(going.database, "a", now=NOW)
    with Door(contact=None, version="1", now=lambda: going.now) as door:
        going.post = through(door)
        done = going.round()
    assert done.told[0].startswith("Receiver accounts is shut: ")
    assert ".." not in done.told[0]
    assert going.states() == {"pending": 1}


def test_a_clean_refusal_makes_no_repeat(going):
    going.slack.script[:] = ["500", "503", "429", "rollup_error"]
    rounds.put(going.database, "a", now=NOW)
    assert going.until_quiet() == (1, 4, 0)
    assert labels(going.slack) == [False]


def test_refused_blocks_go_as_plain_text(going):
    going.slack.script[:] = ["invalid_blocks"]
    rounds.put(going.database, "a", now=NOW)
    assert going.until_quiet() == (1, 0, 0)
    assert "blocks" not in going.slack.taken[0].payload


def test_a_message_that_is_refused_even_so_is_a_dead_letter_and_the_next_one_goes(going):
    going.slack.script[:] = ["invalid_blocks", "invalid_payload"]
    rounds.put(going.database, "a", "b", now=NOW)
    first = going.round()
    assert (first.dead, len(first.told)) == (1, 1)
    assert "Slack does not take this message (400)" in first.told[0]
    assert going.until_quiet() == (1, 0, 0)
    assert going.states() == {"dead": 1, "sent": 1}


@pytest.mark.parametrize(
    "answer", ["403", "404", "410", "no_service", "channel_is_archived", "action_prohibited", "302"]
)
def test_a_receiver_that_is_shut_is_told_once_left_alone_and_waited_for(going, answer):
    going.slack.script[:] = [answer]
    rounds.put(going.database, "a", "b", now=NOW)
    first = going.round()
    assert (first.sent, first.dead, first.next_try_at) == (0, 0, None)
    assert first.told[0].startswith("Receiver accounts is shut: Slack")
    assert first.told[0].endswith("2 messages wait for it until a day old.")
    for _ in range(5):
        assert going.round(after=HOUR).told == ()
    assert len(going.slack.received) == 1
    assert going.states() == {"pending": 2}


def test_a_changed_receiver_gets_what_waited_for_it(going):
    going.slack.script[:] = ["channel_is_archived"]
    rounds.put(going.database, "a", "b", now=NOW)
    going.round()
    going.receivers["accounts"] = rounds.receiver(going.slack.url + "new")
    assert going.until_quiet() == (2, 0, 0)
    assert {each.path[-3:] for each in going.slack.taken} == {"new"}


def test_a_person_can_say_that_a_shut_receiver_works_again(going):
    going.slack.script[:] = ["channel_is_archived"]
    rounds.put(going.database, "a", now=NOW)
    going.round()
    with going.database.write() as conn:
        receivers.revive(conn, "accounts")
    assert going.until_quiet() == (1, 0, 0)


def test_what_waited_a_day_for_a_shut_receiver_is_given_up_and_told(going):
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, "a", now=NOW)
    going.round()
    done = going.round(after=25 * HOUR)
    assert (done.dead, going.states()) == (1, {"dead": 1})
    assert "no_service" in done.told[0]


def test_a_page_that_is_not_slacks_is_tried_again_as_a_possible_repeat(going):
    going.slack.script[:] = ["html"]
    rounds.put(going.database, "a", now=NOW)
    assert going.until_quiet() == (1, 1, 0)
    assert labels(going.slack) == [True]


def test_a_port_where_nobody_listens_is_tried_again_without_a_label(going):
    with serving() as gone:
        going.receivers["accounts"] = rounds.receiver(gone.url)
    rounds.put(going.database, "a", now=NOW)
    assert going.round().retried == 1
    going.receivers["accounts"] = rounds.receiver(going.slack.url)
    assert going.until_quiet() == (1, 0, 0)
    assert labels(going.slack) == [False]


@pytest.mark.parametrize("jump", [-365 * 24 * HOUR, -HOUR, HOUR, 10 * 365 * 24 * HOUR])
def test_a_clock_that_jumps_leaves_nothing_stuck(going, jump):
    going.slack.script[:] = ["429 3600"]
    rounds.put(going.database, "a", "b", now=NOW)
    going.round()
    going.now += jump
    with serving(script=["500"]) as slack:  # whose clock stands still
        going.receivers["accounts"] = rounds.receiver(slack.url)
        assert going.until_quiet()[0] == 2


@pytest.mark.parametrize(
    ("boundary", "first_time", "second_time"),
    [
        ("outbox-sending", [], [True]),
        ("outbox-answered", [False], [True]),
        ("outbox-recorded", [False], []),
    ],
)
@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
def test_dying_around_the_answer_makes_at_most_one_labelled_repeat(
    database, database_url, boundary, first_time, second_time
):
    with serving() as slack:
        rounds.put(database, "alert", now=NOW, message=telling.FIRING)
        assert run(database_url, slack, die_at=boundary) == -signal.SIGKILL
        assert labels(slack) == first_time
        assert run(database_url, slack) == 0
        assert run(database_url, slack) == 0
    assert labels(slack) == [*first_time, *second_time]
    assert all(each.words.endswith(" alert") for each in slack.taken)
    with database.read() as conn:
        assert outbox.count_by_state(conn) == {"sent": 1}


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
def test_a_bot_that_dies_before_it_knows_its_thread_begins_another_and_loses_nothing(database, database_url):
    with serving() as slack:
        with database.write() as conn:
            builders.add_client(conn)
            row = {"client_id": "mills", "rule": "negative_spike", "episode": 1, "state": "open"}
            row |= {"opened_at": NOW, "last_match_id": 0, "evidence": {}}
            incident = conn.execute(sa.insert(incidents).values(row).returning(incidents.c.id)).scalar_one()
            for message in (telling.FIRING, telling.RESOLVED):
                told = replace(message, incident=incident)
                outbox.add(conn, key=told.kind, receiver="accounts", message=told, now=NOW)
        assert run(database_url, slack, die_at="outbox-answered", url=slack.api_url) == -signal.SIGKILL
        for minutes in range(1, 3):
            assert run(database_url, slack, url=slack.api_url, at=NOW + minutes * MINUTE) == 0
    assert labels(slack) == [False, True, False]
    assert [each.payload.get("thread_ts") for each in slack.taken] == [None, None, slack.taken[1].ts]


def run(database_url, slack, *, die_at=None, url=None, at=NOW):
    """One round in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'tests'}"}
    if die_at:
        environment["LISTENER_DIE_AT"] = die_at
    command = [
        sys.executable,
        CHECKOUT / "tests" / "rounds.py",
        database_url,
        url or slack.url,
        at.isoformat(),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode
