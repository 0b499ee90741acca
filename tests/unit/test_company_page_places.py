"""Where the news of a page is read: in the feed that it names, in the sitemap of its site, or on itself."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from paperworld import BEGIN, HTML, PaperWeb, Poller, Sheet

from connectors.company_page import CONNECTOR
from listener.connector import NeedsAttention, TryLater

NEWS = "https://mills.example/news"
FEED = "https://mills.example/feed.xml"
COMMENTS = "https://mills.example/comments/feed.xml"
ROBOTS = "https://mills.example/robots.txt"
SITEMAP = "https://mills.example/sitemap.xml"
WORDS = "<main><p>Mills sells lumber, saws and paint to people who build houses in Halifax.</p></main>"
WEEK = 24 * 7 + 1


def linking(*links: str, kind: str = "application/rss+xml") -> str:
    named = "".join(f"<link rel=alternate type='{kind}' href='{link}'>" for link in links)
    return f"<html><head><title>News from Mills</title>{named}</head><body>{WORDS}</body></html>"


def rss(*titles: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{title}</guid>"
        f"<link>https://mills.example/news/{title.replace(' ', '-')}</link><description>About: {title}</description></item>"
        for title in titles
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Mills</title>{items}</channel></rss>"


def sitemap(pages: dict[str, str]) -> str:
    places = "".join(
        f"<url><loc>{url}</loc><lastmod>{changed}</lastmod></url>" for url, changed in pages.items()
    )
    return (
        f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{places}</urlset>"
    )


def index(*urls: str) -> str:
    places = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{places}</sitemapindex>"


def article(number: int, *, more: str = "") -> str:
    return (
        f"<html lang=en><head><title>Store {number} opens | Mills</title>{more}</head><body><nav>Home</nav><article>"
        f"<h1>Store {number} opens</h1><p>Mills opens its store number {number} on Friday, with a free breakfast for"
        " everybody who comes before nine.</p></article></body></html>"
    )


def robots(*sitemaps: str) -> Sheet:
    lines = "\n".join(f"Sitemap: {url}" for url in sitemaps)
    return Sheet(
        body=f"User-agent: *\nDisallow: /cart\n{lines}\n".encode(), headers={"Content-Type": "text/plain"}
    )


def poller(pages: dict[str, str | bytes | Sheet], **options: object) -> tuple[PaperWeb, Poller]:
    web = PaperWeb(pages)
    return web, Poller(web, CONNECTOR, {"url": NEWS, **options})


def with_sitemap(**pages: str) -> tuple[PaperWeb, Poller]:
    """After the first poll of a site whose sitemap names /news/<key> with these dates."""
    web, mills = poller({NEWS: linking(), ROBOTS: robots(SITEMAP)})
    known = {f"{NEWS}/{name}": changed for name, changed in pages.items()}
    web.pages[SITEMAP] = sitemap({NEWS: "2026-11-01", "https://mills.example/about": "2026-11-01", **known})
    assert mills.poll() == []
    assert mills.trouble is None
    return web, mills


def test_it_reads_the_feed_that_the_page_names():
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: rss("Award won")})
    assert [found.title for found in mills.poll()] == ["Award won"]
    web.pages[FEED] = rss("Shop opens", "Award won")
    assert [found.title for found in mills.poll()] == ["Shop opens"]
    assert web.asked == [FEED]
    assert mills.check() == f"Reads the feed that the page names, {FEED}, with 2 entries now."


def test_it_reads_a_page_that_is_itself_a_feed():
    _, mills = poller({NEWS: rss("Award won")})
    assert [found.title for found in mills.poll()] == ["Award won"]


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml; charset=utf-8", "APPLICATION/FEED+JSON"]
)
def test_it_knows_every_sort_of_feed_by_its_type(kind):
    _, mills = poller({NEWS: linking("/feed.xml", kind=kind), FEED: rss("Award won")})
    assert len(mills.poll()) == 1


def test_it_takes_the_feed_of_comments_last():
    _, mills = poller({NEWS: linking(COMMENTS, FEED), FEED: rss("Award won"), COMMENTS: rss("First!")})
    assert [found.title for found in mills.poll()] == ["Award won"]


@pytest.mark.parametrize("broken", [Sheet(status=404), Sheet(status=503), "<p>Please sign in</p>", rss()])
def test_it_reads_the_page_where_the_named_feed_does_not_work(broken):
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: broken})
    assert mills.poll() == []
    assert mills.trouble is None
    web.pages[NEWS] = linking("/feed.xml") + "<main><p>A second paragraph of news</p></main>"
    assert [found.form for found in mills.poll()] == ["page_change"]


@pytest.mark.parametrize(
    "broken", [Sheet(status=404), Sheet(status=410), "<p>This is not the feed you look for</p>"]
)
def test_it_falls_back_to_the_page_when_its_feed_breaks_and_returns_when_it_is_mended(broken):
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: rss("Award won")})
    mills.poll()
    web.pages[FEED] = broken
    assert mills.poll() == []
    assert mills.trouble is None
    web.pages[NEWS] = linking("/feed.xml") + "<main><p>A second paragraph of news</p></main>"
    assert [found.form for found in mills.poll()] == ["page_change"]
    web.pages[FEED] = rss("Shop opens", "Award won")
    assert [found.title for found in mills.poll(hours=25)] == ["Shop opens", "Award won"]


def test_it_waits_for_a_feed_that_only_asks_for_another_time():
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: rss("Award won")})
    mills.poll()
    web.pages[FEED] = Sheet(status=503)
    assert mills.poll() == []
    assert isinstance(mills.trouble, TryLater)
    assert web.asked == [FEED]


def test_it_does_not_wait_longer_than_a_week_for_a_feed():
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: rss("Award won")})
    mills.poll()
    web.pages[FEED] = Sheet(status=503)
    assert mills.poll(hours=WEEK) == []
    assert (mills.trouble, mills.cursor["feed"]) == (None, "")


def test_it_keeps_what_it_knows_of_the_feed_when_it_looks_again():
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: rss("Award won")})
    mills.poll()
    web.pages[FEED] = rss("Shop opens", "Award won")
    assert [found.title for found in mills.poll(hours=WEEK)] == ["Shop opens"]
    assert mills.poll() == []
    assert web.asked == [FEED]


def test_it_looks_once_a_week_whether_the_page_names_a_feed_by_now():
    web, mills = poller({NEWS: linking()})
    mills.poll()
    web.pages |= {NEWS: linking("/feed.xml"), FEED: rss("Award won")}
    assert mills.poll(hours=24) == []
    assert [found.title for found in mills.poll(hours=WEEK)] == ["Award won"]


def test_it_goes_on_with_its_feed_while_the_page_is_away():
    web, mills = poller({NEWS: linking("/feed.xml"), FEED: rss("Award won")})
    mills.poll()
    web.pages |= {NEWS: Sheet(status=404), FEED: rss("Shop opens", "Award won")}
    assert [found.title for found in mills.poll(hours=WEEK)] == ["Shop opens"]
    assert mills.trouble is None


@pytest.mark.parametrize("options", [{"discover": False}, {"selector": "main"}])
def test_it_reads_only_the_page_where_it_is_told_to(options):
    web, mills = poller(
        {NEWS: linking("/feed.xml"), FEED: rss("Award won"), ROBOTS: robots(SITEMAP)}, **options
    )
    assert mills.poll() == []
    assert web.asked == [ROBOTS, NEWS]


def test_it_reads_new_pages_of_the_branch_that_the_sitemap_names_as_articles():
    web, mills = with_sitemap(old="2026-10-30")
    data = {
        "@type": "NewsArticle",
        "headline": "Store 7 opens",
        "datePublished": "2026-11-02T09:30:00-04:00",
        "author": {"@type": "Person", "name": "Dana Lee"},
    }
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    web.pages[f"{NEWS}/7"] = article(7, more=script)
    web.pages[SITEMAP] = sitemap(
        {f"{NEWS}/old": "2026-10-30", f"{NEWS}/7": "2026-11-02", "https://mills.example/jobs/1": "2026-11-02"}
    )
    (found,) = mills.poll()
    assert (found.external_id, found.url, found.form) == (f"{NEWS}/7", f"{NEWS}/7", "article")
    assert found.title == "Store 7 opens"
    assert "free breakfast" in found.text
    assert found.author is not None
    assert found.author.name == "Dana Lee"
    assert found.published_at == datetime(2026, 11, 2, 13, 30, tzinfo=UTC)
    assert web.asked == [SITEMAP, f"{NEWS}/7"]
    assert mills.poll() == []
    assert web.asked == [SITEMAP]


def test_it_does_not_read_a_known_page_again_because_its_date_changed():
    web, mills = with_sitemap(old="2026-10-30")
    web.pages[SITEMAP] = sitemap({f"{NEWS}/old": "2026-11-02"})
    assert mills.poll() == []
    assert web.asked == [SITEMAP]


def test_it_reads_many_new_pages_over_several_polls_and_says_so():
    web, mills = with_sitemap(old="2026-10-30")
    fresh = {f"{NEWS}/{number}": f"2026-11-02T{number // 60:02}:{number % 60:02}:00Z" for number in range(75)}
    web.pages |= {url: article(number) for number, url in enumerate(fresh)}
    web.pages[SITEMAP] = sitemap({f"{NEWS}/old": "2026-10-30", **fresh})
    brought, polls = [], 0
    while not polls or mills.pages[-1].truncated:
        found = mills.poll()
        assert len(found) <= 10
        brought += [one.url for one in found]
        polls += 1
    assert brought == list(fresh)
    assert polls == 8


def test_it_sets_a_page_aside_that_is_not_there_and_goes_on():
    web, mills = with_sitemap(old="2026-10-30")
    web.pages |= {f"{NEWS}/3": article(3), f"{NEWS}/2": "<script></script>"}
    web.pages[SITEMAP] = sitemap({f"{NEWS}/{number}": f"2026-11-02T0{number}:00:00Z" for number in (1, 2, 3)})
    assert [found.url for found in mills.poll()] == [f"{NEWS}/3"]
    assert [(one.external_id, one.reason) for one in mills.refused] == [
        (f"{NEWS}/1", "mills.example has nothing at this address (404): check the URL."),
        (f"{NEWS}/2", f"{NEWS}/2 holds no text."),
    ]


def test_it_gives_a_page_up_that_asks_for_another_time_again_and_again():
    web, mills = with_sitemap(old="2026-10-30")
    web.pages[f"{NEWS}/1"] = Sheet(status=503)
    web.pages[SITEMAP] = sitemap({f"{NEWS}/1": "2026-11-02"})
    for _ in range(3):
        assert mills.poll() == []
        assert isinstance(mills.trouble, TryLater)
    assert [one.external_id for one in mills.refused] == [f"{NEWS}/1"]
    mills.poll()
    assert mills.trouble is None


def test_it_follows_an_index_of_sitemaps_with_those_of_news_first():
    files = [f"https://mills.example/{name}.xml" for name in ("a", "b", "c", "d", "e", "f", "the-news")]
    web, mills = poller({NEWS: linking(), ROBOTS: robots(SITEMAP), SITEMAP: index(*files)})
    web.pages |= dict.fromkeys(files[:-1], sitemap({"https://mills.example/shop/1": "2026-11-01"}))
    web.pages[files[-1]] = sitemap({f"{NEWS}/1": "2026-11-01"})
    assert mills.poll() == []
    web.pages |= {
        f"{NEWS}/2": article(2),
        files[-1]: sitemap({f"{NEWS}/2": "2026-11-02", f"{NEWS}/1": "2026-11-01"}),
    }
    assert [found.url for found in mills.poll()] == [f"{NEWS}/2"]
    assert web.asked[:2] == [SITEMAP, files[-1]]


def test_it_reads_packed_sitemaps():
    web, mills = poller({NEWS: linking(), ROBOTS: robots(f"{SITEMAP}.gz")})
    packed = {"Content-Type": "application/gzip"}
    web.pages[f"{SITEMAP}.gz"] = Sheet(
        body=gzip.compress(sitemap({f"{NEWS}/1": "2026-11-01"}).encode()), headers=packed
    )
    assert mills.check() == "Follows the sitemap: 1 pages under /news/, the newest of 2026-11-01."


@pytest.mark.parametrize(
    "pages",
    [
        {f"{NEWS}/1": "2026-05-01"},
        {f"{NEWS}/1": "soon"},
        {"https://mills.example/newsletter": "2026-11-01"},
        {"https://other.example/news/1": "2026-11-01"},
    ],
)
def test_it_reads_the_page_where_the_sitemap_says_nothing_of_use(pages):
    _, mills = poller({NEWS: linking(), ROBOTS: robots(SITEMAP), SITEMAP: sitemap(pages)})
    assert mills.check().startswith("Reads the page itself")


def test_it_takes_only_news_from_the_sitemap_of_a_whole_site():
    home = "https://mills.example/"
    news = (
        "<url><loc>https://mills.example/2026/award</loc><n:news><n:publication_date>2026-11-01T08:00Z"
        "</n:publication_date><n:title>Award</n:title></n:news></url>"
    )
    body = sitemap({"https://mills.example/shop": "2026-11-01"}).replace("</urlset>", f"{news}</urlset>")
    web = PaperWeb(
        {home: linking(), ROBOTS: robots(SITEMAP), SITEMAP: body.replace("<urlset", "<urlset xmlns:n='n'")}
    )
    assert Poller(web, CONNECTOR, {"url": home}).check().startswith("Follows the sitemap: 1 pages under /,")


def test_it_falls_back_to_the_page_when_the_sitemap_goes_away():
    web, mills = with_sitemap(old="2026-10-30")
    del web.pages[SITEMAP]
    assert mills.poll() == []
    assert mills.trouble is None
    web.pages[NEWS] = linking() + "<main><p>A second paragraph of news</p></main>"
    assert [found.form for found in mills.poll()] == ["page_change"]


def test_it_still_tells_what_is_new_on_the_page_when_it_moves_to_the_sitemap():
    web, mills = poller({NEWS: linking(), ROBOTS: robots(SITEMAP)})
    mills.poll()
    web.pages[NEWS] = linking() + "<main><p>A second paragraph of news</p></main>"
    web.pages[SITEMAP] = sitemap({f"{NEWS}/2": f"{BEGIN:%Y-%m-%d}"})
    assert [found.form for found in mills.poll(hours=WEEK)] == ["page_change"]
    assert mills.cursor["news"] is not None


def test_it_says_what_keeps_it_from_reading_a_shell_without_a_feed():
    _, mills = poller(
        {NEWS: Sheet(body=b"<div id=app></div><script></script>", headers={"Content-Type": HTML})}
    )
    assert mills.poll() == []
    assert isinstance(mills.trouble, NeedsAttention)
    assert "Give a feed of the site" in mills.trouble.reason


def test_it_reads_the_feed_that_an_empty_shell_names():
    _, mills = poller(
        {NEWS: linking("/feed.xml").replace(WORDS, "<script></script>"), FEED: rss("Award won")}
    )
    assert [found.title for found in mills.poll()] == ["Award won"]
