"""A page that is talked to while it is read: whatever its notifications show for long enough is found."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

CONNECTOR = registry.find("linkedin_page")
FEW = 5
POST = "urn:li:activity:7"


def name(thing):
    return f"comment:{thing.number}"


def seen(thing):
    return int(thing.seen_at.timestamp() * 1000)


def linkedin(method, url, place):
    """Each thing is a comment; every second one is told without its words, and read at its post."""
    path = unquote(url)
    shown = sorted(place.visible(), key=seen, reverse=True)
    if "/comments" in path:
        rows = [written(one) for one in shown]
    elif "Notifications" in path:
        since, until = map(int, re.search(r"start:(\d+),end:(\d+)", path).groups())
        rows = [told(one) for one in shown if since <= seen(one) <= max(until, seen(one))]
    else:
        rows = []
    start = int(re.search(r"[?&]start=(\d+)", path)[1])
    more = [{"rel": "next"}] if len(rows) > start + FEW else []
    paging = {"start": start, "count": FEW, "links": more}
    return Reply(body=json.dumps({"paging": paging, "elements": rows[start : start + FEW]}).encode())


def urn(thing):
    return f"urn:li:comment:({POST},{thing.number})"


def told(thing):
    words = {"owner": "urn:li:person:a", "text": thing.text, "entity": urn(thing)} if thing.number % 2 else {}
    return {
        "action": "COMMENT",
        "sourcePost": POST,
        "generatedActivity": urn(thing),
        "lastModifiedAt": seen(thing),
        "decoratedGeneratedActivity": {"comment": words},
    }


def written(thing):
    at = int(thing.at.timestamp() * 1000)
    return {
        "commentUrn": urn(thing),
        "created": {"time": at},
        "actor": "urn:li:person:a",
        "message": {"text": "x"},
    }


@pytest.mark.parametrize("seed", range(2))
def test_whatever_it_shows_for_long_enough_is_found(seed):
    options = CONNECTOR.options(token="t", organization="2414183")
    holds(read_at_random("linkedin_page", options, linkedin, seed=seed, name=name, polls=6))
