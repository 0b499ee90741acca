"""How polls ended, as it is written: health, gaps, and what is told."""

from datetime import timedelta

import pytest
from builders import NOW, add_target

from listener.domain.health import Health, after_failure, after_success
from listener.jobs import ends
from listener.polling.poll import Ended
from listener.store import evidence, gaps, targets
from listener.store.gaps import Gap

EVERY = timedelta(minutes=15)


@pytest.fixture
def polled(database):
    """Polls of one target: each call is one poll that ended so, at that time."""
    with database.write() as connection:
        target = add_target(connection)

    def end(at, failure=None):
        with database.write() as connection:
            (claim,) = targets.claim(connection, now=at, limit=1, lease=EVERY, everything=True)
        health = Health.from_json(claim.health)
        change = (
            after_failure(health, failure="try later", reason=failure, every=EVERY, now=at)
            if failure
            else after_success(health, every=EVERY, now=at)
        )
        ends.write(
            database, [Ended(claim=claim, at=at, every=EVERY, change=change, heard=not failure)], (), now=at
        )
        return target

    return end


def test_a_source_that_never_answered_is_deaf_since_it_was_first_asked(database, polled):
    polled(NOW, "no answer")
    target = polled(NOW + EVERY, "still no answer")
    with database.read() as connection:
        assert [since for *_, since in evidence.deaf_now(connection, [target])] == [NOW]
    polled(NOW + 2 * EVERY)
    with database.read() as connection:
        assert evidence.deaf_now(connection, [target]) == []
        assert gaps.of_target(connection, target) == [
            Gap(target_id=target, from_at=NOW, to_at=NOW + 2 * EVERY, reason="no answer")
        ]


def test_a_source_that_breaks_has_been_deaf_since_it_was_last_heard(database, polled):
    polled(NOW)
    target = polled(NOW + EVERY, "no answer")
    with database.read() as connection:
        assert [since for *_, since in evidence.deaf_now(connection, [target])] == [NOW]


def test_a_success_after_a_long_pause_finds_that_nobody_listened(database, polled):
    polled(NOW)
    target = polled(NOW + timedelta(hours=5))
    with database.read() as connection:
        (gap,) = gaps.of_target(connection, target)
    assert (gap.from_at, gap.to_at) == (NOW + EVERY, NOW + timedelta(hours=5))
