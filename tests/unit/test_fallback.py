"""What one receiver could not be told, another hears: real rounds of delivery against places on loopback."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import rounds
import telling
from fakeslack import poster, serving

from listener.store import outbox

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def going(database):
    """`accounts` is a Slack on loopback, `ops` a webhook that hears what it could not be told."""
    here = rounds.Rounds(database=database, now=NOW, receivers={}, post=poster(timeout=2.0), fallback="ops")
    with serving() as slack, serving() as ops:
        here.slack, here.ops = slack, ops
        here.receivers["accounts"] = rounds.receiver(slack.url)
        here.receivers["ops"] = rounds.receiver(ops.hook_url, name="ops", kind="webhook")
        yield here


def heard(place):
    return [(each.payload["id"], each.payload["lines"][:1]) for each in place.taken]


def test_a_receiver_that_is_shut_is_stood_in_for_at_once_and_for_what_comes_later(going):
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, "a", "b", now=NOW)
    told = going.round().told
    reason = "Slack's webhook takes nothing any more: it was removed or switched off (no_service). Configure a new one"
    assert told == (
        (
            f"Receiver accounts is shut: {reason}. 2 messages wait for it until a day old. "
            "Meanwhile ops hears what was meant for it."
        ),
    )
    going.until_quiet()
    rounds.put(going.database, "c", now=going.now)
    going.round()
    going.until_quiet()
    assert heard(going.ops) == [(one, [f"Could not be delivered to accounts: {reason}."]) for one in "abc"]
    assert len(going.slack.received) == 1
    assert going.states() == {"pending": 3, "sent": 3}


def test_what_waited_goes_to_the_receiver_too_once_it_is_changed(going):
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, "a", now=NOW)
    going.round()
    going.until_quiet()
    going.receivers["accounts"] = rounds.receiver(going.slack.url + "new")
    going.round()
    assert [each.words.rpartition(" ")[2] for each in going.slack.taken] == ["a"]
    assert len(going.ops.taken) == 1


def test_a_message_that_is_given_up_is_heard_elsewhere_under_its_id(going):
    going.slack.script[:] = ["invalid_blocks", "invalid_payload"]
    rounds.put(going.database, "a", now=NOW, message=telling.FIRING)
    assert going.round().dead == 1
    going.until_quiet()
    (one,) = going.ops.taken
    assert one.headers["idempotency-key"] == "a"
    assert one.payload["kind"] == "firing"
    assert one.payload["lines"] == [
        "Could not be delivered to accounts: Slack does not take this message (400).",
        *telling.FIRING.lines,
    ]


def test_what_may_have_arrived_all_the_same_says_so(going):
    rounds.put(going.database, "a", now=NOW)
    going.slack.script[:] = ["close", "no_service"]
    going.round()
    going.round(after=HOUR / 2)
    going.until_quiet()
    assert heard(going.ops)[0][1][0].endswith("Configure a new one. It may have arrived there all the same.")


def test_whoever_was_told_the_alert_itself_is_not_told_it_twice(going):
    going.slack.script[:] = ["no_service"]
    for name in ("accounts", "ops"):
        rounds.put(going.database, "a", now=NOW, receiver=name)
    going.round()
    going.until_quiet()
    assert heard(going.ops) == [("a", [])]


def test_what_belongs_to_a_receiver_that_left_the_configuration_is_heard_too(going):
    rounds.put(going.database, "a", now=NOW, receiver="removed", message=telling.HEALTH)
    going.round()
    going.until_quiet()
    assert heard(going.ops) == [
        ("a", ["Could not be delivered to removed: receiver removed is no longer in the configuration."])
    ]


def test_what_the_fallback_cannot_be_told_goes_nowhere_else(going):
    going.ops.script[:] = ["422"]
    rounds.put(going.database, "a", now=NOW, receiver="ops")
    assert going.round().dead == 1
    assert going.round().next_try_at is None
    assert going.states() == {"dead": 1}


def test_an_outage_of_a_day_is_told_as_one_message(going):
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, *"abcde", now=NOW - 3 * HOUR)
    going.round()
    going.until_quiet()
    (group,) = going.ops.taken
    assert [one["id"] for one in group.payload["facts"]["grouped"]] == list("abcde")


def test_without_a_fallback_nothing_is_passed_on(going):
    going.fallback = None
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, "a", now=NOW)
    assert "Meanwhile" not in going.round().told[0]
    assert going.states() == {"pending": 1}


def test_it_is_as_severe_there_as_it_was(going):
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, "a", now=NOW, message=replace(telling.FIRING, severity="severe"))
    going.round()
    going.until_quiet()
    assert going.ops.taken[0].payload["severity"] == "severe"


def test_who_had_to_hear_of_an_incident_hears_of_its_end_too(going):
    going.slack.script[:] = ["no_service"]
    rounds.put(going.database, "told", now=NOW, message=replace(telling.FIRING, incident=None))
    with going.database.write() as conn:
        outbox.add(conn, key="f", receiver="accounts", message=telling.FIRING, now=NOW)
    going.round()
    going.until_quiet()
    going.receivers["accounts"] = rounds.receiver(going.slack.url + "new")
    with going.database.write() as conn:
        outbox.add(conn, key="r", receiver="accounts", message=telling.RESOLVED, now=going.now)
        other = replace(telling.RESOLVED, id="other", incident=99)
        outbox.add(conn, key="o", receiver="accounts", message=other, now=going.now)
    going.until_quiet()
    assert [each.payload["id"] for each in going.ops.taken] == [
        "told",
        telling.FIRING.id,
        telling.RESOLVED.id,
    ]
    assert len(going.slack.taken) == 4
    assert heard(going.ops)[-1][1] == [
        "Told here because an earlier message of this incident could not be delivered."
    ]
