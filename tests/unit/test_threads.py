"""What Threads lets a token hear, and how its errors are told: beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply
from listener.domain.query import parse_query

THREADS = registry.find("threads")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TOKEN = "THAA-of-nobody"


def options(**more):
    return THREADS.options(token=TOKEN, search="mills", **more)


def post(minutes, n, who="ann"):
    return {
        "id": str(n),
        "text": "x",
        "username": who,
        "timestamp": (NOW - timedelta(minutes=minutes)).isoformat(),
    }


STRANGER = post(1, 1, "stranger")


def polled(posts, given=None, *, ledger=None, common=(STRANGER,), error=None, now=NOW):
    """One poll, and the words that were searched for; `common` is what a common word finds."""
    words = []

    def answers(method, url, poll):
        if "/me?" in url:
            return Reply(body=b'{"id": "9", "username": "Mills_Ears"}')
        words.append(url.partition("q=")[2].partition("&")[0])
        if error is not None:
            return Reply(status=400, body=json.dumps({"error": error}).encode())
        return Reply(body=json.dumps({"data": list(common if words[-1] == "the" else posts)}).encode())

    return list(testing.poll(THREADS, given or options(), answers, now=now, ledger=ledger)), words


def test_the_rarest_part_of_each_way_is_asked_for():
    queries = {"a": parse_query('"Mills Supply" AND refund'), "b": parse_query('"mills supply" OR #mills')}
    asked = {one.options.search: one.clients for one in THREADS.search(queries, options())}
    assert asked == {"mills supply": ("a", "b"), "mills": ("b",)}


def test_a_token_that_hears_only_its_own_account_is_told_and_never_taken_for_silence():
    for common in ([], [post(1, 1, "mills_ears")]):
        with pytest.raises(NeedsAttention, match=r"only what @Mills_Ears wrote.*App Review"):
            polled([], common=common)
    ledger = LedgerHere()
    assert polled([post(5, 2)], ledger=ledger)[1] == ["the", "mills"]
    assert polled([post(5, 2)], ledger=ledger, now=NOW + timedelta(hours=23))[1] == ["mills"]
    assert polled([post(5, 2)], ledger=ledger, now=NOW + timedelta(hours=25))[1] == ["the", "mills"]


def test_only_searches_that_find_something_count_against_the_limit_of_the_configuration():
    ledger, few = LedgerHere(), options(limit={"searches": 5, "hours": 168})
    for _ in range(9):
        polled([], few, ledger=ledger)
    for _ in range(3):
        polled([post(5, 2)], few, ledger=ledger)
    with pytest.raises(TryLater, match="until 2026-11-27 08:00 UTC"):
        polled([post(5, 2)], few, ledger=ledger)


@pytest.mark.parametrize(
    ("error", "expected", "said"),
    [
        (
            {"code": 190, "error_subcode": 463, "message": "Session has expired"},
            NeedsAttention,
            "has expired",
        ),
        ({"code": 190, "message": "Malformed access token"}, NeedsAttention, "does not know this token"),
        (
            {"code": 10, "message": "needs permission"},
            NeedsAttention,
            "may not search.*threads_keyword_search",
        ),
        ({"code": 4, "message": "Application request limit reached"}, TryLater, "too often"),
        ({"code": 2, "message": "Service unavailable"}, TryLater, "a fault of its own"),
        ({"code": 100, "message": "Invalid parameter"}, NeedsAttention, "“Invalid parameter”"),
        ([], NeedsAttention, "does not accept"),
    ],
)
def test_its_errors_are_told_apart_by_their_codes(error, expected, said):
    with pytest.raises(expected, match=said) as raised:
        polled([], error=error)
    assert TOKEN not in raised.value.reason


@pytest.mark.parametrize(
    ("token", "said"), [("12345|abc", "the token of an app"), ("EAAGm0PX4", "a token of Facebook")]
)
def test_a_token_of_another_kind_is_told(token, said):
    with pytest.raises(ValidationError, match=said):
        THREADS.options(token=token)
