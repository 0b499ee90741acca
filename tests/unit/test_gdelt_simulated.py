"""GDELT's list of articles, that lives while it is read: seen in steps of a quarter of an hour, so many share a time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

CONNECTOR = registry.find("gdelt")
STEP = timedelta(minutes=15)


def seen_at(thing):
    """The quarter of an hour that it bears."""
    return thing.at - (thing.at - datetime.min.replace(tzinfo=UTC)) % STEP


def address(thing):
    return f"https://news{thing.number % 7}.example/{thing.number}"


def gdelt(method, url, place):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    since, until = (
        datetime.strptime(asked[name], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        for name in ("startdatetime", "enddatetime")
    )
    shown = [one for one in place.visible() if since <= seen_at(one) <= until]
    shown.sort(key=lambda one: (seen_at(one), one.number), reverse=True)
    articles = [
        {
            "url": address(one),
            "title": one.text,
            "seendate": f"{seen_at(one):%Y%m%dT%H%M%SZ}",
            "domain": f"news{one.number % 7}.example",
            "language": "English",
        }
        for one in shown[: int(asked["maxrecords"])]
    ]
    body = {"articles": articles} if articles else {}
    return Reply(headers={"content-type": "application/json"}, body=json.dumps(body).encode())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_it_shows_for_long_enough_is_found_once(seed):
    holds(read_at_random("gdelt", CONNECTOR.options(search="mills"), gdelt, seed=seed, name=address))


def test_of_more_than_one_answer_holds_the_next_polls_read_on():
    import random

    place = Place(chance=random.Random(5), busy=1.0)
    for _ in range(8):
        place.go_on(timedelta(minutes=60))
    read = read_at_random(
        "gdelt", CONNECTOR.options(search="mills"), gdelt, seed=5, polls=6, name=address, place=place
    )
    assert len(read.there) > 400
    holds(read)
