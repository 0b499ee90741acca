"""What the lemmy connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import lemmy
from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("lemmy")
SITE = {"version": "0.19.15", "all_languages": [{"id": 0, "code": "und"}, {"id": 47, "code": "fr"}]}


def reply(body, status=200):
    return Reply(status=status, body=json.dumps(body).encode())


def comment(number, *, at=NOW, by="https://ships.example/u/Ann", **told):
    said = {"id": number, "ap_id": f"https://ships.example/comment/{number}", "published": at.isoformat()}
    return {
        "comment": {**said, "content": "Mills", "language_id": 47, **told},
        "creator": {"name": by.rpartition("/")[2], "actor_id": by},
        "counts": {"upvotes": 4, "downvotes": 1, "child_count": 2},
    }


def lemmy_of(*comments):
    """Answers like Lemmy's: page by page, fifty each."""

    def answers(method, url, poll):
        if url.endswith("/api/v3/site"):
            return reply(SITE)
        start = 50 * (int(parse_qs(urlsplit(url).query)["page"][0]) - 1)
        return reply({"posts": [], "comments": comments[start : start + 50]})

    return answers


def polled(answers, cursor=None):
    options = CONNECTOR.options(instance="lemmy.example", search="mills")
    return list(testing.poll(CONNECTOR, options, answers, now=NOW, cursor=cursor))


def ids(kept):
    return {found.external_id for one in kept for found in one.page.found}


def test_a_comment_is_read_with_its_author_language_and_votes():
    ((kept,)) = polled(lemmy_of(comment(1)))
    (found,) = kept.page.found
    assert (found.language, found.form) == ("fr", "comment")
    assert dict(found.engagement) == {"upvotes": 4, "downvotes": 1, "comments": 2}
    mills = Client(
        id="m", name="M", watch_list="s", query="m", own=Own(handles={"lemmy": "@ann@ships.example"})
    )
    assert is_own(found, mills, kind="lemmy")


def test_what_is_deleted_or_removed_is_gone():
    ((kept,)) = polled(lemmy_of(comment(1, deleted=True), comment(2, removed=True), comment(3)))
    assert kept.page.gone == ("https://ships.example/comment/1", "https://ships.example/comment/2")
    assert ids([kept]) == {"https://ships.example/comment/3"}


def test_a_page_limit_leaves_a_cursor_that_goes_on_though_pages_shift():
    written = [comment(n, at=NOW - timedelta(minutes=n)) for n in range(700)]
    first = polled(lemmy_of(*written))
    assert first[-1].page.truncated
    second = polled(lemmy_of(*written[10:]), cursor=first[-1].cursor)
    assert not second[-1].page.truncated
    assert len(ids(first) | ids(second)) == 700


def test_it_stops_where_all_is_older_than_what_was_read():
    written = [comment(n, at=NOW - timedelta(hours=n)) for n in range(500)]
    assert len(polled(lemmy_of(*written))) == 5


def test_it_says_so_where_every_page_is_the_same():
    same = [comment(n) for n in range(50)]

    def answers(method, url, poll):
        return reply(SITE) if url.endswith("/site") else reply({"posts": [], "comments": same})

    with pytest.raises(TryLater, match="the same page again"):
        polled(answers)


@pytest.mark.parametrize(
    ("status", "body", "trouble", "said"),
    [
        (400, {"error": "rate_limit_error"}, TryLater, "ask too often"),
        (
            400,
            {"error": "instance_is_private"},
            NeedsAttention,
            "does not let us search .400: instance_is_private",
        ),
        (404, {"error": "not_found"}, NeedsAttention, "v4, which came with Lemmy 1.0, is not read yet"),
    ],
)
def test_a_refusal_names_its_remedy(status, body, trouble, said):
    with pytest.raises(trouble, match=said):
        polled(lambda *_: reply(body, status))


def test_the_version_is_told():
    options = CONNECTOR.options(instance="https://lemmy.example/c/diy", search="mills")
    http = testing.visit(lemmy_of(comment(1)), now=NOW)
    assert (
        CONNECTOR.check(http, options)
        == "https://lemmy.example (Lemmy 0.19.15, API v3) answers: 1 items for mills."
    )


def test_of_words_that_stand_apart_the_rarest_is_asked_for():
    asked = CONNECTOR.search(
        {"a": parse_query('refund AND "Mills Supply"')}, CONNECTOR.options(instance="lemmy.example")
    )
    assert [one.options.search for one in asked] == ["mills supply"]


def test_one_bad_item_costs_itself():
    body = json.dumps({"posts": [None, {"post": {"id": 5}}], "comments": [comment(1)]}).encode()
    read = lemmy.read_search(body, "https://lemmy.example", NOW, 0, {})
    assert (len(read.found), len(read.refused)) == (1, 2)
