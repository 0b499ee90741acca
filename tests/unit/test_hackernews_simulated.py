"""A search that lives while it is read: whatever it shows for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply


def algolia(method, url, place):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    limits = asked["numericFilters"].split(",")
    since = int(next(one for one in limits if ">" in one).partition(">")[2])
    below = next((int(one.partition("<=")[2]) for one in limits if "<=" in one), 2**53)
    shown = [one for one in place.visible() if since < one.at.timestamp() <= below]
    shown.sort(key=lambda one: (one.at, one.number), reverse=True)
    hits = [
        {
            "objectID": str(one.number),
            "author": one.by,
            "comment_text": one.text,
            "created_at_i": int(one.at.timestamp()),
        }
        for one in shown[: int(asked["hitsPerPage"])]
    ]
    return Reply(
        headers={"content-type": "application/json"},
        body=json.dumps({"hits": hits, "hitsPerPage": int(asked["hitsPerPage"])}).encode(),
    )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_it_shows_for_long_enough_is_found_once(seed):
    connector = registry.find("hackernews")
    holds(read_at_random("hackernews", connector.options(search='"Mills"'), algolia, seed=seed))
