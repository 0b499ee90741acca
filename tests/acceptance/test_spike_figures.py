"""The figures of alerts on counts, on series that people have labelled: one set of numbers for all of them."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.spikes import DATA, FOLDER, left_out, measured
from listener.domain.series import Manner

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="the labelled counts (shared/eval/spikes) are not beside the checkout"
    ),
]


def reaches_the_goals(found):
    return (
        found.standard >= 75
        and found.low_false_positives >= 65
        and found.false_alarms_per_series_week <= 0.5
        and found.median_delay_minutes <= 30
    )


def test_the_goals_are_reached():
    assert reaches_the_goals(measured(Manner()))


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1.2, 1.3, 1.5, 1.6, 1.7])
def test_the_goals_are_reached_on_both_sides_of_the_chosen_factor(factor):
    assert reaches_the_goals(measured(replace(Manner(), factor=factor)))


@pytest.mark.slow
def test_the_factor_that_is_best_on_the_others_reaches_the_goals_on_each_series():
    assert reaches_the_goals(left_out([replace(Manner(), factor=1 + n / 10) for n in range(9)]))


@pytest.mark.slow
def test_the_command_gives_the_same_figures_as_the_numbers_of_the_chosen_manner():
    command = f"{sys.executable} -m listener backtest --counts {{csv}}"
    done = subprocess.run(
        [sys.executable, str(FOLDER / "score.py"), "--json", command],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    told = json.loads(done.stdout)
    found = measured(Manner())
    assert told["standard"] == found.standard
    assert told["low_false_positives"] == found.low_false_positives
    assert told["median_delay_minutes"] == found.median_delay_minutes
