"""A search that lives while it is read: whatever it shows for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from connectors import github
from listener.connector import registry
from listener.connector.testing import Reply


def issues(method, url, place):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    low, _, high = asked["q"].rpartition("created:")[2].removeprefix(">=").partition("..")
    shown = sorted(place.visible(), key=lambda one: (one.at, one.number), reverse=True)
    within = [one for one in shown if low <= f"{one.at:%Y-%m-%dT%H:%M:%SZ}" <= (high or "9999")]
    items = [
        {
            "id": one.number,
            "title": "Mills",
            "body": one.text,
            "user": {"login": one.by, "id": int(one.by.removeprefix("user"))},
            "created_at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        for one in within[: int(asked["per_page"])]
    ]
    told = {"total_count": len(within), "incomplete_results": False, "items": items}
    return Reply(body=json.dumps(told).encode())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_it_shows_for_long_enough_is_found(seed, monkeypatch):
    monkeypatch.setattr(github, "HITS", 6)
    options = registry.find("github").options(search='"mills"')
    holds(read_at_random("github", options, issues, seed=seed, polls=12))
