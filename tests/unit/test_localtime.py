"""Quiet hours in every zone: what is left out, what comes twice, and the day that Samoa never had."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from clocks import ZONES, times

from listener.domain.localtime import first_at, is_a_day
from listener.domain.quiet import QuietHours, quiet_until

BERLIN, NEW_YORK, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")
NIGHT = QuietHours(begins=time(20), ends=time(7))
LONGEST_SHIFT = timedelta(hours=26)  # Samoa and Kwajalein went over the date line


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shown(instant, zone):
    return instant.astimezone(zone).replace(tzinfo=None)


def hours(dice):
    minutes = [0, 30, 59, 60, 90, 119, 120, 150, 180, 1380, 1410, 1439, dice.randrange(1440)]
    begins, ends = dice.sample(sorted(set(minutes)), 2)
    return QuietHours(begins=time(begins // 60, begins % 60), ends=time(ends // 60, ends % 60))


@pytest.mark.parametrize("part", range(4))
def test_quiet_ends_after_now_within_a_day_and_a_shift_at_its_time_or_the_first_moment_after(part):
    for name in ZONES[part::4]:
        zone = ZoneInfo(name)
        for now, dice in times(name, 12):
            quiet = hours(dice)
            ends_at = quiet_until(quiet, now=now, zone=zone)
            if ends_at is None:
                continue
            assert now < ends_at <= now + timedelta(hours=24) + LONGEST_SHIFT, (name, now, quiet)
            just_before = shown(ends_at - timedelta(seconds=1), zone)
            wanted = datetime.combine(shown(ends_at, zone).date(), quiet.ends)
            is_the_time = shown(ends_at, zone) == wanted
            is_after_a_leap = just_before + timedelta(seconds=1) != shown(ends_at, zone)
            assert is_the_time or is_after_a_leap, (name, now, quiet, ends_at)
            assert quiet_until(quiet, now=ends_at, zone=zone) is None, (name, now, quiet)


@pytest.mark.parametrize("part", range(4))
def test_it_is_quiet_when_clocks_show_so_but_for_an_hour_that_comes_again(part):
    for name in ZONES[part::4]:
        zone = ZoneInfo(name)
        for now, dice in times(name, 8):
            quiet = hours(dice)
            local = shown(now, zone).time()
            wrapped = quiet.begins > quiet.ends
            shows = (
                (local >= quiet.begins or local < quiet.ends)
                if wrapped
                else quiet.begins <= local < quiet.ends
            )
            offsets = {
                (now + timedelta(hours=h)).astimezone(zone).utcoffset() for h in (-26, -12, -3, 0, 3, 26)
            }
            if len(offsets) == 1:
                assert (quiet_until(quiet, now=now, zone=zone) is not None) == shows, (name, now, quiet)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        (date(2026, 3, 2), time(7), BERLIN, "2026-03-02T06:00"),
        (date(2026, 3, 29), time(2, 30), BERLIN, "2026-03-29T01:00"),  # left out: 02:00 is followed by 03:00
        (date(2026, 10, 25), time(2, 30), BERLIN, "2026-10-25T00:30"),  # twice: the first time
        (date(2011, 12, 30), time(7), APIA, "2011-12-30T10:00"),  # a day that was left out
    ],
)
def test_a_time_is_the_first_moment_that_shows_it_or_more(day, clock, zone, instant):
    assert first_at(day, clock, zone) == at(instant)


def test_samoa_had_no_30th_of_december_2011():
    assert not is_a_day(date(2011, 12, 30), APIA)
    assert is_a_day(date(2011, 12, 29), APIA)
    assert is_a_day(date(2011, 12, 31), APIA)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-03-02T19:59", None),
        ("2026-03-02T20:00", "2026-03-03T07:00"),
        ("2026-03-03T06:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", None),
    ],
)
def test_a_night_begins_at_its_first_minute_and_ends_before_its_last(now, ends):
    assert quiet_until(NIGHT, now=at(now), zone=UTC) == (at(ends) if ends else None)


def test_an_end_that_is_left_out_is_the_moment_after_the_leap():
    quiet = QuietHours(begins=time(22), ends=time(2, 30))
    ends_at = quiet_until(quiet, now=at("2026-03-08T05:00"), zone=NEW_YORK)  # midnight there
    assert shown(ends_at, NEW_YORK) == at("2026-03-08T03:00", None)


def test_an_end_that_comes_twice_ends_the_night_the_first_time():
    quiet = QuietHours(begins=time(22), ends=time(1, 30))
    ends_at = quiet_until(quiet, now=at("2026-11-01T04:30"), zone=NEW_YORK)
    assert ends_at == at("2026-11-01T05:30")
    assert quiet_until(quiet, now=at("2026-11-01T06:10"), zone=NEW_YORK) is None  # 01:10 for the second time


def test_hours_within_one_day_are_quiet_too():
    siesta = QuietHours(begins=time(13), ends=time(15))
    assert quiet_until(siesta, now=at("2026-03-02T14:00"), zone=UTC) == at("2026-03-02T15:00")
    assert quiet_until(siesta, now=at("2026-03-02T15:30"), zone=UTC) is None


def test_who_has_none_is_never_quiet():
    assert quiet_until(None, now=at("2026-03-02T03:00"), zone=UTC) is None
