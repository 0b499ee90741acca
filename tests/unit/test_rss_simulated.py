"""Feeds of several shapes that live while they are read: whatever they show for long enough is found, and so is what it was changed to."""

from __future__ import annotations

import json
import random
from email.utils import format_datetime
from html import escape

import pytest
from simulated import Newest, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

URL = "https://mills.example/feed"


def link(thing):
    return f"https://mills.example/{thing.number}"


def rss(things):
    items = "".join(
        f"<item><guid isPermaLink='false'>{one.number}</guid><link>{link(one)}</link><title>{escape(one.text)}</title>"
        f"<pubDate>{format_datetime(one.at)}</pubDate></item>"
        for one in things
    )
    return f"<rss version='2.0'><channel><title>Mills</title>{items}</channel></rss>".encode()


def without_ids(things):
    """No guid and no date: the link is all that names an item."""
    items = "".join(
        f"<item><link>{link(one)}</link><title>{escape(one.text)}</title></item>" for one in things
    )
    return f"<rss version='2.0'><channel><title>Mills</title>{items}</channel></rss>".encode()


def atom(things):
    entries = "".join(
        f"<entry><id>{one.number}</id><link href='{link(one)}'/><title type='html'>{escape(one.text)}</title>"
        f"<published>{one.at.isoformat()}</published><updated>{(one.edited_at or one.at).isoformat()}</updated></entry>"
        for one in things
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Mills</title>{entries}</feed>".encode()


def rdf(things):
    items = "".join(
        f"<item rdf:about='{one.number}'><link>{link(one)}</link><title>{escape(one.text)}</title>"
        f"<dc:date>{one.at.isoformat()}</dc:date></item>"
        for one in things
    )
    spaces = (
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'"
    )
    return f"<rdf:RDF {spaces}><channel><title>Mills</title></channel>{items}</rdf:RDF>".encode()


def json_feed(things):
    items = [
        {"id": str(one.number), "url": link(one), "title": one.text, "date_published": one.at.isoformat()}
        for one in things
    ]
    said = {"version": "https://jsonfeed.org/version/1.1", "title": "Mills", "items": items}
    return json.dumps(said).encode()


def served(shape, *, shuffled, tagged):
    """A feed in this shape, in whatever order it likes; some tell with an ETag that nothing has changed."""

    def answers(_method, _url, place):
        things = place.visible()
        if shuffled:
            place.chance.shuffle(things)
        body = shape(things)
        known = "-".join(
            f"{one.number}.{len(one.text)}" for one in sorted(things, key=lambda one: one.number)
        )
        return Reply(headers={"etag": f'"{known}"'} if tagged else {}, body=body)

    return answers


@pytest.mark.parametrize("shape", [rss, without_ids, atom, rdf, json_feed])
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_it_shows_for_long_enough_is_found_as_it_reads_last(shape, seed):
    place = Newest(chance=random.Random(seed), most=30, busy=0.2, edits=0.3)
    owned = link if shape is without_ids else lambda thing: str(thing.number)
    read = read_at_random(
        "rss",
        registry.find("rss").options(url=URL),
        served(shape, shuffled=seed == 1, tagged=seed == 2),
        seed=seed,
        polls=10,
        place=place,
        name=lambda thing: f"{owned(thing)} {thing.text}",
        told=lambda found: [f"{found.external_id} {found.title}"],
    )
    assert any("(edited)" in one for one in read.owed), "nothing was edited"
    assert read.owed - read.stored == set()
    assert {one.partition(" ")[0] for one in read.stored - read.there} <= {
        one.partition(" ")[0] for one in read.there
    }


@pytest.mark.parametrize("seed", range(2))
def test_a_short_feed_owes_what_it_shows_from_one_poll_to_the_next(seed):
    place = Newest(chance=random.Random(seed), most=10)
    answers = served(rss, shuffled=True, tagged=False)
    holds(
        read_at_random(
            "rss", registry.find("rss").options(url=URL), answers, seed=seed, polls=12, place=place
        )
    )
