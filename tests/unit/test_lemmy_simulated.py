"""A search that lives while it is read: whatever it shows for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from connectors import lemmy
from listener.connector import registry
from listener.connector.testing import Reply


def ap_id(thing):
    return f"https://lemmy.example/{'post' if thing.number % 3 else 'comment'}/{thing.number}"


def item(thing):
    said = {
        "id": thing.number,
        "ap_id": ap_id(thing),
        "published": thing.at.isoformat(),
        "updated": thing.edited_at and thing.edited_at.isoformat(),
        "name": "Mills",
        "body": thing.text,
        "content": thing.text,
    }
    return {"post": said, "comment": said, "creator": {"name": thing.by}}


def instance(method, url, place):
    """Posts and comments, each newest first and page by page; pages shift with what is new and what is deleted."""
    if url.endswith("/api/v3/site"):
        return Reply(body=b'{"version": "0.19.15"}')
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    size = int(asked["limit"])
    start = size * (int(asked["page"]) - 1)
    shown = sorted(place.visible(), key=lambda one: (one.at, one.number), reverse=True)
    posts = [item(one) for one in shown if one.number % 3][start : start + size]
    comments = [item(one) for one in shown if not one.number % 3][start : start + size]
    return Reply(body=json.dumps({"posts": posts, "comments": comments}).encode())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_it_shows_for_long_enough_is_found(seed, monkeypatch):
    monkeypatch.setattr(lemmy, "LIMIT", 8)
    options = registry.find("lemmy").options(instance="lemmy.example", search="mills")
    holds(read_at_random("lemmy", options, instance, seed=seed, name=ap_id, polls=12))
