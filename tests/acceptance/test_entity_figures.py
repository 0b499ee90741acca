"""What twenty marks are worth on labelled sentences about companies whose names are words."""

import statistics

import pytest

from benchmarks.entity import DATA, Trial, tried

SEEDS = range(3)

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not DATA.exists(), reason="the entity sentences (shared/eval/entity) are not beside the checkout"
    ),
]


@pytest.mark.parametrize("word", ["apple", pytest.param("square", marks=pytest.mark.slow)])
@pytest.mark.parametrize("chosen", ["asked", pytest.param("random", marks=pytest.mark.slow)])
def test_twenty_marks_sort_88_of_100_unseen_sentences_rightly(word, chosen):
    outcomes = [tried(Trial(word=word, seed=seed, chosen=chosen)) for seed in SEEDS]
    assert statistics.fmean(one.accuracy for one in outcomes) >= 0.88
    assert max(one.terms for one in outcomes) <= 40


def test_few_stored_sentences_are_still_sorted_better_than_by_keeping_or_dropping_all():
    for word, least in (("apple", 0.05), ("square", 0.1)):
        outcomes = [tried(Trial(word=word, seed=seed, stored=200)) for seed in SEEDS]
        assert statistics.fmean(one.accuracy - one.majority for one in outcomes) >= least


def test_a_client_that_is_nearly_always_meant_loses_next_to_nothing():
    outcomes = [tried(Trial(word="bank", seed=seed, marks=5, chosen="wrong")) for seed in SEEDS]
    assert statistics.fmean(one.recall for one in outcomes) >= 0.93
