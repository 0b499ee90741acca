"""Where a place publishes its contract, every exchange of our recordings is as that has it."""

from __future__ import annotations

import json

import official
import pytest
from playing import CASES, played

from listener.connector import testing
from listener.connector.contract import Trouble
from listener.connector.testing import Recording, Reply

OFFICIAL = [case for case in CASES if case.values[0] in official.CONTRACTS]


@pytest.mark.shared
@pytest.mark.parametrize(("kind", "path"), OFFICIAL)
def test_what_is_sent_and_answered_holds_by_the_official_contract(kind, path):
    recording = Recording.load(path)
    recorded, sent = testing.recorded(recording), []

    def answers(method, url, poll):
        reply = recorded(method, url, poll)
        sent.append((method, url, reply))
        return reply

    try:
        played(kind, recording, answers=answers)
    except Trouble:
        pass  # a recording may end in a refusal: what was asked until then is held against the contract
    assert sent
    assert [fault for exchange in sent for fault in official.faults(kind, *exchange)] == []


def answered(body: object) -> Reply:
    return Reply(headers={"content-type": "application/json"}, body=json.dumps(body).encode())


YOUTUBE = "https://youtube.googleapis.com/youtube/v3"
GRAPH = "https://graph.facebook.com/v26.0"
NOTHING_FOUND = {"total_count": 0, "incomplete_results": False, "items": [], "search_type": "lexical"}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "url", "body", "against"),
    [
        ("github", "https://api.github.com/search/issues?q=mills&sort=created", NOTHING_FOUND, ""),
        ("github", "https://api.github.com/search/issues?q=mills&since=1", NOTHING_FOUND, "parameter since"),
        ("github", "https://api.github.com/search/issues?q=mills&sort=newest", NOTHING_FOUND, "newest"),
        ("github", "https://api.github.com/search/issues?q=mills&per_page=many", NOTHING_FOUND, "per_page"),
        ("github", "https://api.github.com/search/issues?sort=created", NOTHING_FOUND, "q"),
        ("github", "https://api.github.com/search/issue?q=mills", NOTHING_FOUND, "not found"),
        ("github", "https://elsewhere.example/search/issues?q=mills", NOTHING_FOUND, "not found"),
        ("github", "https://api.github.com/search/issues?q=mills", {"items": []}, "total_count"),
        ("mastodon", "https://town.example/api/v1/timelines/tag/mills?any[]=a&any[]=b&limit=40", [], ""),
        ("mastodon", "https://town.example/api/v1/timelines/tag/mills?limit=all", [], "limit"),
        ("mastodon", "https://town.example/api/v1/timelines/tag/mills", [{"id": 7}], "id"),
        ("discourse", "https://forum.example/search.json?q=mills&page=2&order=latest", {}, "parameter order"),
        (
            "facebook_page",
            f"{GRAPH}/1/feed?fields=id,comments.limit(0){{id}}&after=a",
            {"data": [{"id": "a"}]},
            "",
        ),
        ("facebook_page", f"{GRAPH}/1/feeds", {"data": []}, "not found"),
        ("facebook_page", f"{GRAPH}/1/feed?fields=id,text", {"data": []}, "PagePost has no field text"),
        (
            "facebook_page",
            f"{GRAPH}/1/feed?fields=comments{{id,words}}",
            {"data": []},
            "Comment has no field words",
        ),
        ("facebook_page", f"{GRAPH}/1/feed?access_token=t", {"data": []}, "parameter access_token"),
        ("facebook_page", f"{GRAPH}/1/feed", {"data": [{"id": 7}]}, "PagePost.id is no string"),
        ("facebook_page", f"{GRAPH}/1/comments", {"data": [{"text": "a"}]}, "Comment has no field text"),
        ("youtube", f"{YOUTUBE}/videos?part=snippet&id=a,b", {"items": [{"id": "a"}]}, ""),
        ("youtube", f"{YOUTUBE}/videos?part=snippet&ids=a,b", {}, "parameter ids"),
        ("youtube", f"{YOUTUBE}/videos?id=a,b", {}, "part is required"),
        ("youtube", f"{YOUTUBE}/search?part=id&order=newest", {}, "order is none of"),
        ("youtube", f"{YOUTUBE}/search?part=id&maxResults=51", {}, "no number from 0 to 50"),
        ("youtube", f"{YOUTUBE}/search?part=id&publishedAfter=1763625600", {}, "no time"),
        ("youtube", f"{YOUTUBE}/videos?part=id&key=secret", {}, "no place in a URL"),
        ("youtube", f"{YOUTUBE}/video?part=id", {}, "not found"),
        ("youtube", f"{YOUTUBE}/videos?part=id", {"items": [{"id": 7}]}, "id is no string"),
        ("youtube", f"{YOUTUBE}/videos?part=id", {"items": [{"video": "a"}]}, "video is no field"),
    ],
)
def test_the_official_contract_can_be_broken(kind, url, body, against):
    """What these checks are worth: a name, a value, a limit, a path, a host or an answer that is not so is told."""
    faults = official.faults(kind, "GET", url, answered(body))
    assert any(against in fault for fault in faults) if against else faults == []
