"""A client's query as words for a place that has a search."""

from __future__ import annotations

import pytest

from listener.connector.ask import alternatives, rarest, widened
from listener.domain.grammar import parse_term
from listener.domain.query import Query, parse_query


def test_it_asks_wider_than_the_query_and_never_narrower():
    assert alternatives(parse_query('("Mills Supply" OR @millssupply) NOT "Hayley Mills"')) == (
        ("mills supply",),
        ("millssupply",),
    )
    assert alternatives(parse_query("mills OR (mills AND refund)")) == (("mills",),)
    assert len(alternatives(parse_query(" OR ".join(f"a{n}" for n in range(70))))) == 70


def test_the_rarest_term_has_most_words_then_most_letters():
    assert rarest(("refund", "mills supply", "delivery")) == "mills supply"
    assert rarest(("arc", "browser")) == "browser"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("mills NEAR/5 refund", (("mills", "refund"),)),
        ("(a OR b) ONEAR/5 c", (("c", "a"), ("c", "b"))),
        ("title:(mills refund)", (("mills", "refund"),)),
        ("mills author:ann", (("mills",),)),
        ("mills (author:ann OR refund)", (("mills",),)),
        ("mills site:globe.example lang:en kind:rss source:globe url:/x followers:>10", (("mills",),)),
        ("mills refund*", (("mills",),)),
        ("mills (refund* OR delivery)", (("mills",),)),
        ('exact:"Google+" -search', (("google",),)),
        ("domain:shop.mills-supply.example", (("shop", "mills supply"),)),
        ("domain:müller.example OR mills", ()),
        ("AT&T C++ O'Reilly Acme™", (("at t", "c", "o reilly", "acme"),)),
        ("हिन्दी", (("हिन्दी",),)),
        ("😡 mills", (("mills",),)),
        ("NOT (NOT mills OR NOT refund)", (("mills", "refund"),)),
    ],
)
def test_it_asks_for_what_a_place_can_look_for_and_leaves_out_the_rest(query, asked):
    assert alternatives(parse_query(query)) == asked


@pytest.mark.parametrize("query", ["refund*", "author:ann", "site:globe.example", "mills OR refund*", "😡"])
def test_it_asks_nothing_where_no_word_must_be_there(query):
    assert alternatives(parse_query(query)) == ()


def test_it_keeps_the_condition_that_brings_least_where_all_would_be_too_many():
    names, common = " OR ".join(f'"Mills Supply {n}"' for n in range(40)), "late OR slow"
    assert len(alternatives(parse_query(f"({names}) ({common})"))) == 40


def test_a_context_is_asked_where_it_makes_few_ways():
    query = Query("apple", parse_query("apple").tree, (parse_term("iphone"), parse_term("Tim Cook")))
    assert alternatives(query) == (("apple",),)
    assert alternatives(query, context=True) == (("apple", "iphone"), ("apple", "tim cook"))
    many = Query("apple", query.tree, tuple(parse_term(f"w{n}") for n in range(65)))
    assert alternatives(many, context=True) == (("apple",),)


def told(query: str) -> tuple[str, ...]:
    parsed = parse_query(query)
    return widened(parsed, alternatives(parsed))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('mills NOT "Hayley Mills"', 'NOT "Hayley Mills" is left to our matcher.'),
        ("mills NEAR/5 refund", "mills NEAR/5 refund is asked as its words, however far apart."),
        ("title:mills", "title:mills is asked of title and text alike."),
        ("mills author:ann", "author:ann is left to our matcher."),
        ("mills lang:en", "lang:en is left to our matcher."),
        ("mills followers:>10", "followers:>=11 is left to our matcher."),
        ("mills refund*", "refund* is left to our matcher."),
        ('exact:"Google+"', 'exact:"Google+" is asked as “google”.'),
        ("domain:mills.example", "domain:mills.example is asked as “mills”."),
        ("@mills", "@mills is asked as “mills”."),
        ("mills (refund OR delay*)", "“refund” is left to our matcher."),
        ("mills (refund OR delay*) (late OR slow*)", "“refund” and “late” are left to our matcher."),
    ],
)
def test_it_says_what_it_leaves_to_our_matcher(query, sentence):
    assert sentence in told(query)


def test_it_says_nothing_where_a_place_is_asked_the_query_itself():
    assert told('"Mills Supply" (refund OR delivery)') == ()


def test_it_says_that_a_context_is_left_to_our_matcher():
    term = parse_term("iphone")
    query = Query("apple", parse_query("apple").tree, (term,), (parse_term("fruit"),))
    assert widened(query, alternatives(query)) == (
        "The context is left to our matcher.",
        "What the context excludes is left to our matcher.",
    )
    assert widened(query, alternatives(query, context=True)) == (
        "What the context excludes is left to our matcher.",
    )
