"""Delivery as a whole: the outbox on both databases, a Slack on loopback, and a clock that is set by hand."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import rounds
import telling
from fakeslack import poster, serving

from listener.domain.message import Message
from listener.store import outbox, receivers

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def going(database):
    """Rounds against a Slack that insists on its pace, by the same clock."""
    here = rounds.Rounds(database=database, now=NOW, receivers={}, post=poster(timeout=2.0))
    with serving(clock=here.seconds) as slack:
        here.slack = slack
        here.receivers["accounts"] = rounds.receiver(slack.url)
        yield here


def ids(slack):
    return [each.words.rpartition(" ")[2] for each in slack.taken]


def test_it_does_nothing_where_nothing_waits(going):
    done = going.round()
    assert (done.sent, done.retried, done.dead, done.told, done.next_try_at) == (0, 0, 0, (), None)


def test_it_sends_each_message_once_and_says_when_to_come_back(going):
    rounds.put(going.database, "a", "b", now=NOW)
    first = going.round()
    assert (first.sent, ids(going.slack)) == (1, ["a"])
    assert going.now + SECOND <= first.next_try_at < going.now + 2 * SECOND
    second = going.round()
    assert (second.sent, second.next_try_at, ids(going.slack)) == (1, None, ["a", "b"])
    assert going.round().sent == 0
    assert going.states() == {"sent": 2}


def test_it_keeps_slacks_pace_however_often_it_is_called(going):
    rounds.put(going.database, *"abcdefgh", now=NOW)
    for _ in range(40):
        going.round(after=SECOND / 4)
    assert going.slack.rushed == 0
    assert ids(going.slack) == list("abcdefgh")


def test_a_receiver_that_hangs_holds_up_no_other(going):
    going.slack.script[:] = ["hang"]
    with serving() as other:
        going.receivers["ops"] = rounds.receiver(other.hook_url, name="ops", kind="webhook")
        rounds.put(going.database, "a", now=NOW)
        rounds.put(going.database, "b", now=NOW, receiver="ops")
        waiting = threading.Thread(target=going.round)
        waiting.start()
        until = time.monotonic() + 10
        while not other.taken and time.monotonic() < until:
            waiting.join(0.01)
        assert waiting.is_alive()
        waiting.join()
    assert [each.payload["id"] for each in other.taken] == ["b"]
    assert going.states() == {"sent": 1, "pending": 1}


def test_nothing_overtakes_the_message_that_opened_its_incident(going):
    going.slack.script[:] = ["500", "500", "500"]
    rounds.put(going.database, "fired", now=NOW, message=replace(telling.FIRING, incident=None))
    with going.database.write() as conn:
        for number, key in enumerate(("fired/1", "resolved/1")):
            message = replace(telling.RESOLVED, id=key, incident=1)
            outbox.add(conn, key=key, receiver="accounts", message=message, now=NOW + number * SECOND)
    assert going.until_quiet()[0] == 3
    assert ids(going.slack).index("fired/1") < ids(going.slack).index("resolved/1")


def test_what_belongs_to_a_receiver_that_is_off_or_gone_is_given_up_with_the_reason(going):
    going.receivers["silent"] = rounds.receiver("", name="silent")
    rounds.put(going.database, "a", now=NOW, receiver="silent")
    rounds.put(going.database, "b", "c", now=NOW, receiver="removed")
    done = going.round()
    assert (done.sent, done.dead, done.next_try_at) == (0, 3, None)
    assert sorted(done.told) == [
        (
            "Not delivered to removed: “Mills: back to normal after 4 h; 9 negative voices in all” and 1 more. "
            "Reason: receiver removed is no longer in the configuration."
        ),
        (
            "Not delivered to silent: “Mills: back to normal after 4 h; 9 negative voices in all”. "
            "Reason: receiver silent is off: its webhook_url is empty."
        ),
    ]
    assert going.states() == {"dead": 3}


def test_news_of_health_that_cannot_be_told_makes_no_news(going):
    rounds.put(going.database, "a", now=NOW, receiver="removed", message=telling.HEALTH)
    done = going.round()
    assert (done.dead, done.told) == (1, ())
    assert [event for event, _ in going.said] == ["notification-dead"]


def test_what_grew_old_goes_as_one_and_all_of_it_counts_as_sent(going):
    rounds.put(going.database, "a", "b", "c", now=NOW)
    rounds.put(going.database, "new", now=NOW + 3 * HOUR)
    first = going.round(after=3 * HOUR)
    assert first.sent == 3
    (group,) = going.slack.taken
    assert "3 messages that could not be delivered when they were new" in group.words
    assert group.words.count("back to normal") == 3
    assert going.round().sent == 1
    assert ids(going.slack)[-1] == "new"
    assert going.states() == {"sent": 4}


def test_a_group_that_is_not_taken_leaves_each_row_unsent(going):
    going.slack.script[:] = ["500"]
    rounds.put(going.database, "a", "b", "c", now=NOW)
    assert going.round(after=3 * HOUR).retried == 3
    assert going.states() == {"pending": 3}
    assert going.until_quiet() == (3, 0, 0)
    assert len(going.slack.taken) == 1


def test_a_group_in_doubt_is_repeated_as_the_same_group_with_its_label(going):
    going.slack.script[:] = ["close"]
    rounds.put(going.database, "a", "b", "c", now=NOW)
    going.round(after=3 * HOUR)
    rounds.put(going.database, "d", "e", "f", now=NOW)
    going.until_quiet()
    first, again, others = going.slack.taken
    assert first.words.splitlines()[-1] == again.words.splitlines()[-1] != others.words.splitlines()[-1]
    assert ("repeat" in first.words, again.words.count("possible repeat of"), "repeat" in others.words) == (
        False,
        3,
        False,
    )
    assert going.states() == {"sent": 6}


def test_a_place_that_does_not_know_groups_gets_each_alone(going):
    with serving() as other:
        going.receivers["ops"] = rounds.receiver(other.hook_url, name="ops", kind="webhook")
        rounds.put(going.database, "a", "b", "c", now=NOW, receiver="ops")
        other.script[:] = ["422", "ok", "ok", "ok"]
        going.now += 3 * HOUR
        assert going.until_quiet() == (3, 0, 0)
        assert [each.payload["id"] for each in other.taken] == ["a", "b", "c"]
        assert [each.payload["kind"] for each in other.received] == ["group", *["resolved"] * 3]


def test_a_notifier_that_breaks_on_a_message_does_not_stop_the_round(going, caplog):
    broken = replace(telling.FIRING, id="broken", at="no time at all")
    with serving() as other:
        going.receivers["ops"] = replace(
            rounds.receiver(other.hook_url, name="ops", kind="webhook"),
            options=rounds.registry.find("webhook").options(url=other.hook_url, secret="hush-hush"),
        )
        with going.database.write() as conn:
            outbox.add(conn, key="x", receiver="ops", message=broken, now=NOW)
        rounds.put(going.database, "a", now=NOW)
        done = going.round()
    assert (done.sent, done.retried) == (1, 1)
    assert "notifier-failed receiver=ops" in caplog.text
    assert "ValueError" in caplog.text


def test_a_message_for_two_receivers_has_one_id(going):
    with serving() as other:
        going.receivers["ops"] = rounds.receiver(other.hook_url, name="ops", kind="webhook")
        for name in ("accounts", "ops"):
            rounds.put(going.database, telling.FIRING.id, now=NOW, receiver=name, message=telling.FIRING)
        assert going.round().sent == 2
        assert other.taken[0].headers["idempotency-key"] == telling.FIRING.id == ids(going.slack)[0]


def test_a_claim_that_its_owner_lost_while_sending_is_said(going):
    rounds.put(going.database, "a", now=NOW)
    post = going.post

    def slow(url, **request):
        with going.database.write() as conn:
            assert outbox.recover(conn, now=NOW + HOUR) == 1
        return post(url, **request)

    going.post = slow
    assert going.round().sent == 0
    assert ("outbox-claim-lost", 1) in [(event, facts.get("count")) for event, facts in going.said]
    going.post = post
    assert going.round().sent == 1
    assert ["repeat" in each.words for each in going.slack.taken] == [False, True]


def test_it_reports_the_same_to_the_log_without_an_address(going):
    rounds.put(going.database, "a", now=NOW)
    going.slack.script[:] = ["403"]
    done = going.round()
    told = " ".join([*done.told, *(str(each) for each in going.said)])
    assert "secretsecret" not in told
    assert "127.0.0.1" not in told
    with going.database.read() as conn:
        assert "secretsecret" not in str(outbox.newest(conn)) + str(receivers.standings(conn))


def test_a_message_without_a_client_is_named_by_its_headline(going):
    message = Message(id="t", kind="test", headline="Can you hear me?")
    with going.database.write() as conn:
        outbox.add(conn, key="t", receiver="removed", message=message, now=NOW)
    assert going.round().told[0].startswith("Not delivered to removed: “Can you hear me?”.")
