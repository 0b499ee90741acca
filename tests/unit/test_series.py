"""Alerts on a series of counts: what stands out, and what does not."""

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.domain.series import Manner, Series, quantile

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTES_5, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)


def poisson(dice, mean):
    """A count; sums of small ones keep exp() in range."""
    whole, count = math.exp(-min(mean, 30.0)), 0
    if mean > 30:
        return poisson(dice, mean - 30) + poisson(dice, 30.0)
    chance = dice.random()
    while chance > whole:
        chance *= dice.random()
        count += 1
    return count


def steady(*, days, step=MINUTES_5, mean=8.0, seed=1):
    """Rows with a rhythm of the day around a mean."""
    dice = random.Random(seed)
    for number in range(int(days * DAY / step)):
        at = START + number * step
        yield at, poisson(dice, mean * (1 + 0.6 * math.sin(at.hour * math.tau / 24)))


def alerts(rows, manner=None):
    series = Series(manner)
    return [alert for at, value in rows if (alert := series.hear(at, value))]


def raised(rows, *, since, lasting, times):
    return [(at, value * times if since <= at < since + lasting else value) for at, value in rows]


@pytest.mark.parametrize(
    ("step", "mean", "lasting"),
    [
        (MINUTES_5, 8.0, timedelta(minutes=30)),
        (MINUTES_5, 0.3, timedelta(hours=2)),
        (timedelta(minutes=2), 5.0, timedelta(minutes=16)),
        (HOUR, 40.0, HOUR),
        (DAY, 300.0, DAY),
    ],
)
def test_a_burst_is_told_once_when_it_begins_whatever_the_step_between_rows(step, mean, lasting):
    burst = START + 30 * DAY
    found = alerts(
        raised(steady(days=32, step=step, mean=mean, seed=2), since=burst, lasting=lasting, times=10)
    )
    within = [one for one in found if burst <= one.at < burst + max(lasting, HOUR)]
    assert len(within) == 1
    assert within[0].at <= burst + lasting
    assert within[0].value > within[0].expected
    assert within[0].score > within[0].limit > within[0].record
    assert within[0].p < 0.01


def test_a_steady_series_brings_hardly_an_alert_a_month():
    assert len(alerts(steady(days=60))) <= 2


def test_nothing_is_told_while_it_is_only_learned_from():
    assert alerts(raised(steady(days=2), since=START + DAY, lasting=HOUR, times=50)) == []


def test_after_an_alert_there_is_none_for_a_day():
    burst = START + 10 * DAY
    found = alerts(raised(steady(days=14), since=burst, lasting=timedelta(hours=60), times=30))
    times = [one.at for one in found]
    assert len(times) >= 2
    assert all(later - earlier >= DAY for earlier, later in pairwise(times))


def test_a_time_without_rows_is_no_zero():
    whole = list(steady(days=20))
    away = START + 8 * DAY, START + 11 * DAY
    holed = [row for row in whole if not away[0] <= row[0] < away[1]]
    assert [one.at for one in alerts(holed)] == [one.at for one in alerts(whole)]


def test_four_mentions_where_there_never_was_any_are_not_enough_and_ten_are():
    silent = [(START + number * MINUTES_5, 0) for number in range(288 * 5)]
    at = START + 5 * DAY
    assert alerts([*silent, (at, 4)]) == []
    assert [one.value for one in alerts([*silent, (at, 10)])] == [10]


@pytest.mark.parametrize(
    ("step", "window"), [(HOUR, HOUR), (DAY, DAY), (timedelta(minutes=20), timedelta(minutes=20))]
)
def test_rows_that_come_seldom_are_told_with_their_own_length(step, window):
    rows = raised(steady(days=31, step=step, mean=100), since=START + 30 * DAY, lasting=step, times=20)
    assert [one.window for one in alerts(rows) if one.at == START + 30 * DAY] == [window]


def test_a_series_that_became_greater_for_good_is_told_and_then_usual():
    rows = raised(steady(days=50), since=START + 20 * DAY, lasting=30 * DAY, times=4)
    found = alerts(rows)
    assert any(START + 20 * DAY <= one.at < START + 21 * DAY for one in found)
    assert not [one for one in found if one.at > START + 45 * DAY]


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.floats(1, 200_000), min_size=1, max_size=120),
    values=st.lists(st.floats(0, 1e12), min_size=120, max_size=120),
    cut=st.integers(0, 120),
)
def test_any_beginning_of_a_series_gives_the_same_alerts_as_the_whole(steps, values, cut):
    rows, at = [], START
    for step, value in zip(steps, values, strict=False):
        at += timedelta(seconds=step)
        rows.append((at, value))
    whole = alerts(rows, Manner(after=1))
    begun = alerts(rows[:cut], Manner(after=1))
    assert begun == [one for one in whole if one.at in {at for at, _ in rows[:cut]}]
    assert all(0.0 <= one.p <= 1.0 for one in whole)


def test_a_quantile_lies_between_two_values_in_proportion():
    assert quantile([4, 1, 3, 2], 0.5) == 2.5
    assert quantile([7], 0.85) == 7
    assert quantile([1, 2, 3], 1.0) == 3
