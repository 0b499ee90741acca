"""Feeds of every sort become items, and no trap that was ever measured costs more than the item it is in."""

from __future__ import annotations

import json
import pickle
import time
from datetime import UTC, datetime

import pytest

from listener.connector import feed
from listener.connector.contract import NeedsAttention, TryLater

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"


def parse(body: bytes | str, content_type: str = "", memory: object = None) -> feed.Parsed:
    return feed.parse(body.encode() if isinstance(body, str) else body, URL, content_type, NOW, memory)


def rss(*items: str, head: str = "<title>News</title>") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(name: str, inside: str = "") -> str:
    return f"<item><guid isPermaLink='false'>{name}</guid><title>About {name}</title>{inside}</item>"


def ids(parsed: feed.Parsed) -> list[str]:
    return [found.external_id for found in parsed.items]


def test_it_reads_rss_as_plain_text_with_absolute_links_and_dates_in_utc():
    parsed = parse(
        rss(
            item(
                "1",
                "<link>/a?x=1&amp;y=2</link><author>jane@x.example (Jane)</author>"
                "<pubDate>Fri, 20 Nov 2026 08:00:00 -0400</pubDate>"
                "<description>&lt;p&gt;Mills &lt;b&gt;nev&lt;/b&gt;er paid.&lt;/p&gt;&lt;p&gt;See &lt;a href='../b'&gt;this&lt;/a&gt;"
                "&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description>",
            ),
            head="<title>News</title><language>en-CA</language>",
        )
    )
    (found,) = parsed.items
    assert parsed.title == "News"
    assert found.external_id == "1"
    assert found.url == "https://news.example/a?x=1&y=2"
    assert found.title == "About 1"
    assert found.text == "Mills never paid.\nSee this"
    assert found.published_at == NOW
    assert found.author is not None
    assert found.author.name == "Jane"
    assert found.links == ("https://news.example/b",)
    assert found.language == "en-ca"


@pytest.mark.parametrize(
    "body",
    [
        '<rss version="0.91"><channel><item><title>T</title><link>http://h.example/1</link></item></channel></rss>',
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            '<item rdf:about="http://h.example/1"><title>T</title><link>http://h.example/1</link></item></rdf:RDF>'
        ),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://h.example/1</id><title>T</title>'
            '<link href="http://h.example/1"/></entry></feed>'
        ),
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": "http://h.example/1", "url": "http://h.example/1", "title": "T"}],
            }
        ),
    ],
)
def test_it_reads_every_format_to_the_same_item(body):
    (found,) = parse(body).items
    assert (found.external_id, found.url, found.title) == ("http://h.example/1", "http://h.example/1", "T")


def test_it_reads_what_json_feed_has():
    entry = {
        "id": 12345678901234567890,
        "url": "/1",
        "content_html": "<p>Mills &amp; Co</p>",
        "date_published": "2026-11-20T08:00:00-04:00",
        "authors": [{"name": "Jane", "url": "https://jane.example"}],
    }
    parsed = parse(
        json.dumps({"version": "https://jsonfeed.org/version/1", "title": "J", "items": [entry, 7]})
    )
    (found,) = parsed.items
    assert (found.external_id, found.url, found.text) == (
        "12345678901234567890",
        "https://news.example/1",
        "Mills & Co",
    )
    assert found.published_at == NOW
    assert found.author is not None
    assert found.author.url == "https://jane.example"
    assert parsed.refused[0].payload == b'"7"'


def test_it_turns_halves_of_utf16_written_as_references_into_the_character_that_was_meant():
    parsed = parse(rss(item("1"), item("2", "<description>fine &#xD83D;&#xDE00;</description>"), item("3")))
    assert ids(parsed) == ["1", "2", "3"]
    assert parsed.items[1].text == "fine 😀"


@pytest.mark.parametrize("reference", ["&#xD83D;", "&#x110000;", "&#" + "9" * 5000 + ";", "&#99999999999;"])
def test_it_keeps_the_feed_when_a_reference_names_no_character(reference):
    parsed = parse(rss(item("1"), item("2", f"<description>odd {reference} end</description>"), item("3")))
    assert ids(parsed) == ["1", "2", "3"]
    assert "odd" in parsed.items[1].text


def test_it_reads_on_when_the_declared_encoding_is_none_that_a_feed_may_have():
    for name in ("punycode", "idna", "undefined", "unicode_escape", "zlib", "x-unknown"):
        body = rss(item("1", "<description>café</description>")).replace(
            '<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{name}"?>'
        )
        assert parse(body).items[0].text == "café"


def test_it_reads_what_was_written_in_another_charset_than_was_said():
    body = rss(item("1", "<description>café – “Mills”</description>")).replace("?>", ' encoding="utf-8"?>')
    assert parse(body.encode("windows-1252")).items[0].text == "café – “Mills”"
    assert parse(body.encode("utf-16")).items[0].text == "café – “Mills”"
    assert (
        parse(body.encode("windows-1252", "replace"), "text/xml; charset=windows-1252").items[0].text[:4]
        == "café"
    )


def test_it_spends_no_time_on_an_author_of_32_kilobytes():
    began_at = time.monotonic()
    parsed = parse(rss(item("1", f"<author>{'a' * 32_768}</author>"), item("2", "<author>Jane</author>")))
    assert time.monotonic() - began_at < 2
    assert ids(parsed) == ["1", "2"]
    assert parsed.items[0].author is None
    assert parsed.items[1].author is not None


def test_one_poison_item_costs_one_item(monkeypatch):
    import feedparser

    real = feedparser.parse

    def poisoned(document, **options):
        body = document.read()
        if b"poison" in body:
            raise AttributeError("no such thing")
        document.seek(0)
        return real(document, **options)

    monkeypatch.setattr(feedparser, "parse", poisoned)
    parsed = parse(rss(*(item("poison" if n == 7 else str(n)) for n in range(20))))
    assert ids(parsed) == [str(n) for n in range(20) if n != 7]
    (refused,) = parsed.refused
    assert b"poison" in refused.payload
    assert "AttributeError" in refused.reason
    assert ids(parse(rss(item("1"), item("2"), head="<title>poison</title>"))) == ["1", "2"]


def test_it_leaves_out_links_that_could_run_something_and_dates_that_cannot_be():
    parsed = parse(
        rss(
            item("1", "<link>java\nscript:alert(1)</link>"),
            item("2", "<link>data:text/html,x</link>"),
            item("3", "<pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>"),
            item("4", "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"),
            item("5", "<pubDate>2026-11-20 08:00</pubDate>"),
        )
    )
    assert len(parsed.items) == 5
    assert [found.url for found in parsed.items[:2]] == [None, None]
    assert [found.published_at for found in parsed.items[2:4]] == [None, None]
    assert (parsed.refused_links, parsed.impossible_dates) == (2, 2)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<!doctype html><html><body><form>Log in</form></body></html>", "is an HTML page, not a feed"),
        ("<html><head><title>Mills</title></head></html>", "is an HTML page, not a feed"),
        ('{"error": "not found"}', "is JSON, but not a JSON Feed"),
        ("User-agent: *", "is text that begins with “User-agent: \\*”, not a feed"),
        ("<opml><body/></opml>", "is XML, not a feed"),
    ],
)
def test_it_says_what_it_found_where_no_feed_is(body, sentence):
    with pytest.raises(NeedsAttention, match=sentence) as raised:
        parse(body)
    assert URL in raised.value.reason
    assert pickle.loads(pickle.dumps(raised.value)).reason == raised.value.reason


@pytest.mark.parametrize(
    "body", ["", " \n", '{"version": "https://jsonfeed.org/version/1", "items": [', "[" * 100_000]
)
def test_it_tries_later_where_the_answer_breaks_off(body):
    with pytest.raises(TryLater):
        parse(body)


def test_a_feed_without_entries_is_a_feed():
    assert parse(rss()).items == ()


def test_items_without_an_id_are_known_by_their_link_and_then_by_what_they_say():
    bare = "<item><title>A</title></item><item><title>B</title></item><item><link>/c</link><title>C</title></item>"
    first, second = parse(rss(bare)), parse(rss(bare, head="<title>Other</title>"))
    assert ids(first) == ids(second)
    assert len(set(ids(first))) == 3
    assert ids(first)[2] == "https://news.example/c"


def test_different_entries_of_one_id_are_both_kept_and_keep_their_ids_in_any_order():
    old = item("1", "<pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate><description>old</description>")
    new = item("1", "<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate><description>new</description>")
    by_text = {found.text: found.external_id for found in parse(rss(new, old)).items}
    assert by_text == {found.text: found.external_id for found in parse(rss(old, new)).items}
    assert by_text["old"] == "1"
    assert by_text["new"].startswith("1#")
    assert ids(parse(rss(old, old))) == ["1"]


def test_an_entry_that_was_seen_and_did_not_change_is_not_given_again():
    first = parse(rss(item("1"), item("2")))
    memory = json.loads(json.dumps(first.memory))
    second = parse(
        rss(item("3"), item("1"), item("2", "<description>corrected</description>")), memory=memory
    )
    assert ids(second) == ["3", "2"]
    assert second.entries_count == 3
    third = parse(rss(item("2", "<description>corrected</description>")), memory=second.memory)
    assert third.items == ()
    assert len(third.memory["seen"]) == 1


@pytest.mark.parametrize(
    "memory", ["x", 7, [], {"seen": 3, "fast": []}, {"seen": [None, {}], "fast": {"agreed": "9"}}]
)
def test_a_memory_that_is_none_loses_nothing(memory):
    assert ids(parse(rss(item("1")), memory=memory)) == ["1"]


def test_hidden_and_turning_characters_do_not_reach_a_text():
    (found,) = parse(
        rss("<item><guid>a\u202eb</guid><title>M\u202eills\u2066 &amp;#7; Co\ufeff</title></item>")
    ).items
    assert (found.external_id, found.title) == ("ab", "Mills Co")


def test_what_it_gives_can_be_sent_between_processes():
    parsed = parse(rss(item("1", "<source url='http://x.example'>X</source>")))
    assert pickle.loads(pickle.dumps(parsed)) == parsed
    assert json.loads(json.dumps(parsed.items[0].raw))["source"] == {"title": "X", "href": "http://x.example"}
