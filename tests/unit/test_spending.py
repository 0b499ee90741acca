"""When a budget may be spent: its periods in every zone, its pace, its reserve, and the place's own word."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.meter import Meter
from listener.domain.spending import RESERVE, Spent, current, judge, period

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEARCHES = Meter(name="searches", unit="searches", most=100, per="day")
DOLLARS = Meter(name="usd", unit="dollars", most=50, per="month")
WINDOW = Meter(name="requests", unit="requests", most=450, per=timedelta(minutes=15))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "per", "now", "start", "end"),
    [
        ("UTC", "day", "2026-03-02 12:00", "2026-03-02 00:00", "2026-03-03 00:00"),
        ("America/Los_Angeles", "day", "2026-03-02 07:59", "2026-03-01 08:00", "2026-03-02 08:00"),
        # the day that clocks are put forward has 23 hours, the day they are put back 25
        ("America/Los_Angeles", "day", "2026-03-08 12:00", "2026-03-08 08:00", "2026-03-09 07:00"),
        ("America/Los_Angeles", "day", "2026-11-01 12:00", "2026-11-01 07:00", "2026-11-02 08:00"),
        ("Europe/Berlin", "month", "2026-03-31 23:30", "2026-03-31 22:00", "2026-04-30 22:00"),
        ("Europe/Berlin", "month", "2026-03-31 21:30", "2026-02-28 23:00", "2026-03-31 22:00"),
        ("UTC", "month", "2026-12-31 23:59", "2026-12-01 00:00", "2027-01-01 00:00"),
        ("UTC", "month", "2028-02-29 10:00", "2028-02-01 00:00", "2028-03-01 00:00"),
        # a zone that puts its clocks forward at midnight: the day begins at one
        ("America/Santiago", "day", "2026-09-06 12:00", "2026-09-06 04:00", "2026-09-07 03:00"),
    ],
)
def test_days_and_months_are_those_of_the_zone(zone, per, now, start, end):
    meter = Meter(name="m", unit="m", most=1, per=per, zone=zone)
    assert period(meter, NOON, at(now)) == (at(start), at(end))


@given(
    zone=st.sampled_from(["UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago"]),
    per=st.sampled_from(["day", "month"]),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda one: one.replace(tzinfo=UTC)),  # noqa: DTZ001 - made aware
)  # fmt: skip
def test_every_moment_is_in_its_period_and_the_next_begins_where_that_ends(zone, per, now):
    meter = Meter(name="m", unit="m", most=1, per=per, zone=zone)
    start, end = period(meter, NOON, now)
    assert start <= now < end
    assert period(meter, NOON, end)[0] == end


def test_a_window_begins_with_the_first_spending_and_again_with_the_first_after_its_end():
    began = NOON - timedelta(minutes=10)
    assert period(WINDOW, began, NOON) == (began, began + timedelta(minutes=15))
    assert period(WINDOW, began, NOON + timedelta(minutes=5)) == (
        NOON + timedelta(minutes=5),
        NOON + timedelta(minutes=20),
    )
    assert period(WINDOW, NOON + timedelta(hours=1), NOON)[0] == NOON  # a clock that was set back


def test_a_new_period_begins_with_nothing_spent_and_the_places_word_holds_until_its_time():
    spent = Spent(began_at=at("2026-03-01 00:00"), spent=90, left=2, resets_at=NOON + timedelta(hours=1))
    assert current(spent, SEARCHES, NOON) == Spent(
        began_at=at("2026-03-02 00:00"), spent=0, left=2, resets_at=NOON + timedelta(hours=1)
    )
    assert current(spent, SEARCHES, NOON + timedelta(hours=1)).left is None


def verdict(spent, amount=1.0, *, now=NOON, urgent=False, meter=SEARCHES, **more):
    start, _ = period(meter, now, now)
    return judge(Spent(began_at=start, spent=spent, **more), meter, amount, now=now, urgent=urgent)


def test_spending_keeps_pace_with_the_clock_and_may_run_a_little_ahead():
    assert verdict(43).yes  # at noon half of the 80 that are for everybody, and half of a twelfth ahead
    paced = verdict(44)
    assert paced.why == "pace"
    assert NOON < paced.until < at("2026-03-03 00:00")
    assert verdict(44, now=paced.until).yes
    assert not verdict(44, now=paced.until - timedelta(seconds=1)).yes


def test_a_fifth_is_kept_for_clients_with_an_open_incident():
    end = at("2026-03-03 00:00")
    assert verdict(79, now=end - timedelta(minutes=19)).yes
    kept = verdict(80)
    assert (kept.why, kept.until) == ("kept back", end)
    assert verdict(80, urgent=True).yes
    assert verdict(99, urgent=True).yes
    used = verdict(100, urgent=True)
    assert (used.why, used.until) == ("used up", end)


def test_who_comes_after_the_last_turn_of_a_day_has_the_first_of_the_next_and_is_in_no_trouble():
    end = at("2026-03-03 00:00")
    paced = verdict(80, now=end - timedelta(minutes=15))
    assert (paced.why, paced.until) == ("pace", end)
    assert verdict(81, now=end - timedelta(minutes=15)).why == "kept back"  # a crisis spent more


def test_a_day_that_keeps_pace_spends_all_that_is_for_everybody_and_has_turns_to_its_end():
    spent, now, turns = 0, at("2026-03-02 00:00"), []
    while now < at("2026-03-03 00:00"):
        said = verdict(spent, now=now)
        assert said.why in {"yes", "pace"}
        spent, now = (spent + 1, now) if said.yes else (spent, said.until)
        turns += [now] if said.yes else []
    assert spent == 80
    assert max(later - one for one, later in pairwise(turns)) < timedelta(minutes=20)
    assert turns[-1] > at("2026-03-02 23:30")


def test_in_a_crisis_nobody_waits_for_a_turn():
    assert verdict(79, now=at("2026-03-02 00:01"), urgent=True).yes


def test_a_short_window_is_not_spread_but_its_reserve_is_kept():
    assert verdict(359, meter=WINDOW).yes
    assert verdict(360, meter=WINDOW).why == "kept back"
    assert verdict(360, meter=WINDOW, urgent=True).yes


def test_the_places_own_word_stands_above_the_urgency():
    said = {"left": 0.0, "resets_at": NOON + timedelta(minutes=3)}
    told = verdict(0, urgent=True, **said)
    assert (told.why, told.until) == ("told", NOON + timedelta(minutes=3))
    assert verdict(0, left=0.0, resets_at=None).yes  # nothing left until nobody knows when says nothing


def test_a_meter_without_a_most_is_only_ever_told():
    assert verdict(1e9, meter=Meter(name="m", unit="m")).yes


@given(
    amounts=st.lists(st.floats(0.01, 60), max_size=60),
    steps=st.lists(st.integers(0, 40_000), max_size=60),
    urgent=st.booleans(),
    meter=st.sampled_from([SEARCHES, DOLLARS, WINDOW]),
)
def test_never_more_than_the_most_is_spent_in_a_period_nor_the_reserve_by_others(
    amounts, steps, urgent, meter
):
    now, spent = NOON, Spent(began_at=NOON)
    for amount, step in zip(amounts, steps, strict=False):
        now += timedelta(seconds=step)
        spent = current(spent, meter, now)
        said = judge(spent, meter, amount, now=now, urgent=urgent)
        if said.yes:
            spent = Spent(began_at=spent.began_at, spent=spent.spent + amount)
        else:
            assert now < said.until <= now + timedelta(days=31)
        assert spent.spent <= meter.most * (1 if urgent else 1 - RESERVE) + 1e-9
