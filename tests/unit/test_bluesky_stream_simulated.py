"""A stream that lives while it is listened to: whatever it says is heard, whatever is deleted is told."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply


def us(at):
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def name(thing):
    return f"at://did:plc:{thing.by}/app.bsky.feed.post/{thing.number}"


def events(place):
    """What happened, in the order in which the network saw it."""
    for one in place.things:
        shown = [("create", one.seen_at), ("update", one.edited_at), ("delete", one.gone_at)]
        for operation, at in shown:
            if at is not None and at <= place.now:
                yield at, operation, one


def jetstream(_method, url, place):
    since = int(parse_qs(urlsplit(url).query)["cursor"][0])
    messages = []
    for at, operation, one in sorted(events(place), key=lambda event: event[0]):
        commit = {"operation": operation, "collection": "app.bsky.feed.post", "rkey": str(one.number)}
        if operation != "delete":
            commit["record"] = {"text": one.text, "createdAt": one.at.isoformat()}
        if us(at) >= since:
            did = f"did:plc:{one.by}"
            messages.append({"did": did, "time_us": us(at), "kind": "commit", "commit": commit})
    return Reply(messages=tuple(json.dumps(one).encode() for one in messages))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_it_says_is_heard_and_whatever_is_deleted_is_told(seed):
    connector = registry.find("bluesky_stream")
    place = Place(chance=random.Random(seed))
    read = read_at_random(
        "bluesky_stream",
        connector.options(minutes=60),
        jetstream,
        seed=seed,
        name=name,
        every=timedelta(minutes=3),
        place=place,
    )
    holds(read)
    deleted = {name(one) for one in place.things if one.gone_at is not None}
    assert read.gone <= deleted
    assert deleted - read.gone == set()
