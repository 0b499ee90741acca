"""What we ask Bluesky, and what our recordings say that it answered, as its own lexicons have it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from lexicons import Lexicons
from playing import FILES, ROOT

from listener.connector import registry, testing
from listener.connector.testing import Recording, Reply

FOLDER = ROOT.parent / "shared" / "specs" / "bluesky"
RECORDED = [pytest.param(path, id=path.stem) for path in FILES["bluesky"]]
POST = "at://did:plc:ann2example3aaaaaaaaaaaa/app.bsky.feed.post/3m5xaaaaaaf2"


@pytest.fixture(scope="module")
def lexicons():
    if not FOLDER.exists():
        pytest.skip("Bluesky's lexicons are not beside the checkout.")
    return Lexicons(FOLDER)


def method_of(url):
    return urlsplit(url).path.removeprefix("/xrpc/")


def asked_of(path):
    """Every request of every poll of a recording, as it was sent."""
    recording, connector = Recording.load(path), registry.find("bluesky")
    requests = []

    def answers(method, url, poll):
        requests.append(url)
        return testing.recorded(recording)(method, url, poll)

    for options in recording.searches(connector):
        list(testing.poll(connector, options, answers, now=recording.now))
    return requests


@pytest.mark.parametrize("path", RECORDED)
def test_every_query_that_we_send_is_declared(lexicons, path):
    requests = asked_of(path)
    assert requests
    for url in requests:
        assert lexicons.asked(method_of(url), parse_qsl(urlsplit(url).query)) == [], url


@pytest.mark.parametrize("path", RECORDED)
def test_every_recorded_answer_is_one_that_they_allow(lexicons, path):
    bad_on_purpose = {".feed[0].post.author.did is missing", ".feed[0].post.author.handle is no handle: 'x'"}
    records = 0
    for exchange in json.loads(Path(path).read_text(encoding="utf-8"))["exchanges"]:
        body, method = exchange["response"]["body"], method_of(exchange["request"]["url"])
        if exchange["response"]["status"] == 200:
            assert set(lexicons.answered(method, body)) <= bad_on_purpose, method
        for one in [view.get("post", view) for view in body.get("feed", body.get("posts", []))]:
            assert lexicons.written("app.bsky.feed.post", one["record"]) == []
            records += 1
    assert records


def test_what_is_asked_again_is_declared(lexicons):
    requests = []

    def answers(_method, url, _poll):
        requests.append(url)
        return (
            Reply(status=400, body=b'{"error": "NotFound"}')
            if "getPosts?" not in url
            else Reply(body=b'{"posts": []}')
        )

    connector = registry.find("bluesky")
    http = testing.visit(answers, now=Recording.load(FILES["bluesky"][0]).now)
    uris = [f"{POST[:-1]}{number}" for number in range(40)]
    assert connector.recheck(http, connector.options(account="mills.example"), uris).gone == tuple(uris)
    assert [method_of(url) for url in requests[:3]] == [
        *["app.bsky.feed.getPosts"] * 2,
        "app.bsky.feed.getPostThread",
    ]
    for url in requests:
        assert lexicons.asked(method_of(url), parse_qsl(urlsplit(url).query)) == []


def test_the_lexicons_refuse_what_is_not_theirs(lexicons):
    """The checker itself: each of these is wrong."""
    search = "app.bsky.feed.searchPosts"
    assert lexicons.asked(search, [("query", "x")]) == ["query is not declared", "q is missing"]
    assert lexicons.asked(search, [("q", "x"), ("limit", "101")]) == ["limit is beyond its maximum"]
    assert lexicons.asked(search, [("q", "x"), ("sort", "recent")]) == [
        "sort is 'recent', which is not known"
    ]
    assert lexicons.asked("app.bsky.feed.getPosts", [("uris", POST)] * 26) == ["uris is too long"]
    assert lexicons.answered("app.bsky.feed.getPostThread", {"thread": {"$type": "other"}})
    assert lexicons.sent("com.atproto.server.createSession", {"identifier": "a"}) == [
        "input.password is missing"
    ]
