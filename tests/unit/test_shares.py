"""Shares of labels: of what is known, with their uncertainty, the unknown beside them."""

from math import comb, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.shares import KNOWN, QUANTILE, Labelled, interval, percent, share

numbers = st.integers(0, 10**7)


def test_a_share_is_said_in_a_sentence():
    mills = Labelled(negative=41, neutral=50, positive=29, unknown=15)
    assert str(share(mills, "negative")) == "34 % negative (27–42 %), of 120; 15 unknown"
    assert str(share(Labelled(positive=3), "positive")) == "100 % positive (53–100 %), of 3"


def test_the_unknown_are_no_part_of_a_share_but_bound_it():
    one = share(Labelled(negative=3, neutral=1, unknown=4), "negative")
    assert (one.value, one.of, one.least, one.most) == (0.75, 4, 3 / 8, 7 / 8)
    assert one == share(Labelled(negative=3, positive=1, unknown=4), "negative")


def test_where_no_label_is_known_there_is_no_share():
    assert share(Labelled(unknown=12), "negative") is None
    assert share(Labelled(), "neutral") is None


@given(st.builds(Labelled, negative=numbers, neutral=numbers, positive=numbers, unknown=numbers))
def test_shares_add_up_and_lie_where_they_must(labelled):
    shares = [one for label in KNOWN if (one := share(labelled, label))]
    if shares:
        assert sum(one.value for one in shares) == pytest.approx(1)
    for one in shares:
        assert 0 <= one.least <= one.value <= one.most <= 1
        assert 0 <= one.low <= one.value <= one.high <= 1


@given(st.integers(1, 10_000), st.data())
def test_the_interval_ends_where_the_sample_is_just_not_too_unlikely(of, data):
    """Wilson's definition: at its ends the observed part is QUANTILE standard errors away."""
    count = data.draw(st.integers(0, of))
    for end in interval(count, of):
        if 0 < end < 1:
            error = sqrt(end * (1 - end) / of)
            assert abs(count / of - end) == pytest.approx(QUANTILE * error, abs=1e-9)


@pytest.mark.parametrize("of", [5, 10, 30, 100])
def test_it_covers_the_truth_nine_times_in_ten_on_average(of):
    """Over true shares from 1 to 99 %, weighed exactly by the binomial distribution."""
    ends = [interval(count, of) for count in range(of + 1)]
    covered = [
        sum(
            comb(of, count) * true**count * (1 - true) ** (of - count)
            for count, (low, high) in enumerate(ends)
            if low <= true <= high
        )
        for true in (step / 100 for step in range(1, 100))
    ]
    assert 0.88 < sum(covered) / len(covered) < 0.93


def test_only_none_is_0_percent_and_only_all_is_100():
    assert [percent(part) for part in (0.0, 0.0001, 0.345, 0.9999, 1.0)] == [0, 1, 34, 99, 100]
