"""The figures of issue after issue: labels on texts that people have labelled, with room for the half that we do not have."""

from __future__ import annotations

import json

import pytest

from benchmarks.beside import script
from benchmarks.sentiment import DATA, GOALS, HINDI, measured
from listener.cli.score import client_named
from listener.scoring.base import BaseScorer

pytestmark = pytest.mark.skipif(
    not (DATA / "score.py").is_file(),
    reason="the labelled texts are not beside the checkout (shared/eval/sentiment)",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "airline",
        "sanders",
        "tweeteval",
        "newsmtsc",
        "dong2014",
        "finphrase",
        "xlmt_german",
        "xlmt_french",
        "xlmt_spanish",
        "xlmt_italian",
        "xlmt_portuguese",
        "xlmt_arabic",
        "xlmt_english",
    ],
)
def test_no_set_misses_its_goal(name):
    goals = [goal for goal in GOALS if goal.set == name]
    missed = [
        (goal.name, goal.figure, value, goal.wanted)
        for goal in goals
        if not goal.holds(value := measured(goal))
    ]
    assert goals
    assert missed == []


@pytest.mark.slow
def test_of_the_set_called_hindi_little_more_gets_a_label_than_is_plain_english():
    """The goal, 5 %, is missed: 32 % get a label, and about 30 % must, being English without a word of Hindi (docs/sentiment.md).

    The two points between are romanised Hindi that is still taken for English, and may not become more.
    """
    assert HINDI.most == 0.05
    assert measured(HINDI) <= HINDI.held


def test_what_is_held_in_place_of_a_goal_is_missed_above_it():
    assert HINDI.stands(HINDI.held)
    assert not HINDI.holds(HINDI.held)
    assert not HINDI.stands(HINDI.held + 0.001)


def test_a_sample_of_complaints_is_heard_as_such():
    """A tenth of one set, so that every run looks: far from the goal on purpose, as a sample is not the set."""
    score = script(DATA / "score.py")
    texts = score.load(DATA / "dev" / "airline.jsonl.gz", None)[::10]
    scorer = BaseScorer()
    answers = {
        one["id"]: scorer.score(
            text=one["text"], title=None, client=client_named(one["client"]), language=None
        ).label
        for one in texts
    }
    told = score.measure(texts, answers)
    assert told["macro_f1"] > 0.56, json.dumps(told)
    assert told["negative_recall"] > 0.60
    assert told["coverage"] > 0.95
