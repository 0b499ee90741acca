"""What the mastodon connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import official
import pytest
from pydantic import ValidationError

from connectors import mastodon
from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("mastodon")
INSTANCE = {"configuration": {}, "version": "4.4.1"}


def options(**given):
    return CONNECTOR.options(**{"instance": "town.example", **given})


def reply(body, status=200, **headers):
    return Reply(status=status, headers=headers, body=json.dumps(body).encode())


def post(number=1, *, at=NOW, **told):
    numbered = (int(at.timestamp() * 1000) << 16) + number
    return {
        "id": str(numbered),
        "uri": f"https://town.example/users/ann/statuses/{numbered}",
        "url": f"https://town.example/@ann/{numbered}",
        "visibility": "public",
        "created_at": at.isoformat(),
        "content": "<p>Mills</p>",
        "account": {"acct": "ann", "followers_count": 7},
        **told,
    }


def polled(given, answers, cursor=None, ledger=None, now=NOW):
    return list(testing.poll(CONNECTOR, given, answers, now=now, cursor=cursor, ledger=ledger))


def hashtag_page(*posts, instance=INSTANCE):
    def answers(method, url, poll):
        return reply(instance if url.endswith("/api/v2/instance") else list(posts))

    return answers


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@Mills@town.example", "mills@town.example"),
        ("mills", "mills"),
        ("https://town.example/@mills", "mills@town.example"),
        ("https://other.example/@mills@town.example/", "mills@town.example"),
        ("https://town.example/users/mills", "mills@town.example"),
    ],
)
def test_an_account_may_be_written_as_people_write_it(written, read):
    assert options(account=written).account == read


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"account": "two words"}, "“two words” is no name there"),
        ({"hashtag": "2026"}, "“2026” is no hashtag"),
        ({"hashtag": "a", "account": "b"}, "hashtag and account are two sources"),
        ({"hashtags": list("abcdef")}, "at most 5"),
        ({}, "Mastodon searches posts only for its members"),
        ({"instance": "", "hashtag": "a"}, "say which `instance` to ask"),
        ({"instance": "no host", "hashtag": "a"}, "“no host” is no host"),
    ],
)
def test_options_that_cannot_work_are_told(given, said):
    with pytest.raises(ValidationError, match=said):
        options(**given)


def test_what_is_for_few_people_is_never_kept_and_leaves_no_text_behind():
    hidden = [post(n, visibility=seen) for n, seen in enumerate(("private", "direct", "circle", None))]
    ((kept,)) = polled(options(hashtag="mills"), hashtag_page(post(9), *hidden))
    assert len(kept.page.found) == 1
    (refused,) = kept.page.refused
    assert refused.payload.decode() == hidden[3]["id"]


def test_a_boost_has_the_words_of_its_original_and_names_it():
    original = post(1, account={"acct": "rkelly@ships.example"}, content="<p>No refund</p>")
    boost = {**post(2, content=""), "reblog": original, "uri": "https://town.example/boosts/1"}
    found = mastodon.read_posts(json.dumps([boost]).encode(), "https://town.example", NOW).found[0]
    assert (found.text, found.repost_of, found.external_id) == ("No refund", original["uri"], boost["uri"])
    assert found.author.handle == "ann@town.example"


def test_hashtags_and_mentions_are_no_pages_that_posts_share():
    content = (
        '<a href="https://town.example/tags/mills" class="mention hashtag" rel="tag">#mills</a> '
        '<a class="u-url mention" href="https://town.example/@ann">@ann</a> <a href="https://mills.example/x">x</a>'
    )
    found = mastodon.read_posts(json.dumps([post(content=content)]).encode(), "https://town.example", NOW)
    assert found.found[0].links == ("https://mills.example/x",)


def test_an_account_is_the_clients_own_wherever_it_is_read():
    mills = Client(
        id="mills",
        name="Mills",
        watch_list="shops",
        query="mills",
        own=Own(handles={"mastodon": "@ann@town.example"}),
    )
    here = mastodon.read_posts(json.dumps([post()]).encode(), "https://town.example", NOW).found[0]
    there = post(account={"acct": "Ann@town.example"})
    there = mastodon.read_posts(json.dumps([there]).encode(), "https://ships.example", NOW).found[0]
    assert is_own(here, mills, kind="mastodon")
    assert is_own(there, mills, kind="mastodon")
    assert here.author.key == there.author.key


def test_timelines_that_are_closed_are_told_before_they_are_asked():
    closed = {
        "configuration": {
            "timelines_access": {"hashtag_feeds": {"local": "public", "remote": "authenticated"}}
        }
    }
    with pytest.raises(NeedsAttention, match="to its members only: give the `token`"):
        polled(options(hashtag="mills"), hashtag_page(post(), instance=closed))
    assert polled(options(hashtag="mills", token="t"), hashtag_page(post(), instance=closed))[0].page.found


def test_who_may_see_hashtags_is_asked_once_a_day():
    asked, ledger = [], LedgerHere()

    def answers(method, url, poll):
        asked.append(urlsplit(url).path)
        return hashtag_page(post())(method, url, poll)

    for hours in (0, 1, 23, 25):
        polled(options(hashtag="mills"), answers, ledger=ledger, now=NOW + timedelta(hours=hours))
    assert asked.count("/api/v2/instance") == 2


@pytest.mark.parametrize(("shown", "trouble"), [(0, True), (1, False)])
def test_a_search_that_finds_nothing_is_asked_whether_it_searches_at_all(shown, trouble):
    def answers(method, url, poll):
        probe = "before:" in parse_qs(urlsplit(url).query)["q"][0]
        return reply({"statuses": [post()] * shown if probe else []})

    given = options(token="t", search="mills")
    if trouble:
        with pytest.raises(NeedsAttention, match="has no full-text search"):
            polled(given, answers)
    else:
        assert [kept.page.found for kept in polled(given, answers)] == [()]


@pytest.mark.parametrize(
    ("status", "body", "token", "said"),
    [
        (401, {"error": "The access token is invalid"}, "t", "is not valid"),
        (401, {"error": "The access token was revoked"}, "t", "is revoked"),
        (403, {"error": "This action is outside the authorized scopes"}, "t", "lacks a scope"),
        (403, {"error": "Your login is currently disabled"}, "t", "refuses the account of the token"),
        (422, {"error": "This method requires an authenticated user"}, None, "to its members only"),
        (404, {"error": "Record not found"}, None, "knows no account @mills"),
        (401, None, None, "to its members only"),
    ],
)
def test_a_refusal_names_its_remedy(status, body, token, said):
    with pytest.raises(NeedsAttention, match=said):
        polled(options(account="mills", token=token), lambda *_: reply(body, status))


def test_a_limit_that_is_used_up_is_waited_for_as_long_as_the_place_says():
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-20T08:05:00.916474Z"}
    with pytest.raises(TryLater) as raised:
        polled(options(account="mills"), lambda *_: reply({"error": "Too many requests"}, 429, **headers))
    assert timedelta(minutes=4, seconds=50) < raised.value.after < timedelta(minutes=5, seconds=2)


def test_the_token_is_sent_in_a_header_and_nowhere_else():
    asked = []
    given = options(token="of-nobody", search="mills")

    def answers(method, url, poll):
        asked.append(url)
        return reply({"statuses": [post()]})

    polled(given, answers)
    assert asked
    assert not any("of-nobody" in url for url in asked)


def test_all_words_must_be_there_and_a_list_of_accounts_is_read_whole():
    query = {"a": parse_query('"Mills Supply" AND (refund OR delivery)')}
    asked = [one.options.search for one in CONNECTOR.search(query, options(token="t"))]
    assert asked == ['"mills supply" refund', '"mills supply" delivery']
    assert CONNECTOR.search(query, options(account="mills")) is None


@pytest.mark.shared
@pytest.mark.skipif(
    not official.SPECS.exists(), reason="real exchanges (shared/specs) are not beside the checkout"
)
@pytest.mark.parametrize(
    ("file", "path", "count"),
    [("test_hashtag_tl", "/api/v1/timelines/tag/hoot", 1), ("test_search", "/api/v2/search", 0)],
)
def test_what_a_real_server_answered_is_read(file, path, count):
    recorded = json.loads((official.SPECS / "recordings" / "mastodon" / f"{file}.responses.json").read_text())
    bodies = [one["body"] for one in recorded if urlsplit(one["url"]).path == path]
    read = [mastodon.read_posts(json.dumps(body).encode(), "http://localhost:3000", NOW) for body in bodies]
    assert read
    assert all(not one.refused and len(one.found) >= count for one in read)
