"""The test of a count of voices against what is usual."""

import random
import time
from datetime import UTC, datetime, timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.spike import (
    WINDOWS,
    Baseline,
    Voice,
    alpha_per_look,
    find_spike,
    over_threshold,
    upper_tail,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MONTH = timedelta(days=30)


def voices(*minutes_ago, story=None):
    return [
        Voice(match=i, at=NOW - timedelta(minutes=m), witness=f"author:{i}", story=story or i)
        for i, m in enumerate(minutes_ago, start=1)
    ]


def always(baseline):
    return lambda _until: baseline


@given(count=st.integers(0, 60), mean=st.floats(0.01, 40), shape=st.integers(1, 12))
def test_its_tail_is_that_of_the_definition(count, mean, shape):
    q = mean / (mean + shape)
    body = sum(comb(k + shape - 1, k) * (1 - q) ** shape * q**k for k in range(count))
    assert upper_tail(count, mean=mean, shape=shape) == pytest.approx(1 - body, abs=1e-9)


def test_its_tail_stays_exact_where_one_minus_the_body_would_be_zero():
    assert 0 < upper_tail(60, mean=0.1, shape=0.5) < 1e-30


@given(voices_so_far=st.integers(0, 3000), hours=st.floats(0, 700), window=st.sampled_from(WINDOWS))
def test_more_voices_are_never_more_likely(voices_so_far, hours, window):
    usual = Baseline(voices=voices_so_far, hours=hours)
    chances = [usual.chance(n, window) for n in range(0, 200, 7)]
    assert chances == sorted(chances, reverse=True)


def test_twelve_strangers_in_the_first_hour_of_a_new_client_fire():
    alpha = alpha_per_look(false_alarms=1, per=MONTH, clients=30)
    spike = find_spike(voices(*range(1, 60, 5)), always(Baseline()), alpha=alpha, at_least=3, now=NOW)
    assert spike is not None
    assert len(spike.voices) == 12
    assert not spike.late


def test_five_strangers_in_two_hours_on_a_quiet_client_fire():
    quiet = Baseline(voices=6, hours=28 * 24)
    alpha = alpha_per_look(false_alarms=1, per=MONTH, clients=30)
    spike = find_spike(voices(5, 30, 61, 90, 115), always(quiet), alpha=alpha, at_least=3, now=NOW)
    assert spike is not None
    assert spike.usual == (0, 0)


def test_a_busy_new_client_is_not_mistaken_for_a_crisis():
    """Two complaints an hour from the first minute on: after three hours of them, five in one hour are no alarm."""
    alpha = alpha_per_look(false_alarms=1, per=MONTH, clients=10)
    young = always(Baseline(voices=6, hours=3))
    assert find_spike(voices(5, 15, 30, 45, 55), young, alpha=alpha, at_least=3, now=NOW) is None


def test_each_window_is_held_against_what_came_before_it():
    asked = []

    def usual(until):
        asked.append(NOW - until)
        return Baseline(hours=700)

    find_spike(voices(0, 30, 90), usual, alpha=1e-3, at_least=3, now=NOW)
    assert asked == [2 * HOUR, 6 * HOUR]


def test_five_an_hour_are_nothing_where_five_an_hour_are_usual():
    busy = Baseline(voices=5 * 28 * 24, hours=28 * 24)
    alpha = alpha_per_look(false_alarms=1, per=MONTH, clients=10)
    assert find_spike(voices(5, 15, 30, 45, 55), always(busy), alpha=alpha, at_least=3, now=NOW) is None


def test_two_people_never_fire_where_three_are_asked_for():
    assert find_spike(voices(1, 2), always(Baseline(hours=700)), alpha=0.05, at_least=3, now=NOW) is None


def test_a_window_that_ended_hours_ago_fires_as_heard_late():
    late = find_spike(
        voices(300, 301, 302, 303, 304, 305), always(Baseline(hours=200)), alpha=1e-4, at_least=3, now=NOW
    )
    assert late is not None
    assert late.late


def test_a_window_that_ended_over_a_day_ago_is_no_news():
    old = voices(*(25 * 60 + m for m in range(12)))
    assert find_spike(old, always(Baseline(hours=200)), alpha=1e-4, at_least=3, now=NOW) is None


def test_the_budget_is_shared_by_the_clients_of_the_list():
    one, thirty = (alpha_per_look(false_alarms=1, per=MONTH, clients=n) for n in (1, 30))
    assert one == pytest.approx(30 * thirty)


def test_false_alarms_of_a_steady_stream_stay_within_the_budget():
    """60 client-months of steady Poisson streams, looked at after each voice; asked for: one a client-month at most."""
    dice, alarms = random.Random(7), 0
    alpha = alpha_per_look(false_alarms=1, per=MONTH, clients=1)
    for rate_per_day in (1, 5, 40):
        usual = Baseline(voices=28 * rate_per_day, hours=28 * 24)
        for _month in range(20):
            at, times = NOW - MONTH, []
            while (at := at + timedelta(days=dice.expovariate(rate_per_day))) < NOW:
                times.append(at)
            all_voices = [Voice(match=i, at=t, witness=str(i), story=i) for i, t in enumerate(times)]
            for window in WINDOWS:
                limit = usual.limit(window, alpha=alpha, at_least=3)
                alarms += sum(
                    over_threshold(
                        all_voices[max(0, i - 400) : i + 1], window=window, limit=limit, now=voice.at
                    )
                    for i, voice in enumerate(all_voices)
                )
    assert alarms <= 60


def test_it_stays_over_the_threshold_while_the_window_is_full():
    burst = voices(10, 20, 30)
    assert over_threshold(burst, window=HOUR, limit=3, now=NOW)
    assert not over_threshold(burst, window=HOUR, limit=3, now=NOW + timedelta(minutes=35))


def test_a_client_that_many_complain_about_every_hour_is_judged_in_no_time():
    loud = Baseline(voices=500_000, hours=672)
    began = time.process_time()
    low, high = loud.usual(HOUR)
    limit = loud.limit(HOUR, alpha=1e-4, at_least=3)
    assert time.process_time() - began < 2
    assert low < 744 < high < limit
    assert loud.chance(limit, HOUR) <= 1e-4 < loud.chance(limit - 1, HOUR)
    assert loud.chance(high + 1, HOUR) <= 0.1 < loud.chance(high, HOUR)
