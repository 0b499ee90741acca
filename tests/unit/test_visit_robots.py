"""Pages made for people are fetched where their robots.txt lets us, and at the pace that it asks for."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic

import httpx
import pytest
from places import Place, redirect, silence

from listener.connector import NeedsAttention, TryLater
from listener.connector.apart import Apart, Inline
from listener.connector.robots import Robots, Verdicts, judge
from listener.connector.visit import Visit
from listener.door.door import Door
from listener.door.errors import Busy

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RULES = b"""
User-agent: listener
Disallow: /private
Disallow: /private/worse
Allow: /private/press

User-agent: *
Disallow: /

Sitemap: /news.xml
Sitemap: https://other.example/all.xml
Sitemap: javascript:alert(1)
"""


class Memory(dict):
    def put(self, origin, robots):
        self[origin] = robots


@pytest.fixture
def place():
    with Place() as open_place:
        open_place.says("/news", b"<html>news</html>")
        yield open_place


@pytest.fixture
def door():
    with Door(contact=None, version="1", now=lambda: NOW, allow_private=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def visit(door, memory):
    def begin(now=NOW, **more):
        means = {"validators": {}, "apart": Inline(), "deadline_s": 2.0, **more}
        return Visit(door, now=now, robots=memory, **means)

    return begin


def test_it_reads_pages_that_the_rules_for_us_let_it_read(place, visit):
    place.says("/robots.txt", RULES)
    place.says("/private/press", b"press")

    assert visit().page(place.url + "/news").body == b"<html>news</html>"
    assert visit().page(place.url + "/private/press").body == b"press"


def test_it_names_the_rule_that_closes_a_page(place, visit):
    place.says("/robots.txt", RULES)

    with pytest.raises(NeedsAttention, match=r"robots\.txt of http://127.* \('Disallow: /private/worse'\)"):
        visit().page(place.url + "/private/worse/than")

    assert place.count("/private/worse/than") == 0


def test_it_does_not_read_what_a_redirect_leads_to_behind_the_rules(place, visit):
    place.says("/robots.txt", RULES)
    place.says("/private", b"secret")
    place.does("/open", redirect("/private"))

    with pytest.raises(NeedsAttention, match="Disallow: /private"):
        visit().page(place.url + "/open")


def test_it_asks_for_the_rules_of_an_origin_once_a_day(place, visit, memory):
    place.says("/robots.txt", RULES)
    for hours in (0, 1, 23):
        visit(now=NOW + timedelta(hours=hours)).page(place.url + "/news")
    assert place.count("/robots.txt") == 1
    assert memory[place.url] == Robots(status=200, body=RULES, at=NOW)

    visit(now=NOW + timedelta(hours=24)).page(place.url + "/news")
    assert place.count("/robots.txt") == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_rules_close_no_page(place, visit, memory, status):
    place.says("/robots.txt", b"Disallow: / is what this error page says", status=status)

    assert visit().page(place.url + "/news").body
    assert memory[place.url] == Robots(status=status, body=b"", at=NOW)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_leaves_pages_alone_while_the_rules_cannot_be_had(place, visit, memory, status):
    place.says("/robots.txt", status=status)

    with pytest.raises(TryLater, match=f"until robots.txt can be read: .* answers {status}"):
        visit().page(place.url + "/news")

    assert place.count("/news") == 0
    assert memory == {}


def test_it_leaves_pages_alone_while_the_rules_are_slow(place, visit):
    place.does("/robots.txt", silence)

    with pytest.raises(TryLater, match=r"until robots\.txt can be read"):
        visit(deadline_s=0.2).page(place.url + "/news")


def test_the_last_known_rules_stand_while_new_ones_cannot_be_had(place, visit, memory):
    memory.put(place.url, Robots(status=200, body=RULES, at=NOW - timedelta(days=3)))
    place.says("/robots.txt", status=500)

    assert visit().page(place.url + "/news").body
    with pytest.raises(NeedsAttention):
        visit().page(place.url + "/private")


def test_it_finds_the_sitemaps_of_an_origin(place, visit):
    place.says("/robots.txt", RULES)

    assert visit().sitemaps(place.url + "/news") == (place.url + "/news.xml", "https://other.example/all.xml")
    assert visit().sitemaps(place.url + "/elsewhere")[0] == place.url + "/news.xml"


def test_it_goes_at_the_pace_that_the_rules_ask_for(memory):
    def serve(request):
        rules = request.url.path == "/robots.txt"
        return httpx.Response(200, content=b"User-agent: *\nCrawl-delay: 12\n" if rules else b"page")

    door = Door(
        contact=None,
        version="1",
        now=lambda: NOW,
        per_host_every=timedelta(0),
        transport=httpx.MockTransport(serve),
    )
    polled = Visit(door, now=NOW, validators={}, robots=memory, apart=Inline(), deadline_s=5)
    polled.page("http://slow.example/1")

    with pytest.raises(Busy, match="next in 12 s"):
        polled.page("http://slow.example/2")


@pytest.mark.parametrize(
    ("rules", "delay_s"),
    [
        (b"Crawl-delay: 2.5", 2.5),
        (b"Crawl-delay: 86400", 15),
        (b"Crawl-delay: -3", 0),
        (b"Crawl-delay: soon", 0),
    ],
)
def test_it_honours_a_delay_as_far_as_a_visit_can(rules, delay_s):
    assert judge(b"User-agent: *\n" + rules, "http://a.example/").delay_s == delay_s


@pytest.mark.parametrize(
    "rules", [b"\xff\xfe\x00\x00", b"\xef\xbb\xbfUser-agent: *\nAllow: /", b"<html>no</html>", b":\n" * 999]
)
def test_rules_that_are_none_close_nothing(rules):
    assert judge(rules, "http://a.example/x").allowed


def test_rules_made_to_keep_us_busy_are_given_up(place, visit):
    """3,000 agents with 3,000 rules: 100 KB that keep the parser busy for 20 s."""
    agents = "".join(f"User-agent: a{number}\n" for number in range(3000))
    place.says("/robots.txt", (agents + "".join(f"Disallow: /{number}\n" for number in range(3000))).encode())
    apart = Apart(deadline_s=0.5)
    began = monotonic()

    with pytest.raises(TryLater, match="could not be parsed within"):
        visit(apart=apart).page(place.url + "/news")

    apart.close()
    assert monotonic() - began < 10


class Counting(Inline):
    """Counts what is run apart."""

    def __init__(self):
        self.runs = 0

    def run(self, work, *args, deadline_s=None):
        self.runs += 1
        return super().run(work, *args, deadline_s=deadline_s)


def test_the_same_rules_and_address_are_judged_once(place, visit):
    place.says("/robots.txt", RULES + place.url.encode())
    apart = Counting()
    for path in ("/news", "/news", "/private/x"):
        with suppress(NeedsAttention):
            visit(apart=apart).page(place.url + path)
    assert apart.runs == 2


def test_verdicts_are_not_kept_without_end():
    apart, verdicts = Counting(), Verdicts(most=2)
    for path in ("a", "b", "c", "c", "a"):
        assert verdicts.of(RULES, f"https://h.example/{path}", apart).allowed
    assert apart.runs == 4
