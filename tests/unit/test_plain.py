"""Markup becomes what a reader would see, in time that grows with its length and no faster."""

from __future__ import annotations

from time import process_time

import pytest

from listener.connector.plain import absolute, cleaned, language_tag, links_in, one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("no markup", "no markup"),
        ("<p>one</p><p>two<br/>three</p>", "one\ntwo\nthree"),
        ("<B>M</B>il<i>ls</i> &amp; Co", "Mills & Co"),
        ("<ul><LI>a<LI>b</ul>", "a\nb"),
        ("a < b and c > d", "a < b and c > d"),
        ("<a title='x > y' href=\"/q\">link</a>", "link"),
        ("x<script>if (a<b) {}</script>y<style>p{}</style><!-- <p>no</p> -->z", "xyz"),
        ("seen<script>never closed <p>unseen", "seen"),
        ("<![CDATA[kept]]>", "kept"),
        ("&#xD83D;&#xDE00; &#55357;&#56832;", "😀 😀"),
        ("&#x110000; &#" + "9" * 6_000 + ";", "\ufffd \ufffd"),
        ("&lt;b&gt; stays", "<b> stays"),
        ("<head><title>t</title></head><header>h</header>", "h"),
        ("1&nbsp;2\u2028 3", "1 2\n3"),
    ],
)
def test_it_shows_what_a_reader_sees(markup, text):
    assert plain(markup) == text


def test_it_strips_what_nobody_sees():
    assert cleaned("M\u202eill\u2066s\x00\x07 \ufeffC\u00ado\u200b") == "Mills Co"
    assert cleaned("a\ud83d\ude00b\ud83dc") == "a😀b\ufffdc"
    assert one_line("  a\n\n b\tc ") == "a b c"


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("/a", "https://h.example/a"),
        ("b?c=d e", "https://h.example/x/b?c=d e"),
        ("//other.example/a", "https://other.example/a"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("java\n\tscript:alert(1)", None),
        (" \x01JavaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("http://[broken", None),
        ("http://broken]/a", None),
        ("http://h\u2100.example/a", None),
        ("", None),
    ],
)
def test_it_makes_links_absolute_and_refuses_those_that_could_run_something(link, whole):
    assert absolute(link, "https://h.example/x/y") == whole


def test_it_lists_the_links_of_a_text_in_order_and_once():
    markup = (
        "<a class='data-href' href=/one>1</a> <A HREF='two'>2</A><a href='/one#x'>3</a>"
        "<a data-href='/no'>4</a><a href='javascript:x'>5</a><a href=\"https://o.example/?a=1&amp;b=2\">6</a><a href=/one>7</a>"
    )
    assert links_in(markup, "https://h.example/") == (
        "https://h.example/one",
        "https://h.example/two",
        "https://h.example/one#x",
        "https://o.example/?a=1&b=2",
    )
    assert len(links_in("".join(f"<a href='/{n}'>" for n in range(99)), "https://h.example/")) == 50


def test_it_reads_language_tags():
    assert [language_tag(tag) for tag in ("en", "pt_BR", " zh-Hant ", "english language", "", None, 7)] == [
        *("en", "pt-br", "zh-hant"),
        *(None, None, None, None),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        '<a "',
        "<",
        "&",
        "<!--",
        "<script>",
        "<a href=",
        "<a href='\"",
        "&#9",
        "<p \"'",
        "<a x='",
        "<a href ",
        "]]>",
        "&#xD83D;",
    ],
)
def test_hostile_markup_takes_no_longer_than_its_length(piece):
    began_at = process_time()
    plain(piece * 100_000)
    links_in(piece * 100_000, "https://h.example/")
    assert process_time() - began_at < 2.0
