"""An account that is tagged and answered while it is read: whatever it shows for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

CONNECTOR = registry.find("instagram")
FEW = 5
ACCOUNT = "17841400000000001"


def row(thing):
    at = thing.at.isoformat()
    return {"id": str(thing.number), "caption": thing.text, "text": thing.text, "timestamp": at}


def thread(comments):
    """The oldest comment bears every other one as a reply."""
    first, *others = sorted(comments, key=lambda one: one.number)
    return {**row(first), "replies": {"data": [row(one) for one in others]}}


def instagram(method, url, place):
    """Every third thing is a comment on the account's only post, or a reply to the first; by all else it is tagged."""
    parts = urlsplit(url)
    asked = {name: said[0] for name, said in parse_qs(parts.query).items()}
    edge = parts.path.split("/")[-1]
    shown = sorted(place.visible(), key=lambda one: (one.at, one.number), reverse=True)
    comments = [one for one in shown if one.number % 3 == 0]
    if edge == "media":
        post = {"id": "1", "timestamp": place.now.isoformat(), "comments_count": len(comments)}
        return Reply(body=json.dumps({"data": [post]}).encode())
    if edge == "comments":
        rows = [thread(comments)] if comments else []
    else:
        rows = [row(one) for one in shown if one.number % 3]
    start = int(asked.get("after", "0"))
    more = {"cursors": {"after": str(start + FEW)}, "next": "https://x/"} if len(rows) > start + FEW else {}
    return Reply(body=json.dumps({"data": rows[start : start + FEW], "paging": more}).encode())


@pytest.mark.parametrize("seed", range(2))
def test_whatever_it_shows_for_long_enough_is_found(seed):
    options = CONNECTOR.options(token="t", account=ACCOUNT, read=["tags", "comments"])
    holds(read_at_random("instagram", options, instagram, seed=seed, polls=6))
