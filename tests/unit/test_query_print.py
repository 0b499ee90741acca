"""A query prints as text that is read back as the same tree."""

from __future__ import annotations

import asking
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.domain.grammar import parse_tree
from listener.domain.query import QueryError
from listener.domain.tree import And, In, Near, Not, Or, Phrase, Word, printed


@settings(max_examples=300)
@given(asking.trees)
def test_what_it_prints_it_reads_back_as_the_same_tree(tree):
    assert parse_tree(printed(tree)) == tree


@settings(max_examples=300)
@given(st.lists(st.sampled_from(asking.PIECES), max_size=12), st.sampled_from(["", " "]))
def test_what_was_read_is_printed_so_that_it_reads_the_same(pieces, between):
    try:
        tree = parse_tree(between.join(pieces))
    except QueryError:
        return
    text = printed(tree)
    assert parse_tree(text) == tree
    assert printed(parse_tree(text)) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a b", "a AND b"),
        ("a (b c) AND d", "a AND b AND c AND d"),
        ("a OR (b OR c)", "a OR b OR c"),
        ("NOT NOT a -b", "a AND NOT b"),
        ("a NEAR/3 b NEAR/5 c", "(a NEAR/3 b) NEAR/5 c"),
        ("a NEAR/3 (b NEAR/5 c)", "a NEAR/3 (b NEAR/5 c)"),
        ("NOT a ONEAR/0 b", "NOT (a ONEAR/0 b)"),
        ("title: refund", "title:refund"),
        ("TITLE:(a -b)", "title:(a AND NOT b)"),
        ("lang:(en OR FR_ca)", "lang:en OR lang:fr-CA"),
        ("site:(a.example -b.a.example)", "site:a.example AND NOT site:b.a.example"),
        ("exact:IT exact:“Google+”", 'exact:"IT" AND exact:"Google+"'),
        ("domain:WWW.Müller.example.", "domain:xn--mller-kva.example"),
        ("followers:>1,000 followers:<2.5k", "followers:>=1001 AND followers:<=2499"),
        ("followers:1k..2m followers:7", "followers:1000..2000000 AND followers:7..7"),
        ("followers:10.. followers:..10", "followers:>=10 AND followers:<=10"),
        ('source:"exact:x" url:https://a.example', 'source:"exact:x" AND url:https://a.example'),
        ("“Mills\n  Supply”", '"Mills Supply"'),
    ],
)
def test_it_prints_one_form_for_what_means_the_same(written, text):
    assert printed(parse_tree(written)) == text
    assert parse_tree(text) == parse_tree(written)


def test_near_binds_tighter_than_and_and_not_takes_all_of_it():
    near = Near(Word("a"), Word("b"), within=5)
    assert parse_tree("a NEAR/5 b c") == And((near, Word("c")))
    assert parse_tree("c -a NEAR/5 b") == And((Word("c"), Not(near)))
    assert parse_tree("c NOT a NEAR/5 b") == And((Word("c"), Not(near)))
    assert parse_tree("title:(a NEAR/5 b) OR c") == Or((In("title", near), Word("c")))


def test_a_phrase_holds_any_sign_but_the_straight_quote():
    signs = asking.SIGNS
    assert parse_tree(f'"a{signs}"') == Phrase(f"a{signs}")
