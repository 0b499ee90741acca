"""Reddit's tokens, refusals and deletions, and its feeds: beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, Trouble, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.reddit import read_things
from listener.connector.testing import Reply
from listener.domain.query import parse_query

REDDIT = registry.find("reddit")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CLIENT = REDDIT.options(subreddit="r/Mills", client_id="an-id", client_secret="a-secret")
SECRET = "0123456789abcdef-of-nobody"
FEED = REDDIT.options(subreddit="mills", feed_token=SECRET, user="u/mills_ears")
RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "recordings" / "reddit"


def post(minutes, n, **more):
    at = (NOW - timedelta(minutes=minutes)).timestamp()
    return {
        "kind": "t3",
        "data": {"name": f"t3_{n}", "title": f"post {n}", "author": "ann", "created_utc": at, **more},
    }


def listing(*children, after=None, status=200, headers=None):
    body = {"kind": "Listing", "data": {"after": after, "children": list(children)}}
    return Reply(status=status, headers=headers or {}, body=json.dumps(body).encode())


def refusal(status, **body):
    return Reply(status=status, body=json.dumps({"message": "Forbidden", "error": status, **body}).encode())


def polled(replies, given=CLIENT, *, ledger=None, cursor=None, now=NOW):
    """One poll; tokens are given as they are asked for and numbered, `replies` answer all else. Also what was asked."""
    left, sent = list(replies), []

    def answers(method, url, poll):
        sent.append(f"{method} {url.partition('.com')[2]}")
        if method == "POST":
            told = {"access_token": f"token-{len(sent)}", "expires_in": 86400}
            return Reply(body=json.dumps(told).encode())
        return left.pop(0) if len(left) > 1 else left[0]

    return list(testing.poll(REDDIT, given, answers, now=now, cursor=cursor, ledger=ledger)), sent


def test_a_token_is_kept_over_a_crash_and_renewed_before_it_ends_or_when_it_is_refused():
    ledger = LedgerHere()
    _, first = polled([listing(post(5, "a"))], ledger=ledger)
    assert [one.split()[0] for one in first] == ["POST", "GET"]
    _, again = polled([listing(post(5, "a"))], ledger=ledger, now=NOW + timedelta(hours=23))
    assert [one.split()[0] for one in again] == ["GET"]
    _, later = polled([listing(post(5, "a"))], ledger=ledger, now=NOW + timedelta(hours=23, minutes=56))
    assert [one.split()[0] for one in later] == ["POST", "GET"]
    _, revoked = polled([refusal(401), listing(post(5, "a"))], ledger=ledger, now=NOW + timedelta(hours=24))
    assert [one.split()[0] for one in revoked] == ["GET", "POST", "GET"]
    with pytest.raises(NeedsAttention, match="refuses the token that it has just given"):
        polled([refusal(401)], ledger=ledger)


def test_a_client_that_reddit_does_not_know_is_told():
    with pytest.raises(
        NeedsAttention, match=r"does not know this client \(401\): check client_id and client_secret"
    ):
        list(testing.poll(REDDIT, CLIENT, lambda *_: refusal(401), now=NOW))


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refusal(403, reason="private"), r"r/mills has gone private \(403\)"),
        (refusal(403, reason="quarantined"), "r/mills is quarantined"),
        (refusal(403, reason="gated"), "r/mills is gated"),
        (refusal(404, reason="banned"), "r/mills was banned"),
        (refusal(404), "Reddit has no r/mills"),
        (Reply(status=403, body=b"<html>"), "does not show r/mills"),
    ],
)
@pytest.mark.parametrize("given", [CLIENT, FEED], ids=["api", "feed"])
def test_each_way_for_a_subreddit_to_be_out_of_reach_has_its_sentence(given, reply, said):
    with pytest.raises(NeedsAttention, match=said) as raised:
        polled([reply], given)
    assert SECRET not in raised.value.reason


def test_other_subreddits_in_the_place_of_one_are_no_items():
    with pytest.raises(NeedsAttention, match="no subreddit of this name"):
        polled([listing({"kind": "t5", "data": {"name": "t5_1"}})])


def test_the_window_is_read_in_seconds_from_now():
    full = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "600", "x-ratelimit-reset": "240"}
    with pytest.raises(TryLater) as raised:
        polled([listing(status=429, headers=full)])
    assert timedelta(seconds=230) < raised.value.after <= timedelta(seconds=240)
    ledger = LedgerHere()
    polled([listing(headers=full)], ledger=ledger)
    with pytest.raises(TryLater, match="no requests to Reddit are left until 2026-11-20 08:04 UTC"):
        polled([listing()], ledger=ledger)


def test_what_was_deleted_is_told_and_a_post_without_its_author_stays():
    things = [
        post(9, "a", selftext="[deleted]", author="[deleted]"),
        post(8, "b", selftext="[removed]", removed_by_category="moderator"),
        post(
            7, "c", selftext="still here", author="[deleted]", edited=(NOW - timedelta(minutes=2)).timestamp()
        ),
        post(6, "d", crosspost_parent="t3_c"),
        None,
    ]
    (kept,), _ = polled([listing(*things)])
    assert kept.page.gone == ("t3_a", "t3_b")
    assert [(one.external_id, one.author_hidden, one.repost_of) for one in kept.page.found] == [
        ("t3_c", True, None),
        ("t3_d", False, "t3_c"),
    ]
    assert kept.page.found[0].edited_at == NOW - timedelta(minutes=2)
    assert len(kept.page.refused) == 1


def test_stored_things_are_asked_for_again_by_name():
    sent = []

    def answers(method, url, poll):
        sent.append(url)
        if method == "POST":
            return Reply(body=b'{"access_token": "t", "expires_in": 60}')
        return listing(post(9, "a", selftext="[removed]"), post(8, "b"))

    told = REDDIT.recheck(testing.visit(answers, now=NOW), CLIENT, ["t3_a", "t3_b", "t1_c"])
    assert (told.gone, [one.external_id for one in told.found]) == (("t3_a",), ["t3_b"])
    assert "id=t3_a%2Ct3_b%2Ct1_c" in sent[-1]
    assert REDDIT.recheck(testing.visit(answers, now=NOW), FEED, ["t3_a"]).gone == ()


def test_a_page_behind_a_deleted_post_is_asked_for_behind_another():
    first = listing(*[post(n, f"p{n}") for n in range(1, 12)], after="t3_p11")
    empty, second = listing(), listing(*[post(n, f"p{n}") for n in range(10, 15)])
    kept, sent = polled([first, empty, second])
    assert [one.rpartition("after=")[2].partition("&")[0] for one in sent[2:]] == ["t3_p11", "t3_p9"]
    assert {found.external_id for one in kept for found in one.page.found} == {
        f"t3_p{n}" for n in range(1, 15)
    }


def test_the_feed_token_is_in_the_address_and_nowhere_else():
    asked = []

    def answers(method, url, poll):
        asked.append(url)
        return Reply(
            body=b"<!doctype html><html><title>Log in</title></html>", headers={"content-type": "text/html"}
        )

    http = testing.visit(answers, now=NOW)
    with pytest.raises(Trouble, match=r"https://www.reddit.com/r/mills/new/.rss is an HTML page") as raised:
        list(REDDIT.fetch(http, FEED, None))
    assert httpx.URL(asked[0]).params["feed"] == SECRET
    assert SECRET not in raised.value.reason + repr(http.validators) + repr(http.moved) + REDDIT.scope(FEED)


def test_an_address_that_moved_for_good_is_not_remembered_with_the_token():
    def answers(method, url, poll):
        if "www" in url:
            return Reply(status=301, headers={"location": url.replace("www", "new")})
        return Reply(body=b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title></feed>')

    http = testing.visit(answers, now=NOW)
    (page,) = REDDIT.fetch(http, FEED, None)
    assert (http.moved, http.validators) == ({}, {})
    assert SECRET not in json.dumps(page.cursor)


def test_clients_are_asked_for_together_and_a_link_by_its_address():
    queries = {"mills": parse_query('"Mills Supply" NOT Hayley'), "arc": parse_query("domain:arc.example")}
    (one,) = REDDIT.search(queries, REDDIT.options())
    assert one.options.search == '"mills supply" OR ("arc example" OR "arc dot example" OR url:"arc.example")'
    assert REDDIT.search(queries, CLIENT) is None


@pytest.mark.shared
def test_real_answers_are_read():
    files = sorted(RECORDED.glob("*.json")) if RECORDED.exists() else []
    if not files:
        pytest.skip("the recorded exchanges (shared/specs/recordings/reddit) are not beside the checkout")
    for file in files:
        for exchange in json.loads(file.read_text()):
            things = read_things(json.dumps(exchange["body"]).encode(), NOW)
            assert not things.refused
            assert len(things.names) == len(exchange["body"]["data"]["children"]) > 1
            assert all(
                one.published_at and one.url.startswith("https://www.reddit.com/r/") for one in things.found
            )
