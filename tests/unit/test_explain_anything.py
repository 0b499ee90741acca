"""What every explanation keeps to, over random queries of every node and items that come close to them."""

import json
import random

import pytest
from randomquery import random_item, random_tree

from listener.domain.explain import Explanation, explain
from listener.domain.explain_hits import support
from listener.domain.explain_lacks import lacking
from listener.domain.query import Query
from listener.domain.reading import Reading, whole
from listener.domain.tree import Exact, Handle, Prefix, Word, all_of

CASES = 3000
CONTEXT = (Word("supply"), Handle("mills"), Exact("Mills"), Prefix("mill"))


@pytest.fixture(scope="module", params=range(2))
def explained(request):
    """Queries with and without a context, the items they were asked of, and what was said of them."""
    chance = random.Random(request.param)
    done = []
    for _ in range(CASES):
        context = {
            name: tuple(chance.sample(CONTEXT, chance.choice([0, 0, 1, 2]))) for name in ("any_of", "none_of")
        }
        query = Query("", random_tree(chance), **context)
        reading = Reading(random_item(chance, query.tree))
        done.append((query, reading, explain("mills", query, reading)))
    return done


def test_both_answers_are_common_enough_to_mean_something(explained):
    hits = sum(why.matched for _, _, why in explained)
    assert CASES / 10 < hits < CASES * 9 / 10


def test_it_says_of_every_item_what_the_query_says(explained):
    for query, reading, why in explained:
        assert why.matched is reading.holds(query.asked)


def test_a_miss_lacks_something_and_a_match_nothing(explained):
    for query, reading, why in explained:
        lacks = lacking(reading, query)
        assert bool(lacks) is not why.matched, query.asked
        assert len(lacks) == why.distance
        assert bool(why.lacking) is not why.matched


def test_the_pieces_that_made_a_match_are_true_together(explained):
    for query, reading, why in explained:
        pieces = support(reading, query.tree)
        if why.matched:
            assert pieces
            assert reading.holds(all_of(pieces))


def test_every_place_lies_in_the_item_and_they_come_in_order(explained):
    for _, reading, why in explained:
        size = len(whole(reading.item.title, reading.item.text))
        assert all(0 <= one.start < one.end <= size for one in why.spans)
        assert list(why.spans) == sorted(why.spans, key=lambda one: (one.start, one.end))


def test_what_a_person_reads_is_a_sentence_without_the_names_of_nodes(explained):
    for _, _, why in explained:
        assert why.reason
        assert why.clause
        assert "Word(" not in why.reason
        assert "None" not in why.reason


def test_what_is_stored_of_a_match_is_read_back_as_it_was(explained):
    for _, _, why in explained:
        if why.matched:
            assert Explanation.of_json("mills", json.loads(json.dumps(why.to_json()))) == why
