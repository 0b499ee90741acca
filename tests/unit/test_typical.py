"""Which mentions say most."""

import random
from datetime import timedelta

from builders import NOW

from listener.domain.typical import Candidate, tell_most


def said(number, text, **more):
    return Candidate(
        **{"id": number, "story": number, "text": text, "reach": None, "score": -0.5, "at": NOW, **more}
    )


WINDOW = [
    said(1, "Charged twice, no refund yet"),
    said(2, "Refund please, I was charged twice"),
    said(3, "My dog likes the parking lot"),
    said(4, "Charged twice and no refund from them either"),
    said(5, "No refund for three weeks"),
]


def test_it_takes_what_the_others_say_too_before_what_nobody_else_says():
    assert 3 not in tell_most(WINDOW)
    assert len(tell_most(WINDOW)) == 3


def test_a_wide_reach_counts_as_much_as_being_typical():
    loud = [*WINDOW, said(6, "Their chairman resigned", reach=2_000_000)]
    assert 6 in tell_most(loud)


def test_it_takes_one_of_each_story():
    copies = [said(number, "Charged twice, no refund", story=1) for number in range(4)]
    assert tell_most([*copies, said(9, "refund?")]) in ([0, 9], [9, 0])


def test_of_two_that_say_the_same_the_second_counts_less():
    same = [said(1, "refund refused twice"), said(2, "refund refused twice"), said(3, "refund line is dead")]
    assert tell_most(same, most=2) == [1, 3]


def test_the_order_they_come_in_changes_nothing():
    for seed in range(20):
        shuffled = WINDOW[:]
        random.Random(seed).shuffle(shuffled)
        assert tell_most(shuffled) == tell_most(WINDOW)


def test_where_all_is_equal_the_most_negative_and_then_the_earliest_is_first():
    equal = [
        said(1, "bad", at=NOW + timedelta(minutes=2)),
        said(2, "bad", at=NOW),
        said(3, "bad", score=-0.9, at=NOW + timedelta(minutes=5)),
    ]
    assert tell_most(equal) == [3, 2, 1]


def test_texts_without_words_and_no_texts_at_all_are_borne():
    assert tell_most([]) == []
    assert tell_most([said(1, "😀"), said(2, "")]) == [1, 2]
