"""How far a walk down a place looks back, and what its cursor remembers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from listener.connector.walk import Read, Walk

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def milliseconds(at):
    return int(at.timestamp() * 1000)


def walk_at(at, cursor=None):
    return Walk.resumed(cursor, at, days=7, overlap=HOUR)


def read(newest, *, last=True, below=None):
    return Read.of((), newest=milliseconds(newest), below=below, last=last)


def stored(walk):
    return json.loads(json.dumps(walk.to_json()))


def test_the_first_walk_looks_back_for_days_and_the_next_over_its_overlap():
    first = walk_at(NOW)
    assert first.floor == milliseconds(NOW - timedelta(days=7) - HOUR)
    second = walk_at(NOW + HOUR, stored(first.after(read(NOW))))
    assert second.floor == milliseconds(NOW - HOUR)


def test_once_a_day_it_looks_back_over_a_day():
    cursor, deep = stored(walk_at(NOW).after(read(NOW))), []
    for hours in range(1, 60):
        walk = walk_at(NOW + hours * HOUR, cursor)
        if walk.until - walk.floor > milliseconds(NOW + HOUR) - milliseconds(NOW):
            deep.append(hours)
        cursor = stored(walk.after(read(NOW + hours * HOUR)))
    assert deep == [24, 48]


def test_a_place_whose_clock_is_ahead_does_not_move_the_cursor_past_our_own():
    ended = walk_at(NOW).after(read(NOW + timedelta(hours=5)))
    assert ended.until == milliseconds(NOW)


def test_a_walk_that_went_on_over_polls_counts_from_when_it_began():
    broken_off = walk_at(NOW).after(read(NOW, last=False, below=2**62))
    resumed = walk_at(NOW + 3 * HOUR, stored(broken_off))
    assert (resumed.below, resumed.began) == (2**62, milliseconds(NOW))
    assert resumed.after(read(NOW + 2 * HOUR)).until == milliseconds(NOW)


def test_where_nothing_was_seen_the_cursor_stays():
    first = walk_at(NOW)
    assert first.after(Read.of((), last=True)).until == first.until
