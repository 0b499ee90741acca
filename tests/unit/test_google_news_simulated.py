"""A search that shows its newest articles of some span while they come and go: whatever it shows for long enough is found."""

from __future__ import annotations

import random
from datetime import timedelta
from email.utils import format_datetime
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from simulated import Newest, holds, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

PAUSE = timedelta(minutes=50)  # at times half of it, at times twice as long
SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


def news(_method, url, place):
    """As Google has it: of the span that is asked for, in no order, the headline with its paper; never the same bytes twice."""
    asked = parse_qs(urlsplit(url).query)["q"][0].partition(" when:")[2]
    since = place.now - int(asked[:-1]) * SPANS[asked[-1]]
    things = [one for one in place.visible() if one.at >= since]
    place.chance.shuffle(things)
    items = "".join(
        f"<item><guid isPermaLink='false'>{one.number}</guid><title>{escape(one.text)} - The {one.by} Post</title>"
        f"<link>https://news.google.com/rss/articles/{one.number}</link><pubDate>{format_datetime(one.at)}</pubDate>"
        f"<source url='https://{one.by}.example'>The {one.by} Post</source></item>"
        for one in things
    )
    built = format_datetime(place.now)
    return Reply(
        body=f"<rss version='2.0'><channel><title>Google News</title><lastBuildDate>{built}</lastBuildDate>{items}</channel></rss>".encode()
    )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("within", ["1h", "1d"])
def test_whatever_it_shows_for_long_enough_is_found(seed, within):
    """Also where a pause was longer than the span: then it is asked for all of it."""
    place = Newest(chance=random.Random(seed), most=60, busy=0.1, latest=timedelta(minutes=30))
    options = registry.find("google_news").options(search='"Mills"', within=within)
    holds(read_at_random("google_news", options, news, seed=seed, polls=8, every=PAUSE, place=place))
