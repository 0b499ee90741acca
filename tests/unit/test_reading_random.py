"""Random queries on random items: the fast evaluator answers as the slow one, whose every rule can be read off."""

import random
from collections import Counter
from itertools import product
from typing import get_args

import pytest
import slowquery
from hypothesis import given, settings
from hypothesis import strategies as st
from randomquery import random_item, random_tree

from listener.domain.reading import Reading
from listener.domain.tree import Node, printed


def tell(text):
    return "fr" if "refund" in text else None


def check(tree, item):
    """Whether the query is true, if both evaluators say the same."""
    slow = slowquery.holds(tree, item, tell)
    assert Reading(item, tell).holds(tree) is slow, (printed(tree), item)
    return type(tree), slow


def random_case(chance):
    tree = random_tree(chance)
    return tree, random_item(chance, tree)


def test_ten_thousand_random_queries_are_answered_as_the_slow_evaluator_answers_them():
    chance = random.Random(3)
    answers = Counter(check(*random_case(chance)) for _ in range(10_000))
    assert answers.keys() == set(product(get_args(Node), (True, False))), "some are always true, or never"


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_query_that_is_answered_otherwise_is_made_small(chance):
    check(*random_case(chance))


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_query_that_is_answered_otherwise_is_made_small_the_long_way(chance):
    check(*random_case(chance))
