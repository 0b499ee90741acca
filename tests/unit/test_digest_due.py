"""When a digest is told: once a local day in every zone, whatever the clock does, and however late the rounds are."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOW
from clocks import ZONES, times

from listener.domain.digest import Digest, Due, Weekly, due, missed, since
from listener.domain.localtime import first_at, is_a_day

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
EIGHT = time(8)


def daily(at=EIGHT, zone=UTC, **more):
    return Digest(receivers=("accounts",), timezone=zone, daily=at, **more)


def days_told(asked, moments):
    """Which days are told at these moments by somebody who keeps what was told, as the database does."""
    told = {}
    for now in moments:
        for one in due(asked, now=now):
            told.setdefault(one, now)
    return told


@pytest.mark.parametrize("part", range(4))
def test_every_local_day_has_one_digest_at_its_time_in_every_zone(part):
    """Looked at every half hour for three days, mostly around a change of the clock."""
    for name in ZONES[part::4]:
        zone, step = ZoneInfo(name), timedelta(minutes=30)
        ((moment, dice),) = times(name, 1)
        start = moment - DAY
        at = time(dice.choice([0, 2, 8, 23]), dice.choice([0, 15, 30]))
        told = days_told(daily(at, zone), [start + n * step for n in range(3 * 48)])
        for (day, now), nth in zip(
            ((one.day, now) for one, now in told.items()), range(len(told)), strict=True
        ):
            assert is_a_day(day, zone), (name, day)
            assert nth == 0 or timedelta() <= now - first_at(day, at, zone) < step, (name, day, now)
        whole = [start.astimezone(zone).date() + n * DAY for n in (1, 2)]
        assert {day for day in whole if is_a_day(day, zone)} <= {one.day for one in told}, (name, whole)


@pytest.mark.parametrize("part", range(2))
def test_no_day_has_two_however_the_clock_jumps(part):
    """A daemon that looks now and then, is restarted, and whose clock is set about, keeps to one a local day."""
    for name in ZONES[part::8]:
        dice, zone = random.Random(f"{name}!"), ZoneInfo(name)
        now = datetime.fromtimestamp(dice.randrange(0, 2_000_000_000), UTC)
        told = Counter()
        kept = set()
        for _ in range(150):
            now += timedelta(minutes=dice.choice([1, 30, 60, 240, -60, -90, 1440, -1440]))
            for one in due(daily(zone=zone), now=now):
                assert first_at(one.day, EIGHT, zone) <= now, name
                told[one.day] += one not in kept
                kept.add(one)
        assert told
        assert set(told.values()) == {1}


@pytest.mark.parametrize(
    ("now", "new", "asked"),
    [
        ("2026-03-02T07:59", None, 1),
        ("2026-03-02T08:00", 2, 2),
        ("2026-03-02T23:59", 2, 2),  # it was down at eight: later the same day
        ("2026-03-03T00:00", None, 2),  # or on the next, but not for a time at which nobody asked for it
        ("2026-03-03T08:00", 3, 3),  # the newest alone
        ("2026-03-05T07:59", None, 4),
    ],
)
def test_it_is_due_until_the_next_is_unless_it_is_new(now, new, asked):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    long_ago, just_now = {"daily": at - 30 * DAY}, {"daily": at}
    assert [one.day.day for one in due(daily(), now=at, asked_at=long_ago)] == [asked]
    assert [one.day.day for one in due(daily(), now=at, asked_at=just_now)] == ([new] if new else [])
    assert due(daily(), now=at) == due(daily(), now=at, asked_at=just_now)


@pytest.mark.parametrize("part", range(2))
def test_one_of_the_last_minute_comes_once_a_day_however_late_the_rounds_are(part):
    """In every zone, around changes of the clock: rounds that miss 23:59 tell the digest of the day that is over."""
    for name in ZONES[part::8]:
        zone = ZoneInfo(name)
        ((moment, dice),) = times(name, 1)
        start = moment - DAY
        asked_at, told, now = {"daily": start}, Counter(), start
        late = {}
        while now < start + 4 * DAY:
            now += timedelta(minutes=dice.choice([7, 11, 45, 90, 180]))
            for one in due(daily(time(23, 59), zone), now=now, asked_at=asked_at):
                assert first_at(one.day, time(23, 59), zone) <= now, name
                told[one.day] += one not in late
                late.setdefault(one, now)
        assert set(told.values()) == {1}, name
        whole = [start.astimezone(zone).date() + n * DAY for n in (1, 2)]
        assert {day for day in whole if is_a_day(day, zone)} <= set(told), name
        for one, at in late.items():
            assert at - first_at(one.day, time(23, 59), zone) <= timedelta(hours=3), (name, one)


def test_in_a_night_that_has_no_first_hour_it_comes_at_the_leap_and_the_last_minute_is_the_day_befores():
    """Clocks of the Azores leap from midnight to one: 00:30 is left out, and 23:59 is not."""
    azores = ZoneInfo("Atlantic/Azores")
    leap = datetime(2026, 3, 29, 1, tzinfo=UTC)
    asked = {"daily": leap - 9 * DAY}
    midnight = daily(time(0, 30), azores)
    assert [one.day.day for one in due(midnight, now=leap - HOUR, asked_at=asked)] == [28]
    assert [one.day.day for one in due(midnight, now=leap, asked_at=asked)] == [29]
    last = daily(time(23, 59), azores)
    before = leap - timedelta(minutes=1)  # 23:59 there
    assert [one.day.day for one in due(last, now=before - timedelta(seconds=1), asked_at=asked)] == [27]
    assert [one.day.day for one in due(last, now=before, asked_at=asked)] == [28]
    assert [one.day.day for one in due(last, now=leap + 5 * HOUR, asked_at=asked)] == [28]


def test_a_weekly_one_that_was_missed_is_due_until_the_next_is():
    asked = Digest(receivers=("accounts",), timezone=UTC, weekly=Weekly(weekday=4, at=time(15)))
    friday = datetime(2026, 3, 6, 15, tzinfo=UTC)
    for later in (timedelta(), 3 * DAY, 7 * DAY - HOUR):
        assert due(asked, now=friday + later, asked_at={"weekly": friday - HOUR}) == (
            Due(period="weekly", day=friday.date()),
        )
    assert due(asked, now=friday + 3 * DAY, asked_at={"weekly": friday + HOUR}) == ()


def test_the_days_of_which_none_was_told_are_those_between():
    second = date(2026, 3, 2)
    assert missed("daily", last=None, day=second, zone=UTC) == ()
    assert missed("daily", last=second - DAY, day=second, zone=UTC) == ()
    assert missed("daily", last=second - 3 * DAY, day=second, zone=UTC) == (second - 2 * DAY, second - DAY)
    assert missed("weekly", last=second - 14 * DAY, day=second, zone=UTC) == (second - 7 * DAY,)
    assert missed("daily", last=second + DAY, day=second, zone=UTC) == ()
    samoa = ZoneInfo("Pacific/Apia")
    assert missed("daily", last=date(2011, 12, 29), day=date(2011, 12, 31), zone=samoa) == ()


def test_where_the_clock_leaps_over_its_time_it_comes_the_moment_after():
    leap = datetime(2026, 3, 29, 1, tzinfo=UTC)  # two in the morning in Berlin becomes three
    asked = daily(time(2, 30), BERLIN)
    assert due(asked, now=leap - timedelta(seconds=1)) == ()
    assert due(asked, now=leap) == (Due(period="daily", day=date(2026, 3, 29)),)


def test_samoa_missed_a_day_and_its_digest():
    asked = daily(EIGHT, ZoneInfo("Pacific/Apia"))
    start = datetime(2011, 12, 29, 19, tzinfo=UTC)
    told = days_told(asked, [start + n * HOUR for n in range(60)])
    assert [one.day.day for one in told] == [29, 31, 1]


def test_a_weekly_one_comes_on_its_day():
    asked = Digest(receivers=("accounts",), timezone=UTC, weekly=Weekly(weekday=4, at=time(15)))
    told = days_told(asked, [NOW + n * HOUR for n in range(14 * 24)])
    assert [(one.period, one.day) for one in told] == [
        ("weekly", date(2026, 3, 6)),
        ("weekly", date(2026, 3, 13)),
    ]


def test_it_tells_from_the_last_one_on_but_not_of_a_season():
    assert since("daily", last_at=None, now=NOW) == NOW - DAY
    assert since("daily", last_at=NOW - 3 * DAY, now=NOW) == NOW - 3 * DAY
    assert since("daily", last_at=NOW - 90 * DAY, now=NOW) == NOW - DAY
    assert since("weekly", last_at=NOW + DAY, now=NOW) == NOW - 7 * DAY  # the clock was ahead then
