"""A forum that lives while it is read: whatever it shows for long enough is found."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

TOPICS = 9
A_PAGE = 4


def post(thing):
    """Its topic has posts of many times, of which the search shows the newest."""
    return {
        "id": thing.number,
        "topic_id": thing.number % TOPICS + 1,
        "post_number": thing.number,
        "username": thing.by,
        "created_at": thing.at.isoformat(),
        "updated_at": (thing.edited_at or thing.at).isoformat(),
        "blurb": thing.text[:60],
        "cooked": f"<p>{thing.text}</p>",
    }


def forum(method, url, place):
    parts = urlsplit(url)
    shown = {one.number: one for one in place.visible()}
    if parts.path.startswith("/posts/"):
        one = shown.get(int(re.findall(r"\d+", parts.path)[0]))
        return Reply(body=json.dumps(post(one)).encode()) if one else Reply(status=404)
    asked = parse_qs(parts.query)
    limits = dict(word.split(":") for word in asked["q"][0].split() if ":" in word)
    days = [
        one
        for one in sorted(shown.values(), key=lambda one: one.number, reverse=True)
        if limits["after"] < one.at.isoformat() < limits.get("before", "9999")
    ]
    if "topic" in limits:
        within, start = [one for one in days if one.number % TOPICS + 1 == int(limits["topic"])], 0
    else:
        within = [
            next(one for one in days if one.number % TOPICS == n) for n in {o.number % TOPICS for o in days}
        ]
        within.sort(key=lambda one: one.number, reverse=True)
        start = (int(asked.get("page", ["1"])[0]) - 1) * A_PAGE
    size = 50 if "topic" in limits else A_PAGE
    told = {"more_full_page_results": "true" if within[start + size :] else None, "error": None}
    answer = {"posts": [post(one) for one in within[start : start + size]], "grouped_search_result": told}
    return Reply(body=json.dumps(answer).encode())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_it_shows_for_long_enough_is_found(seed):
    options = registry.find("discourse").options(site="https://forum.example", search="mills")
    place = Place(chance=random.Random(seed), latest=timedelta(), busy=0.1)
    holds(read_at_random("discourse", options, forum, seed=seed, polls=10, place=place))
