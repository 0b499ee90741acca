"""What X is sent and answers, held against both of its official contracts and real answers of it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import official
import pytest
from xplace import NOW, X, asked, options

from listener.connector import testing
from listener.connector.ledger import LedgerHere
from listener.connector.purse import purse_for
from listener.connector.testing import Reply
from listener.connector.x.posts import read_posts

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "recordings" / "x"


@pytest.mark.shared
def test_real_answers_are_read():
    files = sorted(RECORDED.glob("*_t*.json")) if RECORDED.exists() else []
    if not files:
        pytest.skip("the recorded exchanges (shared/specs/recordings/x) are not beside the checkout")
    read = 0
    for file in files:
        for exchange in json.loads(file.read_text()):
            if (
                exchange["status"] == 200
                and isinstance(exchange["body"].get("data"), list)
                and "text" in exchange["body"]["data"][0]
            ):
                posts = read_posts(exchange["body"], NOW, {})
                assert not posts.refused
                assert [one.external_id for one in posts.found] == [
                    one["id"] for one in exchange["body"]["data"]
                ]
                assert all(
                    one.published_at.year == 2022 or one.published_at.year < 2023 for one in posts.found
                )
                read += len(posts.found)
    assert read > 100


@pytest.mark.shared
@pytest.mark.parametrize("spelling", ["tweet", "post"])
@pytest.mark.parametrize(
    "where",
    [
        {"search": "(a)", "retweets": True, "authors": True, "accounts": ["mills"], "probe": True},
        {"list": "5", "authors": True},
        {"handle": "mills"},
        {"mentions": "mills", "retweets": True},
    ],
    ids="-".join,
)
def test_every_name_and_value_that_is_sent_is_in_the_official_contract_of_its_spelling(where, spelling):
    given, sent = options(spelling=spelling, **where), []

    def answers(method, url, poll):
        path = urlsplit(url).path
        body = {"meta": {"result_count": 0, "next_token": f"7140dibdnow9c7btw4232poeq0wapgn{len(sent)}"}}
        if path.endswith("/counts/recent"):
            counted = [{"start": NOW.isoformat(), "end": NOW.isoformat(), f"{spelling}_count": 3}]
            body = {"data": counted, "meta": {f"total_{spelling}_count": 3}}
        elif "/by/username/" in path:
            body = {"data": {"id": "7", "name": "Mills", "username": "mills"}}
        elif path == "/2/lists/5":
            body = {"data": {"id": "5", "name": "Builders"}}
        reply = Reply(headers={"content-type": "application/json"}, body=json.dumps(body).encode())
        sent.append((method, url, reply))
        return reply

    ledger = LedgerHere()
    for number in range(2):
        pages = testing.poll(
            X, given, answers, now=NOW, ledger=ledger, cursor={"below": "5"} if number else None
        )
        assert len([*zip(pages, range(2), strict=False)]) == 2
    http = testing.visit(answers, now=NOW, purse=purse_for(X, given, now=NOW, ledger=ledger))
    assert X.check(http, given)
    assert X.recheck(http, given, ["1", "2"]).gone == ()
    assert len(sent) > 3
    assert [fault for exchange in sent for fault in official.faults("x", *exchange)] == []
    names = {name for _, url, _ in sent for name in asked(url)}
    assert f"{spelling}.fields" in names
    assert {"tweet": "post.fields", "post": "tweet.fields"}[spelling] not in names
