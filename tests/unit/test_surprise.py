"""The negative binomial and the crossings of a sliding window."""

import random
import time
from math import comb, exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.surprise import crossings, least_beyond, log_chance, middle, upper_tail


@given(count=st.integers(0, 60), mean=st.floats(0.01, 40), shape=st.integers(1, 12))
def test_its_tail_is_that_of_the_definition(count, mean, shape):
    q = mean / (mean + shape)
    body = sum(comb(k + shape - 1, k) * (1 - q) ** shape * q**k for k in range(count))
    assert upper_tail(count, mean=mean, shape=shape) == pytest.approx(1 - body, abs=1e-9)


@given(mean=st.floats(1e-6, 40), shape=st.floats(0.05, 1e6))
def test_its_chances_are_those_of_something_and_add_up_to_its_tail(mean, shape):
    told = [exp(log_chance(count, mean=mean, shape=shape)) for count in range(6)]
    assert sum(told) == pytest.approx(1 - upper_tail(6, mean=mean, shape=shape), abs=1e-6)


def test_its_tail_stays_exact_where_one_minus_the_body_would_be_zero():
    assert 0 < upper_tail(60, mean=0.1, shape=0.5) < 1e-30


def test_a_sliding_window_comes_up_to_a_count_as_often_as_the_formula_says():
    """A steady stream of two an hour for a year and a half of hours, seen through a window of one hour."""
    dice, hours, at, times = random.Random(3), 13_000, 0.0, []
    while (at := at + dice.expovariate(2)) < hours:
        times.append(at)
    first, reached = 0, 0
    for last, end in enumerate(times):
        while times[first] <= end - 1:
            first += 1
        reached += last - first + 1 == 6
    assert reached / hours == pytest.approx(crossings(6, mean=2, shape=1e7, hours=1), rel=0.1)


@given(mean=st.floats(0.001, 500), shape=st.floats(0.2, 1000), at_least=st.integers(1, 8))
def test_the_limit_is_the_least_that_is_rare_enough(mean, shape, at_least):
    least = least_beyond(1e-5, mean=mean, shape=shape, hours=1, at_least=at_least)
    assert least >= at_least
    assert least > mean
    assert crossings(least, mean=mean, shape=shape, hours=1) <= 1e-5
    if least > max(at_least, mean + 1):
        assert crossings(least - 1, mean=mean, shape=shape, hours=1) > 1e-5


def test_what_is_too_rare_for_a_float_is_still_something():
    assert crossings(100_000, mean=0.001, shape=5, hours=1) > 0


def test_a_client_that_many_complain_about_every_hour_is_judged_in_no_time():
    began = time.process_time()
    low, high = middle(mean=744, shape=8)
    limit = least_beyond(1e-5, mean=744, shape=8, hours=1, at_least=3)
    assert time.process_time() - began < 2
    assert low < 744 < high < limit
    assert upper_tail(high + 1, mean=744, shape=8) <= 0.1 < upper_tail(high, mean=744, shape=8)
