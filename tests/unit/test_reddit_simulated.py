"""A subreddit while it is read, by the API and by its feed. Whatever it shows for long enough is found."""

from __future__ import annotations

import json
import random
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

TOKEN = {"access_token": "a-token", "token_type": "bearer", "expires_in": 3600}


def name(thing):
    return f"t3_{thing.number}"


def api(method, url, place):
    """Newest first, few to a page; behind a post that was deleted meanwhile there is nothing."""
    parts = urlsplit(url)
    if parts.path == "/api/v1/access_token":
        return Reply(body=json.dumps(TOKEN).encode())
    after = parse_qs(parts.query).get("after", [""])[0]
    shown = sorted(place.visible(), key=lambda one: (one.at, one.number), reverse=True)
    names = [name(one) for one in shown]
    start = names.index(after) + 1 if after in names else len(names) if after else 0
    page = shown[start : start + 9]
    children = [
        {
            "kind": "t3",
            "data": {
                "name": name(one),
                "title": one.text,
                "author": one.by,
                "created_utc": one.at.timestamp(),
                "edited": one.edited_at.timestamp() if one.edited_at else False,
            },
        }
        for one in page
    ]
    more = name(page[-1]) if start + 9 < len(shown) else None
    return Reply(body=json.dumps({"kind": "Listing", "data": {"after": more, "children": children}}).encode())


def atom(method, url, place):
    shown = sorted(place.visible(), key=lambda one: (one.at, one.number), reverse=True)[:100]
    entries = "".join(
        f"<entry><id>{name(one)}</id><title>{one.text}</title><author><name>/u/{one.by}</name></author>"
        f"<updated>{one.at.isoformat()}</updated></entry>"
        for one in shown
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>mills</title>{entries}</feed>'
    return Reply(headers={"content-type": "application/atom+xml"}, body=body.encode())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_subreddit_shows_for_long_enough_is_found(seed):
    options = registry.find("reddit").options(subreddit="mills", client_id="id", client_secret="secret")
    place = Place(chance=random.Random(seed), busy=0.25, deletions=0.5)
    holds(read_at_random("reddit", options, api, seed=seed, name=name, place=place, polls=10))


def test_whatever_its_feed_shows_for_long_enough_is_found():
    options = registry.find("reddit").options(subreddit="mills")
    holds(read_at_random("reddit", options, atom, seed=5, name=name, polls=8))
