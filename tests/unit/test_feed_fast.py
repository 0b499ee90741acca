"""The fast parser earns a feed, is checked on, and loses it; what it says alone is what the authority would say."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from listener.connector import feed
from listener.connector.feed import fast as feed_fast
from listener.connector.feed.trust import Trust

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/feed.xml"


def body(*names: str, more: str = "", root: str = 'rss version="2.0"') -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>About {name}</title><link>https://news.example/{name}</link>"
        f"<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate><description>Said of {name}</description>{more}</item>"
        for name in names
    )
    return f"<{root}><channel><title>N</title>{items}</channel></rss>".encode()


def parse(what: bytes, memory: object = None) -> feed.Parsed:
    return feed.parse(what, URL, "", NOW, memory)


def after(count: int, make=lambda number: body(f"n{number}")) -> feed.Parsed:
    """The last of `count` bodies, each read with the memory of the one before, as it comes back from a database."""
    parsed = parse(make(0))
    for number in range(1, count):
        parsed = parse(make(number), json.loads(json.dumps(parsed.memory)))
    return parsed


def test_a_feed_is_read_by_both_until_they_agreed_on_three_bodies():
    assert [after(count).fast_agrees for count in (1, 2, 3, 4, 5)] == [True, True, True, None, None]


def test_every_fiftieth_body_is_read_by_both_again():
    assert [after(3 + count).fast_agrees for count in (49, 50, 51)] == [None, True, None]


def test_a_new_shape_has_to_earn_it_anew():
    earned = after(4).memory
    changed = parse(body("x", more="<author>jane@x.example</author>"), earned)
    assert changed.fast_agrees is not None
    assert changed.memory["fast"]["agreed"] <= 1
    assert changed.memory["fast"]["shape"] != earned["fast"]["shape"]


def test_a_disagreement_takes_the_trust_away(monkeypatch):
    earned = after(3).memory
    due = {**earned, "fast": {**earned["fast"], "since": 49}}
    real = feed_fast._entry
    monkeypatch.setattr(feed_fast, "_entry", lambda item, language: real({**item, "id": "other"}, language))
    checked = parse(body("y"), due)
    assert checked.fast_agrees is False
    assert [found.external_id for found in checked.items] == ["y"]
    assert checked.memory["fast"]["agreed"] == 0


def test_what_the_fast_parser_says_alone_is_what_the_authority_says():
    alone = parse(body("a", "b"), after(3).memory)
    told = parse(body("a", "b"))
    assert alone.fast_agrees is None
    assert [(one.external_id, one.url, one.title, one.text, one.published_at) for one in alone.items] == [
        (one.external_id, one.url, one.title, one.text, one.published_at) for one in told.items
    ]


def test_where_the_fast_parser_finds_nothing_the_authority_has_the_word(monkeypatch):
    earned = after(3).memory
    monkeypatch.setattr(feed_fast, "read", lambda _: None)
    parsed = parse(body("z"), earned)
    assert [found.external_id for found in parsed.items] == ["z"]
    assert parsed.fast_agrees is False


def test_an_empty_body_neither_earns_nor_loses():
    earned = after(2).memory
    assert parse(body(), earned).memory["fast"] == earned["fast"]


def test_content_in_cdata_is_no_part_of_the_shape():
    one, two = (
        f"<item><description><![CDATA[{html}]]></description></item>" for html in ("<p>a</p>", "<table/>")
    )
    assert feed_fast.shape(one) == feed_fast.shape(two)
    assert feed_fast.shape(one) != feed_fast.shape("<item><title/></item>")


@pytest.mark.parametrize(
    "data", [None, 3, "x", {}, {"shape": 1, "agreed": 1, "since": 1}, {"shape": "a", "agreed": "1"}]
)
def test_trust_that_cannot_be_read_is_none(data):
    assert Trust.from_json(data) == Trust()
