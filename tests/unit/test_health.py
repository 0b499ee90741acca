"""How a source's troubles are borne, told and forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.health import (
    Health,
    after_failure,
    after_success,
    gap_before,
    has_moved,
    in_words,
    spread,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERY = timedelta(minutes=15)


def fail(health, *, at=NOW, failure="try later", **more):
    return after_failure(health, failure=failure, reason="it answers 500.", every=EVERY, now=at, **more)


def fail_until(hours, failure="try later"):
    health, at, told = Health(), NOW, []
    while at < NOW + timedelta(hours=hours):
        change = fail(health, at=at, failure=failure)
        health, at = change.health, at + change.next_poll_in
        told += [change.tell] if change.tell else []
    return health, told


def test_a_passing_fault_is_told_to_nobody():
    assert fail(Health()).tell is None


def test_a_lasting_fault_is_told_once():
    health, told = fail_until(100)
    assert len(told) == 1
    assert health.state == "backing off"


def test_what_a_person_must_mend_is_told_at_once():
    assert fail(Health(), failure="needs attention").tell == "cannot hear: it answers 500."


def test_a_recovery_is_told_where_the_trouble_was():
    health, _ = fail_until(5)
    assert "hears again" in after_success(health, every=EVERY, now=NOW + timedelta(hours=5)).tell
    assert after_success(fail(Health()).health, every=EVERY, now=NOW).tell is None


@given(failures=st.integers(0, 400), failure=st.sampled_from(["try later", "needs attention", "gone"]))
def test_no_source_is_ever_given_up(failures, failure):
    change = fail(
        Health(failures=failures, failing_since=NOW.isoformat(), gone_polls=failures), failure=failure
    )
    assert EVERY <= change.next_poll_in <= timedelta(days=31)


def test_it_waits_as_long_as_the_place_asks():
    assert fail(Health(), after=timedelta(hours=5)).next_poll_in == timedelta(hours=5)


def test_gone_means_three_answers_over_a_week():
    health, told = fail_until(24 * 6, "gone")
    assert health.state == "needs attention"
    health, told = fail_until(24 * 9, "gone")
    assert health.state == "gone"
    assert "gone for good" in told[-1]
    assert len(told) == 2


def test_a_new_address_is_taken_after_three_polls_over_a_day():
    health = Health()
    for hours in (0, 1, 25):
        assert not has_moved(health, now=NOW + timedelta(hours=hours))
        health = after_success(
            health, every=EVERY, now=NOW + timedelta(hours=hours), moved_to="https://new.example/"
        ).health
    assert has_moved(health, now=NOW + timedelta(hours=25))
    other = after_success(health, every=EVERY, now=NOW, moved_to="https://third.example/").health
    assert not has_moved(other, now=NOW + timedelta(days=9))


def test_a_short_pause_of_the_program_is_no_gap_and_a_long_one_is():
    assert gap_before(last_success_at=NOW - timedelta(minutes=50), every=EVERY, now=NOW) is None
    assert (
        gap_before(last_success_at=NOW - timedelta(hours=5), every=EVERY, now=NOW)
        == NOW - timedelta(hours=5) + EVERY
    )
    assert gap_before(last_success_at=None, every=EVERY, now=NOW) is None


def test_health_survives_json():
    health = fail(Health()).health
    assert Health.from_json(health.to_json()) == health


def test_polls_are_spread_by_at_most_a_tenth_of_the_cadence():
    shifts = {spread(EVERY, seed=seed) for seed in range(1000)}
    assert len(shifts) > 900
    assert max(abs(shift) for shift in shifts) <= EVERY / 10


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (40, "40 min"), (180, "3 h"), (60 * 72, "3 days")]
)
def test_it_says_spans_as_people_do(minutes, words):
    assert in_words(timedelta(minutes=minutes)) == words
