"""Comments that appear, late and out of order, while they are read: whatever is shown for long enough is found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

CONNECTOR = registry.find("youtube")
FEW = 6  # a page of this place, so that walks have many
VIDEO = "aB3dE5gH7jK"


def name(thing):
    return f"Ugx{thing.number}.a" if thing.number % 5 == 0 else f"Ugx{thing.number}"


def comment(thing, called):
    changed = (thing.edited_at or thing.at).isoformat()
    return {
        "id": called,
        "snippet": {
            "publishedAt": thing.at.isoformat(),
            "updatedAt": changed,
            "textDisplay": thing.text,
            "authorDisplayName": f"@{thing.by}",
        },
    }


def youtube(method, url, place):
    """Threads, newest first, paged by how many were shown; every fifth thing is a reply to the first comment of all."""
    asked = {key: said[0] for key, said in parse_qs(urlsplit(url).query).items()}
    replies = [one for one in place.visible() if one.number % 5 == 0]
    start = int(asked.get("pageToken", "0"))
    if "parentId" in asked:
        shown = [comment(one, name(one)) for one in replies]
    else:
        tops = sorted(
            (one for one in place.visible() if one.number % 5), key=lambda one: one.at, reverse=True
        )
        shown = [thread(one, len(replies) if one is tops[0] else 0) for one in tops]
    page = {"items": shown[start : start + FEW]}
    if len(shown) > start + FEW:
        page["nextPageToken"] = str(start + FEW)
    return Reply(body=json.dumps(page).encode())


def thread(thing, total):
    top = comment(thing, name(thing))
    return {"id": top["id"], "snippet": {"topLevelComment": top, "totalReplyCount": total, "videoId": VIDEO}}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_it_shows_for_long_enough_is_found(seed):
    options = CONNECTOR.options(key="k", videos=[VIDEO])
    holds(read_at_random("youtube", options, youtube, seed=seed, name=name, polls=6))
