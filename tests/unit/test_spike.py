"""The test of a count of voices against what is usual."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.domain.spike import MOST_YEARS, WINDOWS, Budget, Voice, find_spike, limit_at, over_threshold
from listener.domain.surprise import crossings, least_beyond
from listener.domain.usual import Hours, Usual, moved_on

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIST = Budget(clients=30)


def voices(*minutes_ago, story=None):
    return [
        Voice(match=i, at=NOW - timedelta(minutes=m), witness=f"author:{i}", story=story or i)
        for i, m in enumerate(minutes_ago, start=1)
    ]


def steady(*, every_h=None, days=56, until=NOW - DAY):
    """What is usual where a complaint came every so many hours, or never, for so many days."""
    usual = Usual(at=until - days * DAY)
    for _ in range(days):
        start = round((usual.at - NOW) / HOUR)
        told = tuple(int(every_h is not None and (start + hour) % every_h == 0) for hour in range(24))
        usual = moved_on(usual, Hours(start=usual.at, voices=told, heard=(1.0,) * 24))
    return usual


def spike_of(told, usual, *, budget=LIST, at_least=3, now=NOW, factors=()):
    return find_spike(told, usual, budget=budget, at_least=at_least, now=now, factors=factors)


def test_twelve_strangers_in_the_first_hour_of_a_new_client_fire():
    spike = spike_of(voices(*range(1, 60, 5)), Usual(), budget=Budget(clients=10))
    assert spike is not None
    assert len(spike.voices) == 12
    assert not spike.late


def test_a_handful_in_the_first_hour_of_a_new_client_is_no_alarm():
    assert spike_of(voices(2, 20, 35, 50), Usual()) is None


def test_five_strangers_in_two_hours_on_a_quiet_client_fire():
    spike = spike_of(voices(5, 30, 61, 90, 115), steady(every_h=112))
    assert spike is not None
    assert spike.usual == (0, 0)
    assert spike.expected < 0.1


def test_a_quiet_client_that_many_complain_about_over_a_day_is_told_of_too():
    slow = voices(*range(5, 24 * 60, 100))
    assert spike_of(slow, steady(every_h=48)).window >= 8 * HOUR
    assert spike_of(slow, steady(every_h=2)) is None


def test_a_busy_new_client_is_not_mistaken_for_a_crisis():
    """Two complaints an hour from the first minute on: after three hours of them, five in one hour are no alarm."""
    fresh = Hours(start=NOW - 4 * HOUR, voices=(2, 2, 2), heard=(1.0, 1.0, 1.0))
    young = Usual(at=NOW - 4 * HOUR, fresh=fresh)
    assert spike_of(voices(5, 15, 30, 45, 55), young, budget=Budget(clients=10)) is None


def test_the_hours_of_a_young_client_count_only_before_the_window_that_is_judged():
    fresh = Hours(start=NOW - 30 * HOUR, voices=(0,) * 29 + (12,), heard=(1.0,) * 30)
    spike = spike_of(voices(*range(1, 60, 5)), Usual(at=NOW - 30 * HOUR, fresh=fresh))
    assert spike is not None
    assert spike.expected < 0.1


def test_five_an_hour_are_nothing_where_five_an_hour_are_usual():
    usual = Usual(at=NOW - 30 * DAY)
    for _ in range(28):
        usual = moved_on(usual, Hours(start=usual.at, voices=(5,) * 24, heard=(1.0,) * 24))
    assert spike_of(voices(5, 15, 30, 45, 55), usual) is None


def test_two_people_never_fire_where_three_are_asked_for():
    assert spike_of(voices(1, 2), steady(), budget=Budget(false_alarms=1000)) is None


def test_one_person_who_says_it_often_is_one():
    same = [replace(voice, witness="author:ann") for voice in voices(*range(12))]
    assert spike_of(same, steady()) is None


def test_a_window_that_ended_hours_ago_fires_as_heard_late():
    late = spike_of(voices(300, 301, 302, 303, 304, 305), steady())
    assert late is not None
    assert late.late


def test_a_window_that_ended_over_a_day_ago_is_no_news():
    assert spike_of(voices(*(25 * 60 + m for m in range(12))), steady()) is None


def test_the_rarest_window_is_told_and_not_the_fullest():
    """Five at night, where nobody speaks, among twenty by day, where twenty are usual."""
    usual = Usual(at=NOW - 57 * DAY)
    for _ in range(56):
        told = tuple(2 if 0 <= hour < 12 else 0 for hour in range(24))  # from noon to midnight
        usual = moved_on(usual, Hours(start=usual.at, voices=told, heard=(1.0,) * 24))
    by_day = voices(*range(13 * 60, 23 * 60, 30))
    assert spike_of(by_day, usual) is None
    spike = spike_of(voices(*range(13 * 60, 23 * 60, 30), 400, 410, 420, 430, 440), usual)
    assert [NOW - voice.at for voice in spike.voices] == [
        timedelta(minutes=m) for m in (440, 430, 420, 410, 400)
    ]


def test_an_event_raises_what_is_expected_and_so_what_it_takes():
    told, usual = voices(5, 30, 61, 90, 115), steady(every_h=24)
    assert spike_of(told, usual) is not None
    assert spike_of(told, usual, factors=[((NOW - DAY, NOW + DAY), 20.0)]) is None


def test_the_budget_is_shared_by_the_clients_of_the_list():
    assert Budget(clients=1).allowed == pytest.approx(30 * LIST.allowed)


def test_what_is_just_rare_enough_comes_once_in_the_time_that_was_asked_for():
    assert LIST.once_in(1) == pytest.approx(30 / 365.25)
    assert LIST.once_in(1 / 12) == pytest.approx(360 / 365.25)
    assert LIST.once_in(1e-300) == MOST_YEARS


def spent(usual, allowed):
    """What all windows spend by chance, where each may spend so much."""
    total = 0.0
    for window in WINDOWS:
        asked = {"mean": usual.level * (window / HOUR), "shape": usual.shape(window), "hours": window / HOUR}
        total += crossings(least_beyond(allowed, at_least=3, **asked), **asked)
    return total


@pytest.mark.parametrize("every_h", [200, 72, 24, 12])
def test_a_quiet_client_spends_what_its_whole_counts_leave_over_and_no_more(every_h):
    usual = steady(every_h=every_h)
    allowed = LIST.allowed_for(usual, at_least=3)
    whole = LIST.allowed * len(WINDOWS)
    assert LIST.allowed <= allowed <= whole
    assert spent(usual, LIST.allowed) <= spent(usual, allowed) <= whole
    assert spent(usual, allowed * 1.0001) == pytest.approx(spent(usual, allowed))


def test_some_quiet_clients_need_fewer_people_for_it():
    quiet = [steady(every_h=hours) for hours in (200, 72, 24, 12)]
    assert any(LIST.allowed_for(usual, at_least=3) > 1.5 * LIST.allowed for usual in quiet)


def test_a_busy_and_a_new_client_have_the_even_share():
    assert LIST.allowed_for(steady(every_h=2), at_least=3) == LIST.allowed
    assert LIST.allowed_for(Usual(), at_least=3) == LIST.allowed


@pytest.mark.parametrize("window", WINDOWS)
def test_what_fires_is_the_limit_or_more(window):
    usual = steady(every_h=6)
    limit = limit_at(usual, window, until=NOW, budget=LIST, at_least=3)
    ends = [NOW - n * timedelta(seconds=1) for n in range(limit)]
    told = [Voice(match=n, at=at, witness=str(n), story=n) for n, at in enumerate(ends)]
    assert spike_of(told, usual) is not None
    assert spike_of(told, usual).limit <= limit


def test_it_stays_over_the_threshold_while_the_window_is_full():
    burst = voices(10, 20, 30)
    assert over_threshold(burst, window=HOUR, limit=3, now=NOW)
    assert not over_threshold(burst, window=HOUR, limit=3, now=NOW + timedelta(minutes=35))
