"""Queries that can never be true, and alternatives that do nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.domain.grammar import parse_tree
from listener.domain.item import Item
from listener.domain.possible import idle, possible
from listener.domain.reading import Reading
from listener.domain.tree import (
    And,
    Domain,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Tag,
    Word,
    printed,
)


@pytest.mark.parametrize(
    "query",
    [
        "Mills NOT mills",
        "Mills (store OR refund) NOT Mills",
        '"Mills Supply" NOT supply',
        '"Mills Supply" NOT mill*',
        "@mills NOT mills",
        "#mills NOT MILLS",
        "Refunds NOT refund*",
        "refunds* NOT refund*",
        "title:Mills NOT Mills",
        'title:"Mills Supply" NOT title:Mills',
        "author:(Eve NOT Eve)",
        "Mills followers:>5 followers:<3",
        "Mills followers:>1000 NOT followers:>10",
        "Mills lang:en lang:fr",
        "Mills lang:en-CA NOT lang:en",
        "Mills site:a.example site:b.example",
        "site:shop.a.example NOT site:a.example",
        "Mills kind:rss kind:hackernews",
        "url:/sports/football NOT url:/sports/",
        'Mills source:"Globe business" NOT source:globe',
        "domain:shop.mills.example NOT domain:mills.example",
        "(refund NEAR/3 Mills) NOT refund",
        "(refund ONEAR/3 Mills) NOT (refund NEAR/5 Mills)",
        "(a OR b) (c OR d) NOT a NOT b",
        "(a OR b) (a OR c) NOT a NOT (b c)",
        "Ärger NOT arger",
    ],
)
def test_it_knows_what_can_never_be_true(query):
    assert not possible(parse_tree(query))


@pytest.mark.parametrize(
    "query",
    [
        "Mills NOT Hayley",
        "Mills NOT mill",
        "Mills NOT @mills",
        '"Mills Supply" NOT "Supply Mills"',
        "refund* NOT refund",
        "Mills NOT title:Mills",
        "title:Mills NOT text:Mills",
        "author:Mills NOT Mills",
        'exact:"Mills" NOT mills*',
        "Mills followers:>5 NOT followers:>10",
        "Mills NOT followers:>5 NOT followers:<=5",
        "Mills lang:en NOT lang:en-CA",
        "Mills site:a.example site:shop.a.example",
        "domain:a.example domain:b.example",
        "url:/a url:/b",
        "Mills source:globe source:mail",
        "(refund NEAR/5 Mills) NOT (refund ONEAR/5 Mills)",
        "refund Mills NOT (refund NEAR/5 Mills)",
        "(a OR b) (a OR c) NOT a",
    ],
)
def test_it_takes_the_rest_for_possible(query):
    assert possible(parse_tree(query))


def test_a_kind_of_place_that_is_not_there_never_speaks():
    tree = parse_tree("Mills (kind:rss OR kind:reddit)")

    assert possible(tree, kinds={"rss"})
    assert not possible(tree, kinds={"hackernews"})
    assert [printed(one.branch) for one in idle(tree, kinds={"rss"})] == ["kind:reddit"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("Mills OR Acme", []),
        ('Mills OR "Mills Supply"', [('"Mills Supply"', "Mills")]),
        ('"Mills Supply" OR Mills', [('"Mills Supply"', "Mills")]),
        ("Mills OR MILLS OR Mills", [("MILLS", "Mills"), ("Mills", "Mills")]),
        ("Mills OR (Mills refund)", [("Mills AND refund", "Mills")]),
        ("refund* OR refunds", [("refunds", "refund*")]),
        ("Mills (store OR store*)", [("store", "store*")]),
        ("Acme (Mills OR kind:rss) kind:hackernews", [("kind:rss", None)]),
        ("Mills OR (Acme NOT acme)", [("Acme AND NOT acme", None)]),
        ("(Mills OR Acme) NOT Acme", [("Acme", None)]),
        ("title:(late OR (late NOT late))", [("late AND NOT late", None)]),
        ("lang:(en OR en-CA) Mills", [("lang:en-CA", "lang:en")]),
        ("(Mills NEAR/3 late) OR (Mills NEAR/5 late)", [("Mills NEAR/3 late", "Mills NEAR/5 late")]),
    ],
)
def test_it_finds_alternatives_that_do_nothing(query, told):
    found = [(printed(one.branch), one.covered and printed(one.covered)) for one in idle(parse_tree(query))]

    assert found == told


@pytest.mark.parametrize(
    "query",
    [
        " OR ".join(f"name{n}" for n in range(1500)),
        " ".join(f"(a{n} OR b{n})" for n in range(600)) + " NOT a1 NOT b1",
        " ".join(f"(a{n} OR b{n % 7})" for n in range(400))
        + " NOT ("
        + " OR ".join(f"b{n}" for n in range(7))
        + ")",
        " ".join(f"(a{n} OR b{n})" for n in range(300)) + " (c OR d) NOT c NOT d",
        "(" * 39 + "x" + ")" * 39,
        " OR ".join(f'"a{n} b{n} c"' for n in range(700))
        + " NOT ("
        + " OR ".join(f"c{n}" for n in range(500))
        + ")",
    ],
)
def test_it_never_takes_long(query):
    tree = parse_tree(query)
    began = time.process_time()

    possible(tree)
    list(idle(tree))

    assert time.process_time() - began < 1.0


WORDS = st.sampled_from(["a", "ab", "b", "abc"])
LEAVES = st.one_of(
    st.builds(Word, WORDS),
    st.builds(lambda one, two: Phrase(f"{one} {two}"), WORDS, WORDS),
    st.builds(Prefix, st.sampled_from(["ab", "abc"])),
    st.builds(Handle, WORDS),
    st.builds(Tag, WORDS),
    st.builds(Known, st.just("lang"), st.sampled_from(["en", "en-CA", "fr"])),
    st.builds(Known, st.just("kind"), st.sampled_from(["rss", "forum"])),
    st.builds(Known, st.just("site"), st.sampled_from(["a.example", "b.a.example"])),
    st.builds(Domain, st.sampled_from(["a.example", "b.a.example"])),
    st.builds(Followers, least=st.sampled_from([None, 5]), most=st.sampled_from([7, 9])),
    st.builds(Near, st.builds(Word, WORDS), st.builds(Word, WORDS), st.integers(0, 2), st.booleans()),
)
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(Not, below),
        st.builds(In, st.sampled_from(["title", "text"]), st.builds(Word, WORDS)),
        st.lists(below, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(below, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)
TEXTS = st.lists(
    st.sampled_from(["a", "ab", "b", "abc", "@a", "#ab", "@abc", "b.a.example", "a.example", "x"]), max_size=6
).map(" ".join)
ITEMS = st.builds(
    Item,
    text=TEXTS,
    title=st.none() | TEXTS.filter(bool),
    language=st.sampled_from([None, "en", "en-CA", "fr"]),
    kind=st.sampled_from(["rss", "forum"]),
    site=st.sampled_from([None, "a.example", "b.a.example"]),
    reach=st.sampled_from([None, 4, 5, 8]),
)


@given(tree=TREES, items=st.lists(ITEMS, min_size=4, max_size=8))
@settings(max_examples=120, deadline=None)
def test_what_it_calls_impossible_is_true_of_no_item(tree, items):
    readings = [Reading(item) for item in items]
    if not possible(tree):
        assert not any(reading.holds(tree) for reading in readings)


@given(tree=TREES, items=st.lists(ITEMS, min_size=4, max_size=8))
@settings(max_examples=120, deadline=None)
def test_what_it_calls_covered_is_covered_by_every_item(tree, items):
    readings = [Reading(item) for item in items]
    for one in idle(tree):
        if one.covered is not None:
            assert all(reading.holds(Or((Not(one.branch), one.covered))) for reading in readings)
