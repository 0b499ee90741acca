"""The page itself: what is news on it, what only flickers, and what is no page at all."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from paperworld import PaperWeb, Poller, Sheet

from connectors.company_page import CONNECTOR
from listener.connector import Gone, NeedsAttention, TryLater

NEWS = "https://mills.example/news"
SHOP = "<p>Mills sells lumber, saws and paint to people who build in Halifax.</p>"
HOURS = "<p>Every shop is open from seven in the morning until nine at night.</p>"
RECALL = "<p>We recall the Baxter table saw: its guard may come off while it runs.</p>"
BANNERS = tuple(
    f"<p>Save a great deal on {what} until stocks run out!</p>" for what in ("paint", "nails", "doors")
)


def page(*blocks: str, title: str = "News from Mills", head: str = "") -> str:
    return (
        f"<!doctype html><html lang=en-CA><head><title>{title}</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<main><h1>News</h1>{''.join(blocks)}</main><footer>Mills Supply Ltd</footer></body></html>"
    )


def watched(*blocks: str, **options: object) -> tuple[PaperWeb, Poller]:
    """A page after its first poll."""
    web = PaperWeb({NEWS: page(*blocks)})
    poller = Poller(web, CONNECTOR, {"url": NEWS, **options})
    assert poller.poll() == []
    assert poller.trouble is None
    return web, poller


def test_it_takes_the_first_look_as_a_baseline_only():
    _, mills = watched(SHOP, HOURS)
    assert mills.cursor is not None
    assert mills.poll() == []


def test_it_reports_a_paragraph_that_was_added():
    web, mills = watched(SHOP, HOURS)
    web.pages[NEWS] = page(RECALL, SHOP, HOURS)
    (found,) = mills.poll()
    assert found.form == "page_change"
    assert found.text == "We recall the Baxter table saw: its guard may come off while it runs."
    assert (found.title, found.url, found.language) == ("News from Mills", NEWS, "en-ca")
    assert mills.poll() == []


def test_it_puts_all_that_one_look_added_into_one_item_with_its_links():
    web, mills = watched(SHOP)
    web.pages[NEWS] = page("<ul><li><a href='/news/7'>Store seven opens</a></ul>", SHOP, HOURS)
    (found,) = mills.poll()
    assert found.text.splitlines() == [
        "Store seven opens",
        "Every shop is open from seven in the morning until nine at night.",
    ]
    assert found.links == ("https://mills.example/news/7",)


def test_it_is_not_moved_by_another_order_or_by_what_goes_away():
    web, mills = watched(SHOP, HOURS, RECALL)
    web.pages[NEWS] = page(RECALL, HOURS, SHOP)
    assert mills.poll() == []
    web.pages[NEWS] = page(HOURS, SHOP)
    assert mills.poll() == []


def test_it_is_not_moved_by_other_spaces_letters_or_markup_of_the_same_words():
    web, mills = watched(SHOP)
    web.pages[NEWS] = page(
        "<div>Mills  sells\n<b>LUMBER</b>, saws and paint to people who build in Halifax.</div>"
    )
    assert mills.poll() == []


def test_it_gives_the_same_change_the_same_identity_whoever_looks():
    identities = set()
    for _ in range(2):
        web, mills = watched(SHOP)
        web.pages[NEWS] = page(SHOP, RECALL, HOURS)
        identities.add(mills.poll()[0].external_id)
    assert len(identities) == 1


def test_it_hears_each_banner_once_and_then_lets_them_rotate():
    web, mills = watched(SHOP, BANNERS[0])
    heard = []
    for turn in range(1, 60):
        web.pages[NEWS] = page(SHOP, BANNERS[turn % 3])
        heard += mills.poll(hours=0.5)
    assert len(heard) == 2


def test_it_learns_that_a_block_which_went_away_three_times_is_noise():
    web, mills = watched(SHOP)
    heard = []
    for _ in range(6):
        web.pages[NEWS] = page(SHOP, RECALL)
        heard += mills.poll(hours=36)
        web.pages[NEWS] = page(SHOP)
        heard += mills.poll(hours=36)
    assert len(heard) == 3
    assert len({found.external_id for found in heard}) == 3


def test_it_learns_that_a_line_of_which_only_the_digits_change_is_noise():
    web, mills = watched(SHOP, "<p>Updated 0 minutes ago</p>")
    heard = []
    for minute in range(1, 30):
        web.pages[NEWS] = page(SHOP, f"<p>Updated {minute} minutes ago</p>")
        heard += mills.poll()
    assert len(heard) == 2


def test_it_reports_headlines_of_one_pattern_that_come_seldom():
    web, mills = watched(SHOP, "<p>Results of quarter 1</p>")
    heard = []
    for quarter in range(2, 8):
        web.pages[NEWS] = page(SHOP, f"<p>Results of quarter {quarter}</p>")
        heard += mills.poll(hours=24 * 6.5)
    assert len(heard) == 6


def test_it_leaves_out_navigation_footers_and_what_nobody_sees():
    web, mills = watched(SHOP)
    web.pages[NEWS] = (
        page(SHOP)
        .replace("Mills Supply Ltd", "Mills Supply and Sons")
        .replace("</nav>", "<a href=/new>A new entry in the menu</a></nav>")
        .replace(
            "</main>",
            "<p hidden>Nobody sees these words</p><div style='display: none'>nor these ones</div></main>",
        )
    )
    assert mills.poll() == []


def test_it_reads_only_the_chosen_part_and_nothing_of_the_ignored():
    web = PaperWeb({NEWS: page(SHOP, HOURS, "<div id=box><p>Open today</div>")})
    mills = Poller(
        web, CONNECTOR, {"url": NEWS, "selector": "#box", "ignore": ".ad", "ignore_text": ["sponsored"]}
    )
    mills.poll()
    assert mills.trouble is None
    web.pages[NEWS] = page(
        SHOP,
        HOURS,
        "<p>Outside of the box</p><div id=box><p>Open today"
        "<p class=ad>Buy this thing</p><p>A Sponsored message of others</p><p>Inside of the box</div>",
    )
    (found,) = mills.poll()
    assert found.text == "Inside of the box"


def test_it_begins_anew_when_the_options_say_to_read_another_part():
    web, mills = watched(SHOP, RECALL)
    other = Poller(web, CONNECTOR, {"url": NEWS, "selector": "main p"})
    other.cursor = mills.cursor
    assert other.poll() == []
    assert other.trouble is None


def test_it_does_not_read_an_unchanged_page_again():
    web, mills = watched(SHOP)
    web.pages[NEWS] = Sheet(status=304, headers={"ETag": '"1"'})
    before = mills.cursor
    assert mills.poll() == []
    assert (mills.cursor, mills.trouble, web.asked) == (before, None, [NEWS])


def test_it_doubts_a_page_that_lost_most_of_its_text_and_reports_nothing():
    web, mills = watched(SHOP, HOURS, RECALL, *BANNERS)
    for turn in range(3):
        web.pages[NEWS] = page(SHOP, HOURS, RECALL, *BANNERS, f"<p>Visitor {turn}")
        mills.poll()
    web.pages[NEWS] = page(
        "<p>We are doing some maintenance work here. Please come back in a while; thank you.</p>"
    )
    assert mills.poll() == []
    assert isinstance(mills.trouble, NeedsAttention)
    assert "shrank to" in mills.trouble.reason
    assert mills.poll() == []
    assert isinstance(mills.trouble, NeedsAttention), "an unchanged page that is doubted stays doubted"
    web.pages[NEWS] = page(SHOP, HOURS, RECALL, *BANNERS, "<p>We are back, with a new shop.</p>")
    (found,) = mills.poll()
    assert found.text == "We are back, with a new shop."


def test_it_takes_a_smaller_page_as_it_is_after_three_days():
    web, mills = watched(SHOP, HOURS, RECALL, *BANNERS)
    for turn in range(3):
        web.pages[NEWS] = page(SHOP, HOURS, RECALL, *BANNERS, f"<p>Visitor {turn}")
        mills.poll()
    small = (
        "<p>This is the new site of Mills, with very few words but with many pictures instead of them.</p>"
    )
    web.pages[NEWS] = page(small)
    mills.poll()
    assert mills.poll(hours=73) == []
    assert mills.trouble is None
    web.pages[NEWS] = page(small, RECALL)
    assert len(mills.poll()) == 1


@pytest.mark.parametrize(
    ("sheet", "kind", "words"),
    [
        (Sheet(status=404), NeedsAttention, "404"),
        (Sheet(status=410), Gone, "gone for good"),
        (Sheet(status=503), TryLater, "503"),
        (
            Sheet(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}),
            NeedsAttention,
            "is application/pdf",
        ),
        (
            "<title>Sign in</title><form><input name=u><input type=password></form>",
            NeedsAttention,
            "asks for a login",
        ),
        (
            "<title>Mills</title><div id=root></div><script src=/app.js></script>",
            NeedsAttention,
            "empty shell",
        ),
        (
            f"<title>Mills</title><noscript>{SHOP * 2}</noscript><div id=app></div><script>start()</script>",
            NeedsAttention,
            "empty shell",
        ),
        ("", NeedsAttention, "no text"),
        (page(SHOP, HOURS, title="Just a moment..."), NeedsAttention, "instead of itself"),
        (page(SHOP, HOURS, title="404 - Mills"), NeedsAttention, "no such page"),
        (page(SHOP, HOURS, title="Page not found | Mills"), NeedsAttention, "no such page"),
    ],
)
def test_it_tells_what_is_no_page_to_watch_as_trouble_and_never_as_news(sheet, kind, words):
    web, mills = watched(SHOP, HOURS)
    cursor = mills.cursor
    web.pages[NEWS] = sheet
    assert mills.poll() == []
    assert type(mills.trouble) is kind
    assert words in mills.trouble.reason
    assert mills.cursor == cursor, "what was known of the page is kept for when it comes back"
    web.pages[NEWS] = page(SHOP, HOURS, RECALL)
    assert len(mills.poll()) == 1


def test_it_tells_a_redirect_to_a_login_as_such():
    web, mills = watched(SHOP)
    web.pages[NEWS] = Sheet(
        status=302, headers={"Location": "https://mills.example/account/sign-in?next=news"}
    )
    web.pages["https://mills.example/account/sign-in?next=news"] = page(SHOP, HOURS, RECALL)
    assert mills.poll() == []
    assert "asks for a login" in mills.trouble.reason


def test_it_obeys_a_robots_txt_that_closed_the_page():
    web, mills = watched(SHOP)
    web.pages["https://mills.example/robots.txt"] = Sheet(
        body=b"User-agent: *\nDisallow: /news", headers={"Content-Type": "text/plain"}
    )
    web.pages[NEWS] = page(SHOP, RECALL)
    assert mills.poll(hours=25) == []
    assert "robots.txt" in mills.trouble.reason


def test_it_says_that_the_selector_finds_nothing():
    mills = Poller(PaperWeb({NEWS: page(SHOP, HOURS)}), CONNECTOR, {"url": NEWS, "selector": ".no-such"})
    mills.poll()
    assert "selector finds nothing" in mills.trouble.reason


def test_it_says_what_it_would_read():
    assert Poller(PaperWeb({NEWS: page(SHOP, HOURS)}), CONNECTOR, {"url": NEWS}).check() == (
        "Reads the page itself: 3 paragraphs, 0 articles and reviews in its data."
    )
    with pytest.raises(NeedsAttention, match="empty shell"):
        Poller(PaperWeb({NEWS: "<script></script>"}), CONNECTOR, {"url": NEWS}).check()


@pytest.mark.parametrize(
    ("written", "scope"),
    [
        ("https://Mills.Example", "https://mills.example/"),
        ("https://mills.example:443/news#top", NEWS),
        (" http://mills.example:8080/news?a=1 ", "http://mills.example:8080/news?a=1"),
    ],
)
def test_it_gives_one_page_one_scope(written, scope):
    assert CONNECTOR.scope(CONNECTOR.options(url=written)) == scope


def test_two_parts_of_one_page_are_two_targets():
    scopes = {CONNECTOR.scope(CONNECTOR.options(url=NEWS, selector=part)) for part in (None, "#a", "#b")}
    assert len(scopes) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "mills.example/news"}, "is no web address"),
        ({"url": "ftp://mills.example/"}, "is no web address"),
        ({"url": "https://[mills"}, "is no web address"),
        ({"url": "https://dana:secret@mills.example/"}, "holds a name or a password"),
        ({"url": NEWS, "selector": "div >"}, "is no CSS selector"),
        ({"url": NEWS, "ignore": ["p:::x"]}, "is no CSS selector"),
    ],
)
def test_it_refuses_options_that_cannot_work(options, words):
    with pytest.raises(ValueError, match=words):
        CONNECTOR.options(**options)


def test_its_cursor_stays_small_on_a_huge_and_restless_page():
    web, mills = watched(SHOP)
    for turn in range(3):
        web.pages[NEWS] = page(
            SHOP, *(f"<p>Words of turn {turn} and {number} in a long page</p>" for number in range(4_500))
        )
        mills.poll(hours=6)
        assert mills.trouble is None
    assert len(json.dumps(mills.cursor)) < 64_000
    assert mills.cursor["watch"]["unread"] > 0


def test_it_is_polled_seldom_enough_for_a_page_made_for_people():
    assert CONNECTOR.least_interval >= timedelta(minutes=15)
