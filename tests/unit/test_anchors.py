"""The anchors of a query: whatever item satisfies it holds one of them."""

import random

import pytest
import slowquery
from randomquery import random_item, random_tree

from listener.domain.anchors import Anchor, anchors, beside, is_anchored
from listener.domain.item import Item
from listener.domain.needle import Needle
from listener.domain.percolate import Percolator
from listener.domain.pricing import expected, price
from listener.domain.query import Query, QueryError, parse_query
from listener.domain.tree import Exact, Known, printed
from listener.domain.words import BARRIER, normalise


def found(query):
    """The anchors as (place, text), by price."""
    return {(anchor.place, anchor.needle.text) for anchor in anchors(parse_query(query).tree, expected) or ()}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("Quorlax refund", {("text", "quorlax")}),
        ("Quorlax OR Brindel", {("text", "quorlax"), ("text", "brindel")}),
        ("(Best OR Target) Quorlax NOT late", {("text", "quorlax")}),
        ("NOT (NOT Quorlax OR late)", {("text", "quorlax")}),
        ('"Best Buy" OR (Quorlax late)', {("text", "best buy"), ("text", "quorlax")}),
        ("late NEAR/5 (Quorlax OR Brindel)", {("text", "quorlax"), ("text", "brindel")}),
        ("title:(late Quorlax)", {("text", "quorlax")}),
        ("author:@quorlax late", {("author", "@quorlax")}),
        ("site:globe.example kind:rss", {("site", "globe.example")}),
        ("url:/Sports/", {("url", "/sports/")}),
        ("quorl* late", {("text", "quorl")}),
        ('exact:"Google+"', {("text", "google+")}),
        ("domain:shop.quorlax.example", {("text", "quorlax"), ("link", "quorlax")}),
        ("domain:quörlax.example", {(place, text) for place in ("text", "link") for text in ("quorlax", "xn--")}),
    ],
)  # fmt: skip
def test_they_are_the_cheapest_of_what_must_be_there(query, wanted):
    assert found(query) == wanted


@pytest.mark.parametrize(
    "query",
    ["NOT Mills", "kind:rss", "lang:en followers:>1000", "Mills OR kind:rss", "Mills OR NOT late", "source:globe"],
)  # fmt: skip
def test_a_query_that_needs_nothing_of_its_own_is_refused(query):
    with pytest.raises(QueryError, match="hold none of its words"):
        parse_query(query)


def holds(anchor: Anchor, item: Item) -> bool:
    if anchor.place == "site":
        return f".{item.site or ''}".endswith("." + anchor.needle.text)
    text = (
        normalise(f"{item.title}{BARRIER}{item.text}")
        if anchor.place == "text"
        else beside(item, anchor.place)
    )
    return anchor.needle.occurs(text)


def check(chance, cases):
    """How many items satisfied their query; each must hold an anchor, by whatever price the anchors were chosen."""
    satisfied = 0
    for _ in range(cases):
        tree = random_tree(chance)
        prices = {}
        chosen = anchors(tree, lambda anchor, prices=prices: prices.setdefault(anchor, chance.random()))
        item = random_item(chance, tree)
        if chosen is not None and slowquery.holds(tree, item):
            satisfied += 1
            assert any(holds(anchor, item) for anchor in chosen), (printed(tree), item)
    return satisfied


def test_a_query_is_anchored_where_it_has_anchors():
    chance = random.Random(3)
    for _ in range(2_000):
        tree = random_tree(chance)
        assert is_anchored(tree) is (anchors(tree, lambda _: 1.0) is not None), printed(tree)


def test_an_item_that_satisfies_a_query_holds_one_of_its_anchors():
    assert check(random.Random(8), 5_000) > 500


@pytest.mark.slow
def test_an_item_that_satisfies_a_query_holds_one_of_its_anchors_the_long_way():
    assert check(random.Random(9), 200_000) > 20_000


@pytest.mark.parametrize(
    ("written", "text"),
    [("\u3099x", "か\u3099x"), ("\u0301a", "e\u0301a"), ("\u1161x", "\u1100\u1161x"), ("É", "E\u0301")],
)
def test_exact_marks_that_grow_into_the_letter_before_are_no_anchor(written, text):
    (anchor,) = anchors(Exact(written), expected)
    assert anchor.needle.occurs(normalise(text))


def test_a_site_stands_for_its_subdomains_and_for_no_other_host():
    percolator = Percolator([("globe", Query("", Known("site", "globe.example")))])
    sites = ["globe.example", "news.globe.example", "otherglobe.example", "example", None]
    assert [len(percolator.matches(Item(text="late", site=site))) for site in sites] == [1, 1, 0, 0, 0]


def text_anchor(text, *, left=True, right=True):
    return Anchor("text", Needle(text, whole=False, left=left, right=right))


def test_everyday_words_cost_more_than_invented_ones_and_phrases_less_than_their_rarest_word():
    ordered = ["best buy quorlax", "quorlax", "best buy", "best", "the"]
    prices = [expected(text_anchor(text)) for text in ordered]
    assert prices == sorted(prices)


def test_what_goes_on_costs_as_much_as_all_words_it_goes_on_to():
    whole, begun = (expected(text_anchor("bank", right=right)) for right in (True, False))
    assert begun > whole
    assert expected(text_anchor("ban", left=False, right=False)) > begun


def test_a_word_that_many_queries_name_is_common_even_if_no_list_knows_it():
    anchor = text_anchor("quorlax")
    assert expected(anchor, {"quorlax": 60}) > expected(anchor, {"quorlax": 1}) == expected(anchor)


def test_a_query_of_common_words_is_told_what_to_add():
    priced = price(parse_query("Best OR Apple OR Quorlax"))
    assert priced.anchors == ("best", "apple", "quorlax")
    assert priced.per_thousand > 10
    assert priced.advice is not None
    assert priced.advice.startswith("“best”, “apple” stand in about 17 of 1,000 texts")
    assert "join a rarer word by AND" in priced.advice


@pytest.mark.parametrize(
    "query", ["Quorlax", "Best Quorlax", '"Mills Supply" OR @millssupply', "author:smith"]
)
def test_a_query_with_a_rare_word_is_given_no_advice(query):
    assert price(parse_query(query)).advice is None


def test_a_context_makes_an_ambiguous_name_cheaper():
    query = parse_query("Best")
    context = Query(query.text, query.tree, any_of=(parse_query("quorlax").tree,))
    assert price(context).per_thousand < price(query).per_thousand
    assert price(context).advice is None
