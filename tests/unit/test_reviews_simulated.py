"""Places of reviews that live while they are read: what is shown for long enough is found, edits are, and nothing is invented."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playing import FILES
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Recording, Reply

A_PAGE = 20


def told(body):
    return Reply(body=json.dumps(body).encode())


def newest(place, *, edits_rise=True):
    """As these places list them: by the last change, or by when they were written."""
    changed = [
        (one.edited_at if edits_rise and one.edited_at else one.at, one.number, one)
        for one in place.visible()
    ]
    return [one for *_, one in sorted(changed, key=lambda pair: pair[:2], reverse=True)]


def cut(rows, number, size=A_PAGE):
    return rows[(number - 1) * size : number * size]


def app_store(method, url, place):
    rows = cut(newest(place), int(re.search(r"page=(\d+)", url)[1]), 40)
    entries = [
        {
            "id": {"label": str(one.number)},
            "im:rating": {"label": "3"},
            "content": {"label": one.text},
            "updated": {"label": (one.edited_at or one.at).isoformat()},
            "author": {"name": {"label": one.by}},
        }
        for one in rows
    ]
    return told(
        {"feed": {"author": {"name": {"label": "iTunes Store"}}, **({"entry": entries} if entries else {})}}
    )


def google_play(method, url, place):
    if method == "POST":
        return told({"access_token": "t", "expires_in": 3600})
    number = int(parse_qs(urlsplit(url).query).get("token", ["1"])[0])
    rows = newest(place)
    reviews = [
        {
            "reviewId": str(one.number),
            "authorName": one.by,
            "comments": [
                {
                    "userComment": {
                        "text": one.text,
                        "starRating": 2,
                        "lastModified": {"seconds": str(int((one.edited_at or one.at).timestamp()))},
                    }
                }
            ],
        }
        for one in cut(rows, number)
    ]
    more = {"tokenPagination": {"nextPageToken": str(number + 1)}} if rows[number * A_PAGE :] else {}
    return told({"reviews": reviews, **more})


def google_business(method, url, place):
    if method == "POST":
        return told({"access_token": "t", "expires_in": 3600})
    number = int(parse_qs(urlsplit(url).query).get("pageToken", ["1"])[0])
    rows = newest(place)
    reviews = [
        {
            "reviewId": str(one.number),
            "reviewer": {"displayName": one.by},
            "starRating": "TWO",
            "comment": one.text,
            "createTime": one.at.isoformat(),
            "updateTime": (one.edited_at or one.at).isoformat(),
        }
        for one in cut(rows, number)
    ]
    return told(
        {"reviews": reviews, **({"nextPageToken": str(number + 1)} if rows[number * A_PAGE :] else {})}
    )


def trustpilot(method, url, place):
    if "/find" in url:
        return told({"id": "5aa0cc"})
    asked = parse_qs(urlsplit(url).query)
    rows = cut(newest(place, edits_rise=False), int(asked["page"][0]), int(asked["perPage"][0]))
    reviews = [
        {
            "id": str(one.number),
            "stars": 2,
            "text": one.text,
            "createdAt": one.at.isoformat(),
            "updatedAt": one.edited_at.isoformat() if one.edited_at else None,
            "consumer": {"id": one.by},
        }
        for one in rows
    ]
    return told({"reviews": reviews})


def gdelt(method, url, place):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    since, until = asked["startdatetime"], asked["enddatetime"]
    rows = [one for one in newest(place, edits_rise=False) if since <= f"{one.at:%Y%m%d%H%M%S}" <= until]
    articles = [
        {"url": f"https://p.example/{one.number}", "title": one.text, "seendate": f"{one.at:%Y%m%dT%H%M%SZ}"}
        for one in rows[: int(asked["maxrecords"])]
    ]
    return told({"articles": articles} if articles else {})


PLACES = {
    "app_store": app_store,
    "google_play": google_play,
    "google_business": google_business,
    "trustpilot": trustpilot,
    "gdelt": gdelt,
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", PLACES)
def test_whatever_it_shows_for_long_enough_is_found(kind, seed):
    connector = registry.find(kind)
    options = connector.options(**Recording.load(FILES[kind][0]).options)
    if kind == "app_store":
        options = connector.options(app="389801252", countries="us")
    lives = Place(chance=random.Random(seed), deletions=0.02, latest=timedelta(minutes=20))
    name = (
        (lambda one: f"https://p.example/{one.number}") if kind == "gdelt" else (lambda one: str(one.number))
    )
    holds(read_at_random(kind, options, PLACES[kind], seed=seed, place=lives, name=name))
