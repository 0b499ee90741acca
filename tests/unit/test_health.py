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


@pytest.mark.parametrize(
    ("planned_in", "heard_after", "is_gap"),
    [
        (timedelta(hours=24), timedelta(hours=25), False),
        (timedelta(hours=24), timedelta(hours=31), True),
        (timedelta(days=3), timedelta(days=3), True),
    ],
    ids=["as planned", "late", "planned for longer than a day"],
)
def test_what_comes_when_it_was_planned_is_no_gap_unless_that_was_longer_than_a_day(
    planned_in, heard_after, is_gap
):
    since = gap_before(last_success_at=NOW, every=EVERY, planned_at=NOW + planned_in, now=NOW + heard_after)
    assert (since is not None) == is_gap
    assert since is None or NOW + timedelta(hours=24) <= since < NOW + heard_after


def test_a_cadence_of_a_day_hides_no_program_that_did_not_run_for_two():
    day = timedelta(days=1)
    assert gap_before(last_success_at=NOW, every=day, now=NOW + 2 * day) == NOW + day
    assert gap_before(last_success_at=NOW, every=day, now=NOW + day + timedelta(hours=5)) is None


def test_a_budget_used_up_is_told_at_once_in_the_name_of_its_account_and_its_end_as_well():
    used = fail(Health(), failure="used up", after=timedelta(hours=9), account="x/main/usd")
    assert (used.health.state, used.next_poll_in) == ("used up", timedelta(hours=9))
    assert (used.tell, used.told_once) == ("cannot hear: it answers 500.", "x/main/usd/2026-03-02T21")
    again = fail(used.health, at=NOW + timedelta(hours=9), failure="used up", after=timedelta(hours=9))
    assert again.tell is None
    fine = after_success(used.health, every=EVERY, now=NOW + timedelta(hours=9))
    assert (fine.tell, fine.told_once) == ("hears again after 9 h", "x/main/usd/2026-03-02T21/again")
    assert fine.health.account == ""


def test_a_window_that_is_used_up_mends_itself_and_is_told_to_nobody():
    window = fail(Health(), failure="used up", after=timedelta(minutes=14))
    assert (window.health.state, window.tell) == ("backing off", None)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (40, "40 min"), (180, "3 h"), (60 * 72, "3 days")]
)
def test_it_says_spans_as_people_do(minutes, words):
    assert in_words(timedelta(minutes=minutes)) == words
