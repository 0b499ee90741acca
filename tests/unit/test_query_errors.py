"""What a person is told whose query cannot be read: the place, what is wrong there, and what to write instead."""

from __future__ import annotations

import pytest

from listener.domain.grammar import parse_term, parse_tree
from listener.domain.query import QueryError, parse_query
from listener.domain.tree import Domain, Exact, Handle, Phrase, Prefix, Tag, Word


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        ("a NEAR b", 1, 3, "“NEAR” lacks the number of words that may stand between: write it such as NEAR/5"),
        ("a ONEAR/x b", 1, 3, "such as ONEAR/5"),
        ("a\nNEAR/100 b", 2, 1, "at most 99 words may stand between"),
        (f"a NEAR/{'9' * 5_000} b", 1, 3, "at most 99 words"),
        ("a near/5 b", 1, 3, "Write NEAR/5 in capitals"),
        ("NEAR/5 b", 1, 1, "write a word in front of it"),
        ("a NEAR/5", 1, 9, "ends too early"),
        ("a NEAR/5 (b c)", 1, 3, "AND, or words without OR between them, cannot be a side of NEAR/5"),
        ("a NEAR/5 (b OR NOT c)", 1, 3, "NOT cannot be a side of NEAR/5"),
        ("a NEAR/5 -b", 1, 10, "“-” cannot stand here"),
        ("title:a NEAR/5 b", 1, 9, "“title:” cannot be a side of NEAR/5"),
        ("a ONEAR/5 site:b.example", 1, 3, "“site:” cannot be a side of ONEAR/5"),
        (" NEAR/1 ".join("a" for _ in range(50)), 1, 93, "More than 10 NEAR"),
        ("title:(a text:b)", 1, 1, "“text:” cannot stand inside “title:”"),
        ("title:(a OR NOT followers:>5)", 1, 1, "“followers:” cannot stand inside “title:”"),
        ("lang:(en OR site:x.example)", 1, 13, "“site:” cannot stand inside “lang:”"),
        ("titel:refund", 1, 1, "“titel:” is no field: did you mean “title:”?"),
        ("mood:sad", 1, 1, "the fields are title, text, author"),
        ("a 12:30", 1, 3, "put the whole in quotes"),
        ("https://Mills.example/x", 1, 1, "write domain:mills.example"),
        ("a:", 1, 1, "is no field"),
        ("title:", 1, 1, "Nothing stands behind “title:”"),
        ("(title: )", 1, 2, "Nothing stands behind “title:”"),
        ("site: OR a", 1, 1, "such as site:globe.example"),
        ('source:""', 1, 8, "write a value"),
        ("url:://", 1, 5, "write a value"),
        ("m*", 1, 1, "at least 2 letters stand before the *"),
        ("a *fund", 1, 3, "the * does not end a word"),
        ("re*fund", 1, 1, "the * does not end a word"),
        ("Mil.*s", 1, 1, "put the whole in quotes"),
        ("*", 1, 1, "the * does not end a word"),
        ("@mil*", 1, 1, "write @mil, or mil* for words that begin so"),
        ("#*", 1, 1, "A handle or tag is looked for as a whole"),
        ("domain:mills", 1, 8, "such as domain:mills.example"),
        ("domain:https://www.Mills.example/x?y", 1, 8, "such as domain:mills.example."),
        ("domain:mills.example:8080", 1, 8, "such as domain:mills.example."),
        ("domain:*.mills.example", 1, 8, "domain:mills.example (subdomains belong to it)"),
        ("domain:ann@mills.example", 1, 8, "such as domain:mills.example."),
        ('domain:"a b.example"', 1, 8, "is no domain"),
        ("domain:-a.example", 1, 8, "is no domain"),
        ("site:globe.example/sports", 1, 6, "write site:globe.example, or url:globe.example/sports"),
        ("lang:english", 1, 6, "write two letters such as lang:en"),
        ("lang:(en,fr)", 1, 7, "lang:(en OR fr)"),
        ('kind:"Google News"', 1, 6, "write one such as kind:rss"),
        ("followers:many", 1, 11, "no number of followers"),
        ("followers:> 1000", 1, 11, "without spaces"),
        ("followers:-5", 1, 11, "no number of followers"),
        ("followers:1,5", 1, 11, "no number of followers"),
        ("followers:..", 1, 11, "no number of followers"),
        ("followers:5..3", 1, 11, "the smaller number first"),
        ("followers:<0", 1, 11, "never true"),
        ("url:https://a.example/x_(y)", 1, 5, "put the whole value in quotes"),
        ('exact:Google"+"', 1, 7, "put the whole value in quotes"),
        ("lang:(en fr", 1, 12, "never closed"),
        ("lang:(OR en)", 1, 7, "“OR” cannot stand here"),
        ("a ; b", 1, 3, "write OR between"),
        ("::", 1, 1, "directly behind the name of a field"),
        ("[a-z]+", 1, 1, "cannot begin a word"),
        ("a \x1b[31m", 1, 3, "U+001B"),
        ("a \u2028b", 1, 3, "U+2028"),
        ("a’s ’b’", 1, 5, "double quotes"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)  # fmt: skip
def test_it_says_what_to_write_instead(text, line, column, sentence):
    with pytest.raises(QueryError) as told:
        parse_tree(text)
    assert (told.value.line, told.value.column) == (line, column)
    assert sentence in str(told.value)
    assert str(told.value).endswith((".", "?"))
    assert len(str(told.value)) < 400


@pytest.mark.parametrize(
    "text", ["kind:rss", "lang:en OR a", "a OR followers:>5", "-title:a", "source:globe -a", "NOT domain:a.example"]
)  # fmt: skip
def test_it_refuses_what_is_true_without_a_word_or_a_place(text):
    with pytest.raises(QueryError, match="hold none of its words: each side of an OR"):
        parse_query(text)


@pytest.mark.parametrize(
    "text", ["title:refund", "author:@ann", "site:a.example", "url:/x/", "domain:a.example lang:en"]
)
def test_a_part_an_author_a_place_or_an_address_is_enough(text):
    assert parse_query(text).text == text


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("refund", Word("refund")),
        ("AT&T", Word("AT&T")),
        ("Mills  Supply", Phrase("Mills Supply")),
        ('"AND"', Phrase("AND")),
        ("“Mills Supply”", Phrase("Mills Supply")),
        ("refund*", Prefix("refund")),
        ("@mills", Handle("mills")),
        ("#late", Tag("late")),
        ("exact:IT", Exact("IT")),
        ('exact: "IT dept"', Exact("IT dept")),
        ("domain:mills.example", Domain("mills.example")),
    ],
)
def test_a_context_holds_single_terms(text, term):
    assert parse_term(text) == term


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("a OR b", "“OR” cannot stand in one entry"),
        ("NOT a", "“NOT” cannot stand in one entry"),
        ("a NEAR/5 b", "“NEAR/5” cannot stand in one entry"),
        ("refund* late", "“*” cannot stand in one entry"),
        ('late "a b"', "cannot stand in one entry"),
        ("title:refund", "is a query of its own"),
        ("lang:en", "is a query of its own"),
        ("(a)(b)", "is a query of its own"),
        ("m*", "at least 2 letters"),
        ("titel:x", "did you mean"),
        ("domain:mills", "such as domain:mills.example"),
        ('"!!!"', "can name nobody"),
        ("a\0b", "U+0000"),
    ],
)
def test_a_context_is_no_place_for_a_query(text, sentence):
    with pytest.raises(QueryError) as told:
        parse_term(text)
    assert sentence in str(told.value)
