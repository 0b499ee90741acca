"""Threads while it is searched: whatever it shows for long enough is found, by its marks and by time."""

from __future__ import annotations

import json
import random
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply


def threads(method, url, place):
    """Newest first, seven to a page; a mark is how many were shown, so that pages shift when something new comes."""
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path.endswith("/me"):
        return Reply(body=b'{"id": "1", "username": "nobody_else"}')
    shown = [
        one
        for one in place.visible()
        if int(asked.get("since", 0)) <= one.at.timestamp() <= int(asked.get("until", 2**40))
    ]
    shown.sort(key=lambda one: (one.at, one.number), reverse=True)
    if asked["q"] == "the":
        stranger = [{"id": "1", "username": "somebody", "timestamp": place.now.isoformat()}]
        return Reply(body=json.dumps({"data": stranger}).encode())
    start = int(asked.get("after", 0))
    page = shown[start : start + 7]
    data = [
        {
            "id": str(one.number),
            "text": one.text,
            "username": one.by,
            "timestamp": one.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        }
        for one in page
    ]
    paging = {"cursors": {"after": str(start + 7)}}
    if start + 7 < len(shown):
        paging["next"] = "https://graph.threads.net/v1.0/keyword_search?after"
    return Reply(body=json.dumps({"data": data, "paging": paging}).encode())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_it_shows_for_long_enough_is_found(seed):
    limit = {"searches": 100_000, "hours": 24}
    options = registry.find("threads").options(token="THAA-of-nobody", limit=limit, search="mills")
    place = Place(chance=random.Random(seed), busy=0.5)
    holds(read_at_random("threads", options, threads, seed=seed, place=place, polls=10))
