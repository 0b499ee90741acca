"""What the instagram connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from connectors import instagram
from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.purse import purse_for
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("instagram")
ACCOUNT = "17841400000000001"


def options(**given):
    return CONNECTOR.options(**{"token": "of-nobody", "account": ACCOUNT, **given})


def reply(body, status=200):
    return Reply(status=status, body=json.dumps(body).encode())


def refusal(code, subcode):
    return reply({"error": {"code": code, "error_subcode": subcode, "message": "no"}}, 400)


def polled(given, answers, cursor=None, ledger=None, now=NOW):
    return list(testing.poll(CONNECTOR, given, answers, now=now, cursor=cursor, ledger=ledger))


def ids(kept):
    return [one.external_id for each in kept for one in each.page.found]


def hashtags(asked=None):
    """A place where every hashtag has an id and one post."""

    def answers(method, url, poll):
        parts = urlsplit(url)
        if parts.path.endswith("/ig_hashtag_search"):
            tag = parse_qs(parts.query)["q"][0]
            if asked is not None:
                asked.append(tag)
            return reply({"data": [{"id": str(int.from_bytes(tag.encode()))[:15]}]})
        return reply(
            {"data": [{"id": parts.path.split("/")[2], "timestamp": NOW.isoformat(), "caption": "#x"}]}
        )

    return answers


def tags(start, count):
    return [f"tag{number}" for number in range(start, start + count)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"account": "@mills"}, "“@mills” is no id of an account"),
        ({"hashtags": ["2026"]}, "“2026” is no hashtag"),
        ({"hashtags": tags(0, 31)}, "at most 30"),
        ({"hashtags": ["a"], "read": ["tags"]}, "hashtags and an account are two sources"),
        ({"read": []}, "say what is read"),
        ({"mentioned": ["https://x"]}, "no id of a post"),
    ],
)
def test_options_that_cannot_work_are_told(given, said):
    with pytest.raises(ValidationError, match=said):
        options(**given)


def test_a_hashtag_hides_its_authors():
    (one,) = [one for each in polled(options(hashtags=["a"]), hashtags()) for one in each.page.found]
    assert one.author is None
    assert one.author_hidden


def test_thirty_hashtags_a_week_are_asked_for_and_no_more_even_after_a_restart():
    ledger, asked = LedgerHere(), []
    first = polled(options(hashtags=tags(0, 20)), hashtags(asked), ledger=ledger)
    assert len(ids(first)) == 20
    later = NOW + timedelta(days=2)
    reading = testing.poll(
        CONNECTOR, options(hashtags=tags(15, 20)), hashtags(asked), now=later, ledger=ledger
    )
    found = []
    with pytest.raises(TryLater, match="2026-11-27 08:00 UTC") as raised:
        found.extend(reading)
    assert raised.value.after == timedelta(days=5)
    assert asked == tags(0, 30)


def test_a_hashtag_that_is_asked_for_again_does_not_begin_its_week_anew():
    ledger, asked = LedgerHere(), []
    polled(options(hashtags=tags(0, 30)), hashtags(asked), ledger=ledger)
    polled(options(hashtags=tags(0, 30)), hashtags(asked), ledger=ledger, now=NOW + timedelta(days=6))
    after = NOW + timedelta(days=7, minutes=1)
    assert len(ids(polled(options(hashtags=tags(30, 30)), hashtags(asked), ledger=ledger, now=after))) == 30
    assert asked == tags(0, 60)


def test_how_many_hashtags_are_left_is_told_to_the_meter():
    ledger = LedgerHere()
    polled(options(hashtags=tags(0, 30)), hashtags(), ledger=ledger)
    purse = purse_for(CONNECTOR, options(hashtags=["a"]), now=NOW, ledger=ledger)
    with pytest.raises(TryLater, match="no hashtags of Instagram are left until 2026-11-27 08:00"):
        purse.allow("hashtags")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (refusal(18, 2_207_034), TryLater, "30 hashtags of the week"),
        (refusal(24, 2_207_024), NeedsAttention, "knows no such hashtag"),
    ],
)
def test_a_refused_hashtag_is_told(answer, kind, said):
    with pytest.raises(kind, match=said):
        polled(options(hashtags=["a"]), lambda *_: answer)


def test_replies_are_read_with_their_comment_and_say_whose_post_it_is():
    comment = {"id": "1", "timestamp": NOW.isoformat(), "text": "Mills?", "username": "Ann"}
    comment["replies"] = {"data": [{**comment, "id": "2", "username": "millssupply"}]}
    comment["media"] = {"permalink": "https://www.instagram.com/p/C1/"}
    sheet = instagram.read_comments(json.dumps({"data": [comment]}).encode(), NOW)
    assert [one.external_id for one in sheet.found] == ["1", "2"]
    assert {one.url for one in sheet.found} == {"https://www.instagram.com/p/C1/"}
    mills = Client(
        id="mills",
        name="Mills",
        watch_list="shops",
        query=parse_query("mills"),
        own=Own(handles={"instagram": "@MillsSupply"}),
    )
    assert [is_own(one, mills, kind="instagram") for one in sheet.found] == [False, True]


def test_a_mention_that_is_gone_does_not_hide_the_next_and_none_is_asked_for_twice():
    asked = []

    def answers(method, url, poll):
        asked.append(url)
        if "media_id%281%29" in url:
            return refusal(100, 33)
        return reply({"id": ACCOUNT, "mentioned_media": {"id": "2", "timestamp": NOW.isoformat()}})

    given = options(read=[], mentioned=["1", "2"])
    reading = testing.poll(CONNECTOR, given, answers, now=NOW)
    first = next(reading)
    assert ids([first]) == ["2"]
    with pytest.raises(NeedsAttention, match="has nothing of this name"):
        next(reading)
    with pytest.raises(NeedsAttention):
        polled(given, answers, cursor=first.cursor)
    assert ["media_id%281%29" in url for url in asked] == [True, False, True]
