"""Bluesky: accounts with what is answered to them, a search by a login that outlives crashes, and deletions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playing import ROOT, played

from listener.connector import NeedsAttention, TryLater, registry, testing
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Recording, Reply
from listener.domain.query import parse_query

KIND = registry.find("bluesky")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MILLS, ANN = "did:plc:mills2example3aaaaaaaaaa", "did:plc:ann2example3aaaaaaaaaaaa"
LOGIN = {"identifier": "ben.bsky.social", "app_password": "abcd-efgh-2345-wxyz"}
SESSION = {"accessJwt": "access1", "refreshJwt": "refresh1", "handle": "ben.bsky.social", "did": ANN}
KEPT = (("bluesky", ""), "session")


def recording(name):
    return Recording.load(ROOT / f"tests/recorded/bluesky/{name}.json")


def view(key, *, did=MILLS, at=NOW, **more):
    post = {
        "uri": f"at://{did}/app.bsky.feed.post/{key}",
        "author": {"did": did, "handle": "mills.example"},
        "record": {"text": f"Mills {key}", "createdAt": at.isoformat()},
        "indexedAt": at.isoformat(),
    }
    return post | more


def reply(body=None, status=200, **headers):
    return Reply(status=status, headers=headers, body=json.dumps(body or {}).encode())


class Server:
    """A server of Bluesky that keeps sessions: `valid` is the access token that it takes, `fresh` the refresh token."""

    def __init__(self, posts=()):
        self.valid, self.fresh, self.number = None, None, 0
        self.posts = posts
        self.calls = []

    def __call__(self, method, url, _poll):
        name = urlsplit(url).path.rpartition(".")[2]
        self.calls.append(name)
        if method == "POST":
            if name == "refreshSession" and self.fresh is None:
                return reply({"error": "ExpiredToken"}, status=400)
            self.number += 1
            self.valid = f"access{self.number}"
            return reply(SESSION | {"accessJwt": self.valid, "refreshJwt": f"refresh{self.number}"})
        if self.valid is None:
            return reply({"error": "ExpiredToken"}, status=400)
        return reply({"posts": list(self.posts)})


def poll(answers, *, cursor=None, ledger=None, now=NOW, **options):
    return list(testing.poll(KIND, KIND.options(**options), answers, now=now, cursor=cursor, ledger=ledger))


def test_an_account_brings_its_posts_what_it_repeats_and_what_is_answered_to_it():
    [first, second] = played("bluesky", recording("an_account"))
    found = {one.external_id.rpartition("/")[2]: one for kept in first for one in kept.page.found}
    assert set(found) == {f"3m5xaaaaaa{key}" for key in ("a2", "b2", "d2", "e2", "f2", "i2")}
    post, repeated, answered = found["3m5xaaaaaaa2"], found["3m5xaaaaaad2"], found["3m5xaaaaaaf2"]
    assert (post.author.handle, post.author.reach) == ("mills.example", 1204)
    assert post.engagement == {"likes": 4, "reposts": 1, "replies": 1, "quotes": 1}
    assert repeated.author.key == MILLS
    assert repeated.repost_of == f"at://{ANN}/app.bsky.feed.post/3m5xaaaaaac2"
    assert (answered.form, answered.author.reach) == ("comment", None)
    assert found["3m5xaaaaaab2"].links == ("https://mills.example/harbour",)
    assert found["3m5xaaaaaai2"].links == (f"https://bsky.app/profile/{MILLS}/post/3m5xaaaaaaa2",)
    new = {one.external_id for kept in second for one in kept.page.found}
    assert f"at://{ANN[:8]}ben2example3aaaaaaaaaaaa/app.bsky.feed.post/3m5xaaaaaah2" in new


def test_answers_are_asked_for_only_where_their_counts_have_changed():
    asked = []

    def answers(method, url, number):
        asked.append(urlsplit(url).path.rpartition(".")[2])
        return testing.recorded(recording("an_account"))(method, url, number)

    played("bluesky", recording("an_account"), answers=answers)
    assert asked.count("getPostThread") == 2
    assert asked.count("getQuotes") == 1


def test_what_one_poll_could_not_ask_is_owed_by_the_next():
    feed = [{"post": view(f"3a{number:03}", replyCount=1)} for number in range(60)]
    threads = []

    def answers(_method, url, _poll):
        if "getProfile" in url:
            return reply({"did": MILLS, "handle": "mills.example"})
        if "getPostThread" in url:
            threads.append(parse_qs(urlsplit(url).query)["uri"][0])
            return reply({"thread": {"replies": []}})
        return reply({"feed": feed})

    first = poll(answers, account="mills.example")
    assert first[-1].page.truncated
    assert len(threads) == 40
    second = poll(answers, account="mills.example", cursor=first[-1].cursor)
    assert not second[-1].page.truncated
    assert len(set(threads)) == len(threads) == 60


def test_a_post_that_is_gone_when_its_answers_are_asked_for_is_gone():
    def answers(_method, url, _poll):
        if "getProfile" in url:
            return reply({"did": MILLS})
        if "getPostThread" in url:
            return reply({"error": "NotFound"}, status=400)
        return reply({"feed": [{"post": view("3a", replyCount=1)}]})

    assert poll(answers, account="mills.example")[-1].page.gone == (view("3a")["uri"],)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("InvalidRequest", "The account mills.example is not known there: check its spelling."),
        ("AccountTakedown", "The account mills.example was taken down: watch another one."),
        ("AccountDeactivated", "The account mills.example is closed for now by who owns it."),
    ],
)
def test_an_account_that_cannot_be_read_is_told(error, said):
    with pytest.raises(NeedsAttention) as told:
        poll(lambda *_: reply({"error": error}, status=400), account="mills.example")
    assert told.value.reason == said


def test_one_session_serves_many_polls_and_is_refreshed_when_it_has_run_out():
    server, ledger = Server([view("3a")]), LedgerHere()
    poll(server, ledger=ledger, **LOGIN)
    poll(server, ledger=ledger, **LOGIN)
    assert server.calls.count("createSession") == 1
    server.valid, server.fresh = None, "refresh1"
    poll(server, ledger=ledger, **LOGIN)
    assert server.calls[-3:] == ["searchPostsV2", "refreshSession", "searchPostsV2"]
    assert ledger.recall(*KEPT)["refresh"] == "refresh2"


def test_a_refresh_token_that_a_crash_has_used_up_leads_to_a_new_login():
    server, ledger = Server([view("3a")]), LedgerHere()
    poll(server, ledger=ledger, **LOGIN)
    server.valid = None  # refreshed by a poll that died before it could remember
    [kept] = poll(server, ledger=ledger, **LOGIN)
    assert len(kept.page.found) == 1
    assert server.calls[-4:] == ["searchPostsV2", "refreshSession", "createSession", "searchPostsV2"]


def test_a_session_of_another_account_is_not_used():
    server, ledger = Server(), LedgerHere()
    poll(server, ledger=ledger, **LOGIN)
    poll(server, ledger=ledger, **LOGIN | {"identifier": "cal.bsky.social"})
    assert server.calls.count("createSession") == 2


def test_logins_are_counted_so_that_bluesky_need_not_refuse_them():
    ledger = LedgerHere()
    server = Server()
    poll(server, ledger=ledger, **LOGIN)
    assert {meter: spent.spent for (_, meter), spent in ledger.meters.items() if "login" in meter} == {
        "logins": 1,
        "daily logins": 1,
    }


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("AuthenticationRequired", "does not know ben.bsky.social with this app password: make a new one"),
        ("AuthFactorTokenRequired", "asks for a second factor: give an app password"),
        ("AccountTakedown", "was taken down: give another one"),
    ],
)
def test_a_login_that_fails_says_what_to_do(error, said):
    with pytest.raises(NeedsAttention) as told:
        poll(lambda *_: reply({"error": error}, status=401), **LOGIN)
    assert said in told.value.reason
    assert "abcd" not in told.value.reason


def test_a_limit_that_is_reached_is_waited_for():
    reset = int((NOW + timedelta(minutes=3)).timestamp())

    def answers(method, _url, _poll):
        if method == "POST":
            return reply(SESSION)
        headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(reset)}
        return Reply(status=429, headers=headers, body=b'{"error": "RateLimitExceeded"}')

    with pytest.raises(TryLater) as told:
        poll(answers, ledger=LedgerHere(), **LOGIN)
    assert abs(told.value.after - timedelta(minutes=3)) < timedelta(seconds=5)


def test_the_password_and_the_session_are_in_no_url_and_no_cursor():
    server, urls = Server([view("3a")]), []

    def answers(method, url, number):
        urls.append(url)
        return server(method, url, number)

    [kept] = poll(answers, search="mills", **LOGIN)
    for secret in ("abcd-efgh", "access1", "refresh1"):
        assert secret not in " ".join(urls) + json.dumps(kept.cursor) + KIND.scope(KIND.options(**LOGIN))


def test_only_what_the_place_says_that_it_has_not_is_gone():
    there, gone, blocked = (view(f"3{key}")["uri"] for key in "abc")
    repost = f"at://{ANN}/app.bsky.feed.repost/3d"

    def answers(_method, url, _poll):
        if "getPosts?" in url:
            return reply({"posts": [view("3a")]})
        known = parse_qs(urlsplit(url).query)
        if known.get("uri") == [blocked]:
            return reply(
                {"thread": {"$type": "app.bsky.feed.defs#blockedPost", "uri": blocked, "blocked": True}}
            )
        error = "RecordNotFound" if "getRecord" in url else "NotFound"
        return reply({"error": error}, status=400)

    options = KIND.options(account="mills.example")
    http = testing.visit(answers, now=NOW)
    assert KIND.recheck(http, options, [there, gone, blocked, repost, "no uri"]).gone == (gone, repost)


def test_queries_become_words_phrases_and_hosts():
    options = KIND.options(**LOGIN)
    read = {"mills": parse_query('"Mills Supply" OR domain:mills.example OR (or AND not)')}
    asked = {one.options.search for one in KIND.search(read, options)}
    assert '"mills supply"' in asked
    assert "domain:mills.example" in asked
    assert KIND.search(read, KIND.options(account="mills.example")) is None


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ("@Mills.Bsky.Social", "mills.bsky.social"),
        ("https://bsky.app/profile/mills.example/post/3m5x", "mills.example"),
        ("at://did:plc:abc", "did:plc:abc"),
        (f"https://bsky.app/profile/{MILLS}", MILLS),
    ],
)
def test_an_account_is_read_as_it_is_meant(written, account):
    assert KIND.options(account=written).account == account
