"""The figures of docs/stories.md, on articles of other people that stand beside the checkout."""

import random

import pytest

from benchmarks.paper import COPIES
from benchmarks.stories import COPIED, PAIRS, articles, copied, pairs
from listener.domain.boilerplate import is_boilerplate

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not PAIRS.exists(), reason=f"needs the articles of {PAIRS}, which are no part of this repository"),
]  # fmt: skip
LEAST = {
    "boilerplate before and after": 0.95,
    "cut to 60 %": 0.95,
    "5 % of words edited": 0.98,
    "20 % of words edited": 0.93,
    "20 % of words replaced": 0.85,
    "cut to 60 %, boilerplate around": 0.8,
}
SOME = 120


@pytest.fixture(scope="module")
def english():
    return pairs(PAIRS, english=True)


@pytest.fixture(scope="module")
def every_language():
    return pairs(PAIRS, english=False)


@pytest.fixture(scope="module")
def originals(english):
    return random.Random(3).sample(articles(english), SOME)


@pytest.mark.parametrize("way", COPIES)
def test_copies_of_real_articles_find_them_and_no_other(originals, way):
    came = copied(originals, COPIES[way], random.Random(11))
    assert came.tried > SOME * 0.9
    assert came.recall >= LEAST[way]
    assert came.precision >= 0.98


def test_pairs_that_share_little_wording_are_never_joined(every_language):
    apart = [pair for pair in every_language if pair.copied < COPIED]
    assert len(apart) > 700
    assert not [pair for pair in apart if pair.joined]


def test_the_pairs_that_are_most_alike_are_walls_and_are_not_joined(every_language):
    most_alike = sorted(every_language, key=lambda pair: pair.copied)[-3:]
    assert all(pair.copied > 0.8 and pair.overall >= 3 for pair in most_alike)
    assert all(is_boilerplate(pair.one) and is_boilerplate(pair.other) for pair in most_alike)
    assert not any(pair.joined for pair in most_alike)


def test_hardly_an_article_on_an_event_is_taken_for_boilerplate(english):
    texts = {text for pair in english if pair.overall <= 1.5 for text in (pair.one, pair.other)}
    assert sum(map(is_boilerplate, texts)) <= 3
