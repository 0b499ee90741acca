"""Today's mood: what the hours before a window say of it, and of whom it is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.domain.allowance import SHARES, share
from listener.domain.mood import LOWEST, mood
from listener.domain.spike import WINDOWS, Budget, Voice, find_spike, limit_at
from listener.domain.straying import NOT_SEEN
from listener.domain.usual import DAY, Hours, Usual, moved_on

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIST = Budget(clients=30)


def heard(voices_an_hour, *, days=56):
    """What is usual after so many days of so many voices each hour, with moods as others have them."""
    usual = Usual(at=NOW - (days + 1) * DAY)
    for _ in range(days):
        usual = moved_on(usual, Hours(start=usual.at, voices=(voices_an_hour,) * 24, heard=(1.0,) * 24))
    return replace(usual, straying=NOT_SEEN)


def told(*minutes_ago):
    ends = sorted(NOW - timedelta(minutes=minutes) for minutes in minutes_ago)
    return [Voice(match=n, at=at, witness=str(n), story=n) for n, at in enumerate(ends, start=1)]


def test_as_many_as_are_expected_change_nothing():
    assert mood(heard(2), HOUR).factor(12, 12.0) == 1.0


def test_more_before_raise_what_is_expected_but_less_than_they_came():
    assert 1.2 < mood(heard(2), HOUR).factor(24, 12.0) < 2.0


def test_hours_without_voices_lower_it_by_no_more_than_a_little():
    assert mood(heard(9), HOUR).factor(0, 54.0) == LOWEST


def test_a_few_voices_tell_less_than_many():
    today = mood(heard(2), HOUR)
    assert today.factor(2, 1.0) < today.factor(40, 20.0)


def test_what_is_known_of_the_mood_strays_no_more():
    usual = heard(2)
    assert all(mood(usual, window).shape > usual.shape(window) for window in WINDOWS[:-1])


def test_a_day_is_not_told_by_the_hours_before_it():
    assert mood(heard(2), WINDOWS[-1]) is None


@pytest.mark.parametrize("usual", [heard(0), heard(2, days=3)], ids=["quiet", "new"])
def test_of_a_quiet_and_of_a_new_client_nothing_is_asked(usual):
    assert [mood(usual, window) for window in WINDOWS] == [None] * len(WINDOWS)
    assert [share(usual, window) for window in WINDOWS] == [1.0] * len(WINDOWS)


def test_a_busy_client_spends_most_where_most_is_found():
    usual = heard(2)
    assert (
        share(usual, 2 * HOUR) == share(usual, 4 * HOUR) == max(SHARES.values()) > 1 > share(usual, HOUR / 4)
    )


def test_after_a_loud_evening_more_is_expected_and_it_takes_more():
    news = range(1, 60, 3)
    ordinary, loud = (
        find_spike(told(*news, *range(62, 480, every)), heard(2), budget=LIST, at_least=3, now=NOW)
        for every in (30, 20)
    )
    assert ordinary.window == loud.window
    assert loud.expected > ordinary.expected
    assert loud.limit > ordinary.limit


def test_an_incident_goes_on_while_either_limit_is_reached():
    """What the burst itself added to the mood does not end it, and what was found after a calm hour is not over at once."""
    usual, asked = heard(2), {"until": NOW, "budget": LIST, "at_least": 3}
    plain = limit_at(usual, HOUR, **asked)
    assert limit_at(usual, HOUR, voices=told(*range(61, 420, 5)), **asked) == plain
    assert limit_at(usual, HOUR, voices=told(400), **asked) < plain
