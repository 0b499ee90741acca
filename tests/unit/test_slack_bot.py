"""The bot of Slack: threads, and what every answer of chat.postMessage means."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import builders
import pytest
import rounds
import sqlalchemy as sa
import telling
from fakeslack import TOKEN, Answered, poster, serving
from pydantic import ValidationError

from listener.notify import registry
from listener.notify.contract import Permanent, Retryable
from listener.notify.slack_bot import SlackBotOptions, deliver
from listener.store import conversations, outbox
from listener.store.alert_tables import incidents

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def slack():
    with serving() as running:
        yield running


def bot(slack, *, channel="C0ALERTS", token=TOKEN):
    return SlackBotOptions(token=token, channel=channel, api_url=slack.api_url)


def send(slack, message=telling.FIRING, **options):
    return deliver(poster(), message, bot(slack, **options))


def refused(slack, *script, **options):
    slack.script[:] = script
    with pytest.raises((Retryable, Permanent)) as caught:
        send(slack, **options)
    assert "secretsecret" not in f"{caught.value!r} {caught.value.reason}"
    return caught.value


def test_the_first_message_begins_a_thread_and_the_others_go_on_in_it(slack):
    place = send(slack)
    assert send(slack, replace(telling.RESOLVED, place=place)) == place
    first, then = slack.taken
    assert (first.payload["channel"], place) == ("C0ALERTS", {"channel": "C0ALERTS", "ts": first.ts})
    assert "thread_ts" not in first.payload
    assert then.payload["thread_ts"] == first.ts
    assert first.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("kind", "aloud"), [("resolved", True), ("escalated", True), ("joined", False), ("noted", False)]
)
def test_what_everybody_should_see_is_shown_in_the_channel_as_well(slack, kind, aloud):
    place = send(slack)
    send(slack, replace(telling.RESOLVED, kind=kind, place=place))
    assert slack.taken[-1].payload["reply_broadcast"] is aloud


def test_a_thread_in_a_channel_that_is_no_longer_meant_is_left(slack):
    place = send(slack)
    moved = send(slack, replace(telling.RESOLVED, place=place), channel="C0OTHER")
    assert "thread_ts" not in slack.taken[-1].payload
    assert moved == {"channel": "C0OTHER", "ts": slack.taken[-1].ts}


def test_a_thread_that_was_deleted_is_left_for_a_new_one(slack):
    place = send(slack)
    slack.deleted.add(place["ts"])
    anew = send(slack, replace(telling.RESOLVED, place=place))
    assert [each.answer for each in slack.received] == ["ok", "cannot_reply_to_message", "ok"]
    assert anew["ts"] == slack.taken[-1].ts != place["ts"]


@pytest.mark.parametrize("answer", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
def test_refused_blocks_are_sent_as_plain_text_at_once(slack, answer):
    slack.script[:] = [answer]
    send(slack)
    assert "blocks" not in slack.taken[0].payload
    assert "charged me twice" in slack.taken[0].words


def test_a_picture_that_slack_cannot_fetch_is_left_out_and_the_thread_goes_on(slack):
    place = send(slack)
    slack.script[:] = ["invalid_blocks"]
    assert send(slack, replace(telling.JOINED, picture=telling.PICTURE, place=place)) == place
    refused, taken = slack.received[1:]
    assert [block["type"] for block in refused.payload["blocks"]].count("image") == 1
    assert [block["type"] for block in taken.payload["blocks"]].count("image") == 0
    assert taken.payload["thread_ts"] == place["ts"]


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("channel_not_found", "/invite"),
        ("not_in_channel", "/invite"),
        ("is_archived", "choose another"),
        ("invalid_auth", "xoxb-"),
        ("token_revoked", "xoxb-"),
        ("account_inactive", "xoxb-"),
        ("missing_scope", "chat:write"),
        ("restricted_action", "ask an admin"),
    ],
)
def test_a_bot_that_may_not_post_is_shut_with_the_remedy(slack, word, remedy):
    told = refused(slack, word)
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert word in told.reason
    assert remedy in told.reason
    assert len(slack.received) == 1


def test_slack_itself_says_so_of_a_wrong_token_and_of_channels(slack):
    assert "invalid_auth" in refused(slack, token="xoxb-2-wrong").reason
    assert "not_in_channel" in refused(slack, channel="C0STRANGE").reason
    assert "is_archived" in refused(slack, channel="C0OLD").reason
    assert "channel_not_found" in refused(slack, channel="C0NOWHERE").reason


@pytest.mark.parametrize(
    ("answer", "after", "in_doubt"),
    [
        ("429 40", 40, False),
        ("429", 30, False),
        ("ratelimited", 30, False),
        ("message_limit_exceeded", 3_600, False),
        ("service_unavailable", None, False),
        ("internal_error", None, True),
        ("fatal_error", None, True),
        ("500", None, False),
        ("504", None, True),
        ("html", None, True),
        ("close", None, True),
    ],
)
def test_a_slack_in_trouble_is_tried_again(slack, answer, after, in_doubt):
    told = refused(slack, answer)
    assert isinstance(told, Retryable)
    assert told.after == (None if after is None else timedelta(seconds=after))
    assert told.in_doubt is in_doubt


@pytest.mark.parametrize("answer", ["no_text", "something_new"])
def test_a_message_that_is_not_taken_is_given_up_and_the_bot_is_not(slack, answer):
    told = refused(slack, answer)
    assert isinstance(told, Permanent)
    assert not told.receiver_dead
    assert answer in told.reason


@pytest.mark.parametrize(
    "body", [b"[]", b'{"ok": 1}', b'{"ok": true}', b'{"ok": "true", "ts": "1.2"}', b"ok"]
)
def test_a_200_that_is_not_slacks_is_no_delivery(body):
    options = SlackBotOptions(token=TOKEN, channel="C0ALERTS")
    with pytest.raises((Retryable, Permanent)):
        deliver(lambda *_, **__: Answered(200, {}, body), telling.FIRING, options)


def test_no_word_of_a_stranger_is_repeated():
    body = json.dumps({"ok": False, "error": "<b>read https://evil.example</b>"}).encode()
    options = SlackBotOptions(token=TOKEN, channel="C0ALERTS")
    with pytest.raises(Permanent) as caught:
        deliver(lambda *_, **__: Answered(200, {}, body), telling.FIRING, options)
    assert "evil" not in caught.value.reason


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"token": "T012/secretsecret", "channel": "C0ALERTS"}, "begins with xoxb-"),
        ({"token": TOKEN, "channel": ""}, "write its id"),
        ({"token": TOKEN, "channel": "two words"}, "write its id"),
        ({"token": TOKEN, "channel": "C0ALERTS", "api_url": "slack.com"}, "write https://"),
    ],
)
def test_options_that_cannot_work_are_refused_without_the_token(options, said):
    with pytest.raises(ValidationError, match=said) as caught:
        SlackBotOptions(**options)
    assert "secretsecret" not in str(caught.value)


# As a whole: the outbox, the table of conversations, and a Slack that insists on its pace.


@pytest.fixture
def going(database):
    here = rounds.Rounds(database=database, now=NOW, receivers={}, post=poster(timeout=2.0))
    with database.write() as conn:
        here.incident = incident(conn)
    with serving(clock=here.seconds) as slack:
        here.slack = slack
        notifier = registry.find("slack_bot")
        here.receivers["accounts"] = rounds.Receiver(name="accounts", notifier=notifier, options=bot(slack))
        yield here


def incident(conn):
    builders.add_client(conn)
    row = {"client_id": "mills", "rule": "negative_spike", "episode": 1, "state": "firing"}
    row |= {"opened_at": NOW, "last_match_id": 0, "evidence": {}}
    return conn.execute(sa.insert(incidents).values(row).returning(incidents.c.id)).scalar_one()


def put(going, *kinds):
    for kind in kinds:
        message = replace(telling.RESOLVED, id=kind, kind=kind, incident=going.incident)
        with going.database.write() as conn:
            outbox.add(conn, key=kind, receiver="accounts", message=message, now=going.now)


def threads(slack):
    return [(each.payload.get("thread_ts"), each.ts) for each in slack.taken]


def place(going):
    with going.database.read() as conn:
        return conversations.place(conn, going.incident, "accounts")


def test_the_messages_of_one_incident_share_a_thread(going):
    put(going, "firing", "taken", "resolved")
    assert going.until_quiet() == (3, 0, 0)
    root = going.slack.taken[0].ts
    assert [thread for thread, _ in threads(going.slack)] == [None, root, root]
    assert place(going) == {"channel": "C0ALERTS", "ts": root}
    assert going.slack.rushed == 0


def test_a_refusal_begins_no_thread_and_another_incident_has_its_own(going):
    going.slack.script[:] = ["internal_error"]
    put(going, "firing")
    going.round()
    assert place(going) is None
    rounds.put(going.database, "other", now=going.now)
    assert going.until_quiet() == (2, 0, 0)
    assert [thread for thread, _ in threads(going.slack)] == [None, None]


class Killed(BaseException):
    """The process is gone."""


def test_a_death_after_the_answer_begins_a_new_thread_and_loses_nothing(going):
    post = going.post

    def dying(*args, **named):
        post(*args, **named)
        raise Killed

    put(going, "firing", "resolved")
    going.post = dying
    with pytest.raises(Killed):
        going.round()
    going.post = post
    with going.database.write() as conn:
        outbox.recover(conn, now=going.now, orphaned=True)
    assert going.until_quiet() == (2, 0, 0)
    lost, again, then = going.slack.taken
    assert ["repeat" in each.words.lower() for each in (lost, again, then)] == [False, True, False]
    assert (again.payload.get("thread_ts"), then.payload["thread_ts"]) == (None, again.ts)


def test_a_bot_that_goes_on_after_a_429_is_banned_and_ours_does_not(going):
    put(going, "firing", "taken", "noted", "resolved")
    for _ in range(30):
        going.round(after=timedelta(seconds=0.2))
    assert going.slack.rushed == 0
    assert going.states() == {"sent": 4}
    hasty = [refused_in(going) for _ in range(4)]
    assert [type(each) for each in hasty] == [Retryable] * 3 + [Permanent]
    assert "token_revoked" in hasty[-1].reason


def refused_in(going):
    going.slack.hold(5)
    with pytest.raises((Retryable, Permanent)) as caught:
        send(going.slack)
    return caught.value


def test_where_the_incident_is_no_longer_stored_nothing_is_kept_and_all_is_sent(going):
    going.incident += 1
    put(going, "firing")
    assert going.until_quiet() == (1, 0, 0)
    assert place(going) is None
