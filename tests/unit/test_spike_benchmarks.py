"""What the benchmarks of the spike rule judge in numpy is what the product judges; and a quick look at its promise."""

from datetime import timedelta

import numpy as np
import pytest

from benchmarks import false_alarms, spikeworld
from listener.alerting.replay import Arrival, replay
from listener.domain.allowance import share
from listener.domain.heard import Heard
from listener.domain.rhythm import MONDAY
from listener.domain.rules import SpikeRule
from listener.domain.spike import WINDOWS, Budget, Voice, find_spike
from listener.domain.voices import Testimony

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def moment(hours):
    return MONDAY + timedelta(microseconds=round(float(hours) * 3.6e9))


def a_world(rate, days, *, seed=1):
    """A stream whose times are whole microseconds, with bursts so that there is something to find."""
    dice = np.random.default_rng(seed)
    one = spikeworld.world(dice, rate, days)
    more = np.full(6, (60 + 3 * rate) / 24)
    one = spikeworld.with_burst(dice, one, at=24 * (days - 4) + 5, rates=more)
    times = np.unique(np.round(one.times * 3.6e9)) / 3.6e9
    return spikeworld.World(times=times, rates=one.rates)


@pytest.mark.parametrize("rate", [0.5, 5, 20])
def test_each_voice_is_judged_alike(rate):
    one = a_world(rate, 72)
    usual, day = spikeworld.states(one)[-1], 71
    first, last = np.searchsorted(one.times, [(day - 3) * 24, (day + 1) * 24])
    rarest = spikeworld.rarities(spikeworld.Known([usual]), one.times, first, last).min(axis=0)
    told = [Voice(match=n, at=moment(at), witness=str(n), story=n) for n, at in enumerate(one.times[:last])]
    for number in range(first, last):
        spike = find_spike(
            told[max(0, number - 2 * len(rarest)) : number + 1],
            usual,
            budget=Budget(false_alarms=1e9),
            at_least=3,
            now=told[number].at,
        )
        past = one.times[first : number + 1] >= one.times[number] - 24
        least = rarest[: number - first + 1][past].min()
        if number - first > len(WINDOWS) and one.times[number] - one.times[first] > 24:
            assert (spike.rate / share(usual, spike.window) if spike else np.inf) == pytest.approx(
                least, rel=1e-6
            )


@pytest.mark.parametrize(("rate", "days", "seed"), [(0.5, 72, 3), (5, 70, 4), (10, 68, 6)])
def test_a_stream_has_the_alarms_of_a_replay(rate, days, seed):
    """On streams with little to leave out: the product learns nothing from an incident of the weeks before, the benchmark does."""
    one = a_world(rate, days, seed=seed)
    heard = Heard([[(MONDAY, MONDAY + days * DAY)]])
    arrivals = [
        Arrival(
            at=moment(at),
            testimony=Testimony(counted_at=moment(at), witness=str(n), story=n, label="negative"),
        )
        for n, at in enumerate(one.times)
    ]
    judged_from = MONDAY + spikeworld.LEARNED * DAY
    told = replay(arrivals, heard, SpikeRule(), clients=1, until=MONDAY + days * DAY)
    told = [alarm.opened_at for alarm in told if alarm.opened_at >= judged_from]
    counted = [moment(at) for at in spikeworld.alarms(one, spikeworld.product(one), Budget())]
    assert told[-1] > MONDAY + (days - 4) * DAY
    assert counted == pytest.approx(told, abs=timedelta(seconds=1))


@pytest.mark.parametrize("rate", [1.0, 5.0, 40.0])
def test_a_steady_stream_brings_about_as_many_false_alarms_as_were_asked_for(rate):
    """Twenty client-months and one alarm a client-month, from streams with a rhythm, a swing and moods."""
    dice = np.random.default_rng(12)
    told = 0
    for _ in range(3):
        one = spikeworld.world(dice, rate, spikeworld.LEARNED + 200)
        told += len(spikeworld.alarms(one, spikeworld.product(one), Budget()))
    assert 0.3 * 20 <= told <= 1.4 * 20


def test_a_stream_that_doubles_brings_more():
    """So that the test above can fail: what is usual is learned from half of the stream."""
    dice = np.random.default_rng(12)
    one = spikeworld.world(dice, 10.0, spikeworld.LEARNED + 200)
    half = spikeworld.World(times=one.times[::2], rates=one.rates)
    assert len(spikeworld.alarms(one, spikeworld.product(half), Budget())) > 20


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 1.0])
@pytest.mark.parametrize("mentions", [0.2, 1, 5, 40, 200])
def test_a_list_of_thirty_keeps_its_budget(mentions, share):
    cell = false_alarms.measured(mentions * share, 30)
    assert cell.a_month <= 1.3
    if cell.whole_counts >= 0.6 and (cell.ceiling is None or cell.ceiling >= 0.3):
        assert cell.a_month >= 0.3
