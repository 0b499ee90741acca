"""What a library that speaks through requests is given as its session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from requests.exceptions import JSONDecodeError

from listener.connector import testing
from listener.connector.contract import Gone, TryLater
from listener.connector.session import Session
from listener.connector.testing import Reply

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def session(reply, sent=None):
    def answers(method, url, poll):
        if sent is not None:
            sent.append((method, url))
        return reply

    return Session(testing.visit(answers, now=NOW), site="https://api.place.example/")


def test_the_place_replaces_the_host_that_the_library_has_built_in_and_names_can_be_others():
    sent = []
    asked = session(Reply(body=b'{"a": 1}', headers={"X-Left": "3"}), sent)
    asked.renamed = {"old.name": "new.name"}
    with asked.request("GET", "https://built.in.example/2/a", params={"old.name": "b,c", "n": 5}) as answer:
        assert (answer.status_code, answer.ok, answer.json(), answer.text) == (
            200,
            True,
            {"a": 1},
            '{"a": 1}',
        )
        assert answer.headers["x-left"] == answer.headers["X-Left"] == "3"
    asked.request("POST", "https://built.in.example/2/b", json={"q": 1})
    assert sent == [
        ("GET", "https://api.place.example/2/a?new.name=b%2Cc&n=5"),
        ("POST", "https://api.place.example/2/b"),
    ]
    asked.close()


def test_errors_that_the_library_knows_are_handed_to_it_with_the_time_to_wait():
    answer = session(Reply(status=429, headers={"retry-after": "90"})).request(
        "GET", "https://built.in.example/"
    )
    assert (answer.status_code, answer.ok, answer.after) == (429, False, timedelta(seconds=90))
    with pytest.raises(JSONDecodeError):
        answer.json()
    with pytest.raises(Gone):
        session(Reply(status=410)).request("GET", "https://built.in.example/")
    with pytest.raises(TryLater):
        session(Reply(status=503)).request("GET", "https://built.in.example/")


@pytest.mark.parametrize("odd", [{"auth": object()}, {"data": {"a": "b"}}, {"files": {}}])
def test_what_has_no_place_in_our_contract_is_refused(odd):
    sent = []
    with pytest.raises(ValueError, match="GET and POST with JSON"):
        session(Reply(), sent).request("POST", "https://built.in.example/", **odd)
    with pytest.raises(ValueError, match="no DELETE"):
        session(Reply(), sent).request("DELETE", "https://built.in.example/")
    assert sent == []
