"""What becomes of the schedule when the wall clock was wrong for a while."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_target

from listener.store import progress, tables

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def planned(database):
    """The time of the next poll of one target after the schedule was planned again now."""

    def replanned(state, in_, *, every=DAY, not_before_in=None):
        more = {"not_before_at": NOW + not_before_in} if not_before_in else {}
        with database.write() as connection:
            target = add_target(
                connection, state=state, every_s=every // timedelta(seconds=1), next_poll_at=NOW + in_, **more
            )
            progress.replan(connection, now=NOW)
            row = connection.execute(sa.select(tables.targets).where(tables.targets.c.id == target)).one()
        return row.next_poll_at - NOW, row.not_before_at and row.not_before_at - NOW

    return replanned


@pytest.mark.parametrize("state", ["new", "ok", "backing off", "needs attention", "gone"])
def test_what_was_planned_by_a_clock_ten_years_ahead_is_due_now(planned, state):
    assert planned(state, 3650 * DAY, not_before_in=3650 * DAY) == (timedelta(), None)


@pytest.mark.parametrize(
    ("state", "pause"),
    [("ok", HOUR / 2), ("backing off", HOUR), ("needs attention", 2 * DAY), ("gone", 30 * DAY)],
)
def test_who_rests_by_right_goes_on_resting(planned, state, pause):
    assert planned(state, pause, every=HOUR, not_before_in=HOUR) == (pause, HOUR)
