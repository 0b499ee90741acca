"""Arithmetic of stretches of time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from listener.domain.spans import length, merged, minus, overlaps

ZERO = datetime(2026, 1, 1, tzinfo=UTC)


def at(hour):
    return ZERO + timedelta(hours=hour)


def spans(*pairs):
    return [(at(a), at(b)) for a, b in pairs]


hours = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def test_it_cuts_holes_out():
    assert minus(spans((0, 10)), spans((2, 3), (5, 20))) == spans((0, 2), (3, 5))


def test_overlapping_stretches_count_once():
    assert length(spans((0, 5), (3, 8))) == timedelta(hours=8)


@given(hours, hours)
def test_it_agrees_with_counting_hours_one_by_one(have, holes):
    def covered(pairs):
        return {h for a, b in pairs for h in range(a, b)}

    left = minus(spans(*have), spans(*holes))
    assert length(left) == timedelta(hours=len(covered(have) - covered(holes)))
    assert left == merged(left)
    for hour in range(60):
        assert overlaps(left, at(hour), at(hour + 1)) == (hour in covered(have) - covered(holes))
