"""What the benchmarks of the spike rule judge in numpy is what the product judges; and a quick look at its promise."""

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from listener.alerting.replay import Arrival, replay
from listener.domain.heard import Heard
from listener.domain.rhythm import MONDAY
from listener.domain.rules import SpikeRule
from listener.domain.spike import WINDOWS, Budget, Voice, find_spike
from listener.domain.voices import Testimony

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOLDER = Path(__file__).parents[2] / "benchmarks"


def loaded(name):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


spikeworld = loaded("spikeworld")


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


@pytest.mark.parametrize("rate", [0.5, 5, 40])
def test_each_voice_is_judged_alike(rate):
    one = a_world(rate, 72)
    usual, day = spikeworld.states(one)[-1], 71
    first, last = np.searchsorted(one.times, [(day - 4) * 24, (day + 1) * 24])
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
            assert (spike.rate if spike else np.inf) == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize(("rate", "days"), [(0.5, 72), (5, 70), (20, 68)])
def test_a_stream_has_the_alarms_of_a_replay(rate, days):
    one = a_world(rate, days, seed=3)
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
    assert (counted[0], len(counted)) == (
        told[0],
        len(told),
    )  # what follows an incident depends on its last minute
