"""X while it is read: a search and a list, by their marks and numbers. Whatever they show for long enough is found."""

from __future__ import annotations

import json
import random
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply
from listener.connector.x.posts import id_at

RICH = {"token": "AAAA-a-bearer", "budget": {"usd_per_month": 5_000}}


def number(thing):
    return str(id_at(thing.at) + thing.number)


def x(method, url, place):
    """Newest first; a page's mark is the number below which the next one is, and holds a search's window."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    size = min(int(asked["max_results"]), 8)  # X may give fewer
    mark = asked.get("next_token") or asked.get("pagination_token")
    below = int(mark or asked.get("until_id") or 2**63)
    shown = sorted(
        (one for one in place.visible() if int(asked.get("since_id", 0)) < int(number(one)) < below),
        key=lambda one: -int(number(one)),
    )
    posts = [
        {"id": number(one), "text": one.text, "author_id": str(len(one.by)), "created_at": one.at.isoformat()}
        for one in shown[:size]
    ]
    meta = {"result_count": len(posts)}
    if len(shown) > size:
        meta["next_token"] = posts[-1]["id"]
    body = {"data": posts, "meta": meta} if posts else {"meta": meta}
    return Reply(headers={"content-type": "application/json"}, body=json.dumps(body).encode())


SEARCH, LIST = {"search": '("mills") -is:retweet'}, {"list": "84839422"}


@pytest.mark.parametrize(("where", "seed"), [(SEARCH, 0), (SEARCH, 1), (LIST, 0), (LIST, 1)])
def test_whatever_it_shows_for_long_enough_is_found(where, seed):
    options = registry.find("x").options(**RICH, **where)
    place = Place(chance=random.Random(seed), busy=0.8)
    holds(read_at_random("x", options, x, seed=seed, name=number, place=place, polls=10))
