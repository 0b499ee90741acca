"""A site that lives while it is searched: whatever it shows for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply


def site(method, url, place):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    since, below = int(asked["fromdate"]), int(asked.get("todate", 2**40))
    shown = [one for one in place.visible() if since <= one.at.timestamp() <= below]
    shown.sort(key=lambda one: (one.at, one.number), reverse=True)
    rows = [
        {
            "question_id": one.number,
            "title": one.text,
            "creation_date": int(one.at.timestamp()),
            "owner": {"user_id": int(one.by.removeprefix("user")) + 1, "display_name": one.by},
        }
        for one in shown[:7]
    ]
    return Reply(body=json.dumps({"items": rows, "has_more": len(shown) > 7}).encode())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_it_shows_for_long_enough_is_found_once(seed):
    connector = registry.find("stackexchange")
    holds(read_at_random("stackexchange", connector.options(search='"mills"', key="k"), site, seed=seed))
