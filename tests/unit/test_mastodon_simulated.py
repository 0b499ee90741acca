"""A timeline and a search that live while they are read: whatever they show for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

CONNECTOR = registry.find("mastodon")
FEW = 6  # a page of this place, so that walks have many


def snowflake(thing):
    return (int(thing.at.timestamp() * 1000) << 16) + thing.number


def uri(thing):
    return f"https://town.example/users/{thing.by}/statuses/{snowflake(thing)}"


def status(thing):
    return {
        "id": str(snowflake(thing)),
        "uri": uri(thing),
        "url": uri(thing),
        "visibility": "public",
        "created_at": thing.at.isoformat(),
        "edited_at": thing.edited_at and thing.edited_at.isoformat(),
        "content": f"<p>{thing.text}</p>",
        "account": {"acct": thing.by},
    }


def instance(method, url, place):
    """Ids by the time that a post bears, newest first; a search makes whole seconds of them."""
    parts = urlsplit(url)
    asked = {name: said[0] for name, said in parse_qs(parts.query).items()}
    if parts.path == "/api/v2/instance":
        return Reply(body=b'{"configuration": {}}')
    above, below = int(asked.get("since_id") or asked.get("min_id")), int(asked.get("max_id", 2**63))
    shown = sorted(place.visible(), key=snowflake, reverse=True)
    if parts.path == "/api/v2/search":
        if "before:" in asked["q"]:  # of all that anybody ever wrote
            return Reply(body=b'{"statuses": [{"id": "1"}]}')
        second = below // 65_536 // 1_000
        few = [status(one) for one in shown if snowflake(one) > above and one.at.timestamp() < second][:40]
        return Reply(body=json.dumps({"statuses": few}).encode())
    within = [one for one in shown if above < snowflake(one) < below]
    link = {"link": '<https://town.example/older>; rel="next"'} if len(within) > FEW else {}
    return Reply(headers=link, body=json.dumps([status(one) for one in within[:FEW]]).encode())


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "given", [{"hashtag": "mills"}, {"token": "t", "search": "mills"}], ids=["hashtag", "search"]
)
def test_whatever_it_shows_for_long_enough_is_found(given, seed):
    options = CONNECTOR.options(instance="town.example", **given)
    holds(read_at_random("mastodon", options, instance, seed=seed, name=uri, polls=12))
