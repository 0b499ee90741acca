import json
from dataclasses import replace
from datetime import timedelta

import pytest
import telling
from fakeslack import Answered, poster, serving
from pydantic import ValidationError

from listener.notify.contract import Permanent, Retryable
from listener.notify.slack import NOTIFIER, SlackOptions, deliver

SECRET = "secretsecret"
OPTIONS = SlackOptions(webhook_url="https://hooks.example/services/T/B/x")


@pytest.fixture
def slack():
    with serving() as running:
        yield running


def send(slack, message=telling.FIRING, *, timeout=5.0):
    deliver(poster(timeout=timeout), message, SlackOptions(webhook_url=slack.url))


def refused(slack, *script, timeout=5.0):
    slack.script[:] = script
    with pytest.raises((Retryable, Permanent)) as caught:
        send(slack, timeout=timeout)
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.reason}"
    return caught.value


def refused_by(status, body, headers):
    """The failure that an answer with these headers makes."""
    dated = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT", **headers}
    with pytest.raises((Retryable, Permanent)) as caught:
        deliver(lambda *_, **__: Answered(status, dated, body), telling.FIRING, OPTIONS)
    return caught.value


@pytest.mark.parametrize("name", telling.ALL)
def test_slack_takes_every_kind_of_message(slack, name):
    send(slack, telling.ALL[name])
    assert [each.answer for each in slack.received] == ["ok"]
    assert slack.taken[0].headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("", 30),
        ("soon", 30),
        ("-5", 30),
        ("1.5e9", 30),
        ("0", 0),
        ("99999999999999999999999", 3600),
        ("9" * 5_000, 3600),
        ("٣٠", 30),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 3600),
        ("Wed, 21 Oct 1999 07:28:00 GMT", 0),
        ("Wed, 99 Oct 99999999 07:28:00 GMT", 30),
    ],
)
def test_a_429_asks_for_a_pause_that_it_names_or_half_a_minute(header, seconds):
    told = refused_by(429, b"rate_limited", {"Retry-After": header})
    assert isinstance(told, Retryable)
    assert told.after == timedelta(seconds=seconds)
    assert not told.in_doubt


def test_a_retry_after_date_counts_from_the_answers_own_date():
    told = refused_by(429, b"", {"Retry-After": "Wed, 21 Oct 2026 07:28:40 GMT"})
    assert told.after == timedelta(seconds=40)


@pytest.mark.parametrize(
    ("answer", "in_doubt"),
    [("500", False), ("503", False), ("rollup_error", False), ("504", True), ("502", True)],
)
def test_a_server_in_trouble_is_tried_again(slack, answer, in_doubt):
    told = refused(slack, answer)
    assert isinstance(told, Retryable)
    assert told.in_doubt is in_doubt
    assert len(slack.received) == 1


@pytest.mark.parametrize("answer", ["hang", "close"])
def test_a_message_that_was_taken_without_an_answer_is_in_doubt(slack, answer):
    told = refused(slack, answer, timeout=0.3)
    assert isinstance(told, Retryable)
    assert told.in_doubt


def test_a_port_where_nobody_listens_leaves_no_doubt():
    with serving() as slack:
        gone = SlackOptions(webhook_url=slack.url)
    with pytest.raises(Retryable) as caught:
        deliver(poster(), telling.FIRING, gone)
    assert not caught.value.in_doubt


@pytest.mark.parametrize("answer", ["invalid_blocks", "invalid_payload", "400", "413"])
def test_refused_blocks_are_sent_as_plain_text_at_once(slack, answer):
    slack.script[:] = [answer]
    send(slack)
    with_blocks, plain = slack.received
    assert with_blocks.payload["blocks"]
    assert "blocks" not in plain.payload
    assert "charged me twice" in plain.words
    assert plain.taken


def test_a_picture_that_slack_cannot_fetch_is_left_out_and_nothing_else(slack):
    slack.script[:] = ["invalid_blocks"]
    send(slack, replace(telling.FIRING, picture=telling.PICTURE))
    pictured, bare = (each.payload["blocks"] for each in slack.received)
    assert [block for block in pictured if block["type"] != "image"] == bare
    assert len(pictured) == len(bare) + 1
    assert slack.received[-1].taken


def test_a_message_whose_blocks_are_refused_with_and_without_picture_is_sent_as_text(slack):
    slack.script[:] = ["invalid_blocks", "invalid_blocks"]
    send(slack, replace(telling.FIRING, picture=telling.PICTURE))
    assert ["blocks" in each.payload for each in slack.received] == [True, True, False]
    assert slack.received[-1].taken


def test_a_pause_that_slack_asks_for_meanwhile_is_kept(slack):
    slack.script[:] = ["invalid_blocks", "429 30"]
    with pytest.raises(Retryable):
        send(slack, replace(telling.FIRING, picture=telling.PICTURE))
    assert len(slack.received) == 2


def test_a_message_that_is_refused_as_plain_text_too_is_given_up_and_the_receiver_is_not(slack):
    told = refused(slack, "invalid_blocks", "invalid_payload")
    assert isinstance(told, Permanent)
    assert not told.receiver_dead


@pytest.mark.parametrize(
    "answer",
    [
        "403",
        "404",
        "410",
        "no_service",
        "channel_is_archived",
        "action_prohibited",
        "invalid_token",
        "channel_not_found",
    ],
)
def test_a_webhook_that_is_shut_is_named_as_such(slack, answer):
    told = refused(slack, answer)
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert answer in told.reason
    assert len(slack.received) == 1


def test_a_redirect_is_not_followed(slack):
    told = refused(slack, "302")
    assert isinstance(told, Permanent)
    assert told.receiver_dead
    assert [each.path for each in slack.received] == ["/services/T000/B000/secretsecret"]


def test_a_200_that_is_not_slacks_ok_may_have_been_taken_or_not(slack):
    told = refused(slack, "html")
    assert isinstance(told, Retryable)
    assert told.in_doubt


def test_an_empty_address_means_off():
    assert SlackOptions(webhook_url="  ").off == "its webhook_url is empty"
    assert OPTIONS.off is None


@pytest.mark.parametrize(
    "address", ["hooks.slack.com/secretsecret", "ftp://a.example/secretsecret", "https://[secretsecret"]
)
def test_an_address_that_is_none_is_refused_without_being_repeated(address):
    with pytest.raises(ValidationError) as caught:
        SlackOptions(webhook_url=address)
    assert SECRET not in str(caught.value)
    assert "write https://" in str(caught.value)


def test_the_address_is_in_no_repr():
    told = repr(OPTIONS) + str(OPTIONS) + json.dumps(OPTIONS.model_dump(mode="json"))
    assert "hooks.example" not in told


def test_the_fake_rushes_nobody_who_keeps_the_pace_and_bans_who_does_not():
    now = [0.0]
    with serving(clock=lambda: now[0]) as slack:
        send(slack)
        for _ in range(3):
            with pytest.raises(Retryable):
                send(slack)
        now[0] = 1_000.0
        with pytest.raises(Permanent):
            send(slack)
    assert slack.rushed == 3
    assert NOTIFIER.kind == "slack"
