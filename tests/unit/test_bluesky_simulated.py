"""Accounts and searches on Bluesky that live while they are read: whatever they show for long enough is found."""

from __future__ import annotations

import json
import random
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Place, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

KIND = registry.find("bluesky")
A_PAGE = 7
"""Smaller than what is asked for, as a place may have it."""
MILLS = "did:plc:mills"


def answer(body):
    return Reply(headers={"content-type": "application/json"}, body=json.dumps(body).encode())


def view(thing, by):
    return {
        "uri": f"at://{by}/app.bsky.feed.post/{thing.number}",
        "author": {"did": by, "handle": "someone.example"},
        "record": {"text": thing.text, "createdAt": thing.at.isoformat()},
        "indexedAt": thing.seen_at.isoformat(),
    }


def page(shown, asked):
    """Newest first; the cursor is the place in time after the last one, ties broken by number."""
    shown = sorted(shown, key=lambda one: (one.at, one.number), reverse=True)
    if "cursor" in asked:
        at, number = asked["cursor"].split("::")
        shown = [one for one in shown if (one.at.isoformat(), one.number) < (at, int(number))]
    more = len(shown) > A_PAGE
    shown = shown[:A_PAGE]
    return shown, {"cursor": f"{shown[-1].at.isoformat()}::{shown[-1].number}"} if more else {}


def searched(method, url, place):
    if method == "POST":
        return answer({"accessJwt": "a", "refreshJwt": "r", "handle": "h.example", "did": "did:plc:me"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    since = datetime.fromisoformat(asked["since"])
    shown, cursor = page([one for one in place.visible() if one.at >= since], asked)
    return answer({"posts": [view(one, f"did:plc:{one.by}") for one in shown], **cursor})


def account(_method, url, place):
    """Every third thing is the account's own post, the others are replies to or quotes of the newest such post before them."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    own = [one for one in place.things if one.number % 3 == 0]
    mine = {one.number for one in own}
    answers = {"reply": {}, "quote": {}}
    for one in place.visible():
        if one.number not in mine and one.number > 1001:
            answers["reply" if one.number % 3 == 1 else "quote"].setdefault(root(one.number), []).append(one)
    if "getProfile" in url:
        return answer({"did": MILLS, "handle": "mills.example", "followersCount": 3})
    if "getAuthorFeed" in url:
        shown, cursor = page([one for one in place.visible() if one.number in mine], asked)
        feed = [
            {
                "post": view(one, MILLS)
                | {
                    "replyCount": len(answers["reply"].get(one.number, ())),
                    "quoteCount": len(answers["quote"].get(one.number, ())),
                }
            }
            for one in shown
        ]
        return answer({"feed": feed, **cursor})
    to = int(asked["uri"].rpartition("/")[2])
    if "getPostThread" in url:
        if to not in {one.number for one in place.visible()}:
            return Reply(status=400, body=b'{"error": "NotFound"}')
        replies = [{"post": view(one, f"did:plc:{one.by}")} for one in answers["reply"].get(to, ())]
        return answer({"thread": {"replies": replies}})
    return answer(
        {
            "uri": asked["uri"],
            "posts": [view(one, f"did:plc:{one.by}") for one in answers["quote"].get(to, ())],
        }
    )


def root(number):
    return number - number % 3


def name(thing):
    by = MILLS if thing.number % 3 == 0 else f"did:plc:{thing.by}"
    return f"at://{by}/app.bsky.feed.post/{thing.number}"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_search_shows_for_long_enough_is_found_once(seed):
    options = KIND.options(identifier="me.example", app_password="abcd-efgh-2345-wxyz", search="mills")
    holds(
        read_at_random(
            "bluesky",
            options,
            searched,
            seed=seed,
            name=lambda one: f"at://did:plc:{one.by}/app.bsky.feed.post/{one.number}",
        )
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_posts_of_an_account_and_what_is_answered_to_them_are_found(seed):
    """Without deletions: a reply that takes the place of a deleted one changes no count, and is found when the next one does."""
    place = Place(chance=random.Random(seed), deletions=0.0)
    options = KIND.options(account="mills.example")
    read = read_at_random("bluesky", options, account, seed=seed, name=name, polls=12, place=place)
    owed = {one for one in read.owed if MILLS in one or post_of(one) in read.owed}
    assert len(owed) > 20
    assert owed - read.stored == set()
    assert read.stored - read.there == set()


def post_of(uri):
    """The post that it answers."""
    return f"at://{MILLS}/app.bsky.feed.post/{root(int(uri.rpartition('/')[2]))}"
