"""Pages that were made to hurt: each is read within seconds, in a real child, and gives at worst nothing."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import works
from paperworld import HTML, PaperWeb, Poller, Sheet

from connectors.company_page import CONNECTOR
from listener.connector.apart import Apart
from listener.connector.page.article import read_article
from listener.connector.page.read import Part, read_page
from listener.connector.page.sitemap import read_sitemap

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
URL = "https://mills.example/news"
MEGABYTE = 2**20
HOSTILE = {
    "deep divs": b"<div>" * 100_000 + b"<p>Hello there",
    "deep tables": b"<table><tr><td>aa" * 60_000,
    "deep inline": b"<b><i>" * 100_000 + b"Hello there",
    "many paragraphs": b"<p>x y z" * 400_000,
    "many links": b"<a href=x>y</a>" * 300_000,
    "many landmarks": b"<main>" * 300_000,
    "one attribute": b'<p class="' + b"a" * 4 * MEGABYTE + b'">Hello there',
    "many attributes": b"<p " + b" ".join(b"a%d=b" % number for number in range(200_000)) + b">Hello there",
    "one text": b"<p>" + b"word " * 800_000,
    "digits": b"<p>" + b"1." * MEGABYTE,
    "entities": b"<p>" + b"&#x1f600;&amp;" * 300_000,
    "open comment": b"<p>Hello there" + b"<!--" * MEGABYTE,
    "comments before a feed": b"<!-- " * 100_000,
    "zeros": b"\0" * 4 * MEGABYTE + b"<p>Hello there",
    "every byte": bytes(range(256)) * 10_000,
    "punycode": b"<meta charset=punycode><p>" + b"a-b" * MEGABYTE,
    "json lists": b"<script type='application/ld+json'>" + b"[" * 900_000 + b"</script>",
    "json objects": b"<script type='application/ld+json'>" + b'{"a":' * 200_000 + b"</script>",
    "json comments": b"<script type='application/ld+json'>{" + b'"a": // x\n' * 90_000 + b"</script>",
    "json reviews": b"<script type='application/ld+json'>["
    + b'{"@type":"Review","name":"x"},' * 30_000
    + b"1]</script>",
    "deep microdata": b"<div itemscope itemprop=a>" * 900,
    "wide microdata": b"<div itemscope itemtype=Review><p itemprop=name>x" * 5_000,
    "microdata in a circle": b"<div id=a itemscope itemref='a b'><div id=b itemprop=x itemscope itemref=a>",
}
WORDS = b"<main><p>We recall the saw.</p></main>"


@pytest.fixture(scope="module")
def apart():
    runner = Apart(deadline_s=120)  # a busy machine is no hostile page
    runner.run(read_page, b"<div>warm", URL, HTML, NOW, Part())  # the imports are not what is measured
    yield runner
    runner.close()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "part", [Part(), Part(selector="p, div", ignore=("b",))], ids=["main text", "selector"]
)
def test_it_reads_a_hostile_page_in_bounded_time_and_memory(name, part, apart):
    body = HOSTILE[name][: 5 * MEGABYTE]
    reading, cpu_s = apart.run(works.with_its_cpu, read_page, body, URL, HTML, NOW, part)
    assert cpu_s < 10
    assert len(reading.blocks) <= 4_000
    assert all(len(block.text) <= 4_000 for block in reading.blocks)
    assert len(reading.items) <= 400


@pytest.mark.parametrize(
    "name", ["deep divs", "deep tables", "many paragraphs", "one attribute", "every byte"]
)
def test_it_reads_a_hostile_article_in_bounded_time(name, apart):
    _, cpu_s = apart.run(works.with_its_cpu, read_article, HOSTILE[name][: 5 * MEGABYTE], URL, HTML, NOW)
    assert cpu_s < 10


BILLION = b"<!DOCTYPE a [<!ENTITY a 'lol'>" + b"".join(
    b"<!ENTITY %c '&%c;&%c;&%c;&%c;'>" % (98 + level, *[97 + level] * 4) for level in range(20)
)


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<url>" * 400_000,
        b"<urlset>"
        + b"<url><loc>https://mills.example/news/1</loc><lastmod>2026-11-01</lastmod></url>" * 50_000,
        BILLION + b"]><urlset><url><loc>&t;</loc><lastmod>2026</lastmod></url></urlset>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&x;</loc><lastmod>2026</lastmod></url></urlset>",
        gzip.compress(bytes(100 * MEGABYTE)),
        b"\x1f\x8b" + b"not packed at all",
        b"<html><body>Not a sitemap</body></html>",
        b"",
        b"\xff\xfe" * 1_000,
    ],
    ids=["open", "long", "billion", "file", "bomb", "half packed", "page", "empty", "bytes"],
)
def test_it_reads_a_hostile_sitemap_in_bounded_time(body, apart):
    sitemap_url = "https://mills.example/sitemap.xml"
    sitemap, cpu_s = apart.run(works.with_its_cpu, read_sitemap, body, sitemap_url, URL, NOW)
    assert cpu_s < 10
    assert {entry.url for entry in sitemap.entries} <= {"https://mills.example/news/1"}


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("<main><p>Prix réduit".encode("latin-1"), "text/html; charset=iso-8859-1", "Prix réduit"),
        ("<meta charset=windows-1252><main><p>Mills’ “saw”".encode("cp1252"), "text/html", "Mills’ “saw”"),
        ("<main><p>Prix réduit".encode("utf-16"), "text/html", "Prix réduit"),
        ("<main><p>Prix réduit".encode(), "text/html; charset=nonsense", "Prix réduit"),
        ("<main><p>Prix réduit".encode("cp1252"), "text/html", "Prix réduit"),
        ("<meta charset=shift_jis><main><p>新しい店".encode("shift_jis"), "text/html", "新しい店"),
        (b"<main><p>Bro\xffken \xc3", "text/html; charset=utf-8", "Bro\ufffdken \ufffd"),
        (
            b"<?xml version='1.0' encoding='utf-8'?><main><p>Hello there",
            "application/xhtml+xml",
            "Hello there",
        ),
    ],
)
def test_it_reads_every_encoding_and_none_at_all(body, content_type, expected):
    reading = read_page(body, URL, content_type, NOW, Part())
    assert [block.text for block in reading.blocks] == [expected]


def test_it_strips_what_could_turn_a_line_round():
    body = "<main><p>Mi\u202ells\x00 \u200bsays\x07 \u2066hi\u2069 👩\u200d🔧</main>".encode()
    (block,) = read_page(body, URL, HTML, NOW, Part()).blocks
    assert block.text == "Mills says hi 👩\u200d🔧"


def test_it_keeps_links_that_could_run_out_of_what_it_finds():
    body = b"<main><p><a href='javascript:alert(1)'>Click</a> or <a href=' /news/1 '>read</a> or <a href='http://['>go</a>"
    (block,) = read_page(body, URL, HTML, NOW, Part()).blocks
    assert block.links == ("https://mills.example/news/1",)


def test_hostile_words_pass_through_a_poll_as_words(apart):
    web = PaperWeb({URL: Sheet(body=WORDS, headers={"Content-Type": HTML})})
    mills = Poller(web, CONNECTOR, {"url": URL}, apart=apart)
    assert mills.poll() == []
    web.pages[URL] = Sheet(
        body=b"<main><p>We recall the saw.</p><p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;!channel&gt;</main>",
        headers={"Content-Type": HTML},
    )
    (found,) = mills.poll()
    assert found.text == "<script>alert(1)</script> <!channel>"
    assert json.loads(json.dumps(mills.cursor)) == mills.cursor


def test_the_parent_never_loads_what_reads_untrusted_bytes():
    heavy = {"lxml", "selectolax", "trafilatura", "extruct", "feedparser"}
    code = f"import sys, connectors.company_page; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert loaded.stdout.strip() == "[]"
