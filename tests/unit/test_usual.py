"""What is usual: level, rhythm and straying, moved on day by day."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.heard import Heard
from listener.domain.listened import CUT_FOR, around, day_start, exposure, hours_of, learned, turn_of
from listener.domain.rhythm import FLAT, HOURS, fitted, hour_of_week, reached, summed
from listener.domain.usual import Hours, Usual, moved_on

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHOLE = (1.0,) * 24


def after(days, voices, *, start=MONDAY, heard=WHOLE):
    """The state after so many days; `voices(day, hour)` came in each hour."""
    usual = Usual(at=start, since=start)
    for day in range(days):
        told = tuple(voices(day, hour) for hour in range(24))
        usual = moved_on(usual, Hours(start=usual.at, voices=told, heard=heard))
    return usual


def poisson(dice, mean):
    count, left = 0, dice.expovariate(1)
    while left < mean:
        count, left = count + 1, left + dice.expovariate(1)
    return count


def test_monday_morning_is_the_first_hour_of_the_week():
    assert hour_of_week(MONDAY) == 0
    assert hour_of_week(MONDAY + 25 * HOUR) == 25
    assert hour_of_week(MONDAY - timedelta(seconds=1)) == 167


@given(rate=st.floats(0.001, 50), heard=st.floats(0.1, 40))
def test_the_rhythm_of_a_flat_stream_is_flat(rate, heard):
    assert fitted((rate * heard,) * HOURS, (heard,) * HOURS) == pytest.approx(FLAT)


def test_without_voices_there_is_no_rhythm():
    assert fitted((0.0,) * HOURS, (4.0,) * HOURS) == FLAT


def test_few_voices_make_a_faint_rhythm_and_many_a_clear_one():
    morning = tuple(float(hour % 24 == 9) for hour in range(HOURS))
    faint, clear = (fitted([many * one for one in morning], (4.0,) * HOURS) for many in (0.3, 100))
    assert 1 < faint[9] < 2
    assert clear[9] > 10
    assert clear[9] > clear[10] > clear[15]


@given(since=st.integers(-1000, 5000), length=st.integers(0, 3000))
def test_a_stretch_of_a_week_brings_what_its_hours_bring(since, length):
    factors = [1 + (hour % 5) / 3 for hour in range(HOURS)]
    start = MONDAY + since * HOUR
    hours = sum(factors[(since + hour) % HOURS] for hour in range(length))
    sums = summed(factors)
    assert reached(sums, start + length * HOUR) - reached(sums, start) == pytest.approx(hours, abs=1e-6)


def test_the_level_is_that_of_the_stream_and_follows_it_slowly():
    usual = after(56, lambda day, _: 2 if day < 42 else 4)
    assert 2.8 < usual.level < 3.2
    assert usual.expected(usual.at, usual.at + DAY) == pytest.approx(24 * usual.level, rel=0.05)


def test_what_is_expected_follows_the_hours_of_the_day():
    usual = after(56, lambda _, hour: 3 if hour >= 12 else 0)
    night, noon = usual.at + 3 * HOUR, usual.at + 15 * HOUR
    assert usual.expected(night, night + 2 * HOUR) < 0.3
    assert usual.expected(noon, noon + 2 * HOUR) > 5
    assert usual.expected(night, night + 7 * DAY) == pytest.approx(
        7 * usual.expected(night, night + DAY), rel=0.01
    )


def test_nothing_heard_is_almost_nothing_known():
    new = Usual()
    assert new.expected(MONDAY, MONDAY + 2 * HOUR) == pytest.approx(0.5)
    assert new.shape(HOUR) < 0.5
    assert new.is_young


@pytest.mark.parametrize("rate", [0.2, 2.0, 8.0])
def test_a_stream_that_strays_is_known_less_well_than_a_steady_one(rate):
    dice = random.Random(4)
    steady = after(56, lambda *_: poisson(dice, rate))
    moods = [dice.gammavariate(2, 0.5) for _ in range(57 * 4)]
    moody = after(56, lambda day, hour: poisson(dice, rate * moods[day * 4 + hour // 6]))
    assert moody.shape(4 * HOUR) < 0.6 * steady.shape(4 * HOUR)
    assert 0.7 < moody.shape(4 * HOUR) < 8


def test_straying_is_learned_from_foresight_and_not_from_hindsight():
    """A level that doubles from week to week and back is foretold badly, however well it can be told afterwards."""
    dice = random.Random(5)
    steady = after(56, lambda *_: poisson(dice, 4))
    swinging = after(56, lambda day, _: poisson(dice, 3 if day // 7 % 2 else 6))
    assert swinging.shape(DAY) < 0.5 * steady.shape(DAY)


@pytest.mark.parametrize("seed", range(5))
def test_it_survives_json(seed):
    dice = random.Random(seed)
    usual = after(20, lambda *_: dice.randrange(4))
    read = Usual.from_json(json.loads(json.dumps(usual.to_json())))
    assert (read.at, read.since, read.hours) == (usual.at, usual.since, usual.hours)
    assert read.expected(MONDAY, MONDAY + 5 * HOUR) == pytest.approx(
        usual.expected(MONDAY, MONDAY + 5 * HOUR), rel=1e-4
    )
    assert read.shape(HOUR) == pytest.approx(usual.shape(HOUR), rel=1e-4)
    assert Usual.from_json(json.loads(json.dumps(read.to_json()))) == read


def test_the_fresh_hours_of_a_young_client_survive_json():
    fresh = Hours(start=MONDAY, voices=(1, 0), heard=(1.0, 0.5))
    young = Usual(at=MONDAY, fresh=fresh)
    assert Usual.from_json(json.loads(json.dumps(young.to_json()))) == young


def test_a_gap_is_not_zero():
    """Every second day nobody could hear: the level is that of the days that were heard."""
    heard = Heard([[(MONDAY + day * DAY, MONDAY + (day + 1) * DAY) for day in range(0, 40, 2)]])
    counts = {MONDAY + day * DAY + hour * HOUR: 1 for day in range(0, 40, 2) for hour in range(24)}
    usual = learned(Usual(at=MONDAY), counts, heard, until=MONDAY + 40 * DAY)
    assert usual.level == pytest.approx(1, rel=0.01)
    assert usual.hours == pytest.approx(480)
    assert usual.shape(DAY) > 8


def test_what_was_said_while_nobody_listened_is_not_counted():
    heard = Heard([[(MONDAY + 6 * HOUR, MONDAY + 12 * HOUR)]])
    counts = {MONDAY + hour * HOUR: 2 for hour in range(24)}
    hours = hours_of(counts, heard, since=MONDAY, until=MONDAY + DAY)
    assert hours.voices == (0,) * 6 + (2,) * 6 + (0,) * 12
    assert hours.heard == (0.0,) * 6 + (1.0,) * 6 + (0.0,) * 12


def test_an_hour_counts_by_the_share_of_the_places_that_could_hear():
    half = Heard([[(MONDAY, MONDAY + DAY)], [(MONDAY, MONDAY + 12 * HOUR)]])
    assert exposure(half, MONDAY, MONDAY + DAY) == 18
    assert hours_of({}, half, since=MONDAY, until=MONDAY + DAY).heard == (1.0,) * 12 + (0.5,) * 12


def test_a_past_incident_is_cut_out_with_the_time_in_which_it_built_up():
    heard = Heard([[(MONDAY, MONDAY + 40 * DAY)]])
    trouble = MONDAY + 30 * DAY
    counts = {MONDAY + hour * HOUR: 1 for hour in range(40 * 24)}
    counts |= {trouble + hour * HOUR: 50 for hour in range(-2, 5)}
    past = around([(trouble, trouble + 6 * HOUR, 2 * HOUR)])
    usual = learned(Usual(at=MONDAY), counts, heard, until=MONDAY + 40 * DAY, past=past)
    assert usual.level == pytest.approx(1, rel=0.01)
    assert usual.hours == pytest.approx(40 * 24 - 12)


def test_what_goes_on_for_longer_than_a_week_becomes_usual():
    ((start, end),) = around([(MONDAY, MONDAY + 30 * DAY, DAY)])
    assert (start, end) == (MONDAY - DAY, MONDAY + CUT_FOR)


def test_a_known_event_does_not_raise_what_is_usual_afterwards():
    heard = Heard([[(MONDAY, MONDAY + 40 * DAY)]])
    launch = (MONDAY + 30 * DAY, MONDAY + 32 * DAY)
    counts = {MONDAY + hour * HOUR: 5 if 720 <= hour < 768 else 1 for hour in range(40 * 24)}
    usual = learned(Usual(at=MONDAY), counts, heard, until=MONDAY + 40 * DAY, factors=[(launch, 5.0)])
    assert usual.level == pytest.approx(1, rel=0.01)
    again = [((usual.at + DAY, usual.at + 2 * DAY), 5.0)]
    assert usual.expected(usual.at, usual.at + 3 * DAY, factors=again) == pytest.approx(7 * 24, rel=0.02)


def test_moved_on_by_days_it_is_what_it_is_made_at_once():
    dice = random.Random(6)
    heard = Heard([[(MONDAY, MONDAY + 60 * DAY)]])
    counts = {MONDAY + dice.randrange(60 * 96) * timedelta(minutes=15): 1 for _ in range(300)}
    at_once = learned(Usual(at=MONDAY), counts, heard, until=MONDAY + 60 * DAY)
    usual = Usual(at=MONDAY)
    for day in range(1, 61):
        later = {at: count for at, count in counts.items() if at >= usual.at}
        usual = learned(usual, later, heard, until=MONDAY + day * DAY)
    assert usual == at_once


def test_a_day_turns_at_an_hour_of_its_own():
    assert day_start(MONDAY + 5 * HOUR, 7) == MONDAY - 17 * HOUR
    assert day_start(MONDAY + 7 * HOUR, 7) == MONDAY + 7 * HOUR
    assert len({turn_of(f"client-{n}") for n in range(200)}) == 24


def test_a_client_of_monday_mornings_is_known_by_them():
    """What one morning of the week does is learned where it is plain, though hours of the week are drawn to hour and day."""
    dice = random.Random(9)
    usual = after(56, lambda day, hour: poisson(dice, 5 if day % 7 == 0 and 8 <= hour < 11 else 0.5))
    monday, tuesday = usual.at + 9 * HOUR, usual.at + 33 * HOUR
    assert usual.expected(monday, monday + HOUR) > 3
    assert usual.expected(tuesday, tuesday + HOUR) < 1


def test_chance_and_moods_make_no_hours_of_the_week():
    dice = random.Random(10)
    moods = [dice.gammavariate(7, 1 / 7) for _ in range(57 * 4)]
    usual = after(56, lambda day, hour: poisson(dice, 8 * moods[day * 4 + hour // 6]))
    assert max(usual.rhythm) / min(usual.rhythm) < 1.5


def test_a_state_of_another_version_is_not_read():
    plain = after(3, lambda *_: 1).to_json()
    with pytest.raises(ValueError, match="version 1, this reads 2"):
        Usual.from_json({**plain, "version": 1})
