"""A page on which people post and comment while it is read: whatever it shows for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

CONNECTOR = registry.find("facebook_page")
FEW = 5
PAGE = "104050607080901"


def row(thing):
    return {"id": str(thing.number), "message": thing.text, "created_time": thing.at.isoformat()}


def facebook(method, url, place):
    """Every third thing is a comment on the only post whose comments are read; all else stands on the page."""
    parts = urlsplit(url)
    asked = {name: said[0] for name, said in parse_qs(parts.query).items()}
    edge = parts.path.split("/")[-1]
    if edge in {"me", PAGE}:
        return Reply(body=json.dumps({"id": PAGE}).encode())
    shown = sorted(place.visible(), key=lambda one: (one.at, one.number), reverse=True)
    comments = [one for one in shown if one.number % 3 == 0]
    if "updated_time" in asked["fields"]:
        post = {"id": "1", "created_time": place.now.isoformat(), "updated_time": place.now.isoformat()}
        post["comments"] = {"summary": {"total_count": len(comments)}}
        return Reply(body=json.dumps({"data": [post]}).encode())
    rows = comments if edge == "comments" else [one for one in shown if one.number % 3]
    rows = [row(one) for one in rows if one.at.timestamp() > int(asked.get("since", "0"))]
    start = int(asked.get("after", "0"))
    more = {"cursors": {"after": str(start + FEW)}, "next": "https://x/"} if len(rows) > start + FEW else {}
    return Reply(body=json.dumps({"data": rows[start : start + FEW], "paging": more}).encode())


@pytest.mark.parametrize("seed", range(2))
def test_whatever_it_shows_for_long_enough_is_found(seed):
    options = CONNECTOR.options(token="t", page=PAGE, read=["posts", "comments"])
    holds(read_at_random("facebook_page", options, facebook, seed=seed, polls=6))
