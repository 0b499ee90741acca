"""The cadence of a source as polls keep it: learned, kept over a restart, known to gaps, fixed by a person's word."""

from datetime import timedelta

import sqlalchemy as sa
from oneplace import EVERY, START, found, one_place, page

from listener.store import configured, progress, sources, tables


def standing(here):
    with here.database.read() as connection:
        (one,) = sources.listing(connection)
    return one


def gaps(here):
    with here.database.read() as connection:
        return [
            tuple(row) for row in connection.execute(sa.select(tables.gaps.c.from_at, tables.gaps.c.to_at))
        ]


def until(here, **span):
    """Poll whenever it is due for so long; the number of polls."""
    ends_at, before = here.now + timedelta(**span), len(here.polled)
    while here.now < ends_at:
        here.polls.start_due(here.plan)
        here.until_written()
        here.now = max(here.now + timedelta(seconds=1), standing(here).next_poll_at)
    return len(here.polled) - before


def silent_for_days(here, days=4):
    """Two polls, between which its last news became so old; the source as it is then."""
    until(here, minutes=1)
    brought_at = (here.now - timedelta(days=days)).isoformat()
    with here.database.write() as connection:
        known = connection.scalar(sa.select(tables.targets.c.cadence))
        connection.execute(sa.update(tables.targets).values(cadence={**known, "brought_at": brought_at}))
    until(here, minutes=1)
    return standing(here)


def test_a_quiet_source_is_polled_less_and_what_it_then_brings_is_heard_without_a_gap(database):
    pages = [page()]
    with one_place(database, fetch=lambda _: pages) as here:
        slow = silent_for_days(here)
        assert slow.cadence_s > 3 * 3600
        assert (slow.every_s, slow.state, gaps(here)) == (EVERY.total_seconds(), "ok", [])
        pages[:] = [page(*(found(f"Mills opens shop {number}", number) for number in range(3)))]
        until(here, hours=12)
        assert standing(here).cadence_s < slow.cadence_s / 1.5
        assert gaps(here) == []


def test_a_cadence_that_the_file_names_is_a_persons_word(database):
    with one_place(database, fetch=lambda _: [page()], fixed=True) as here:
        assert abs(until(here, hours=6) - 24) < 4
        assert standing(here).cadence_s == EVERY.total_seconds()


def test_a_connector_may_say_that_its_cadence_is_not_to_change(database):
    from listener.config.placed import _target
    from listener.config.places import Source

    with one_place(database, fetch=lambda _: [page()], declares={"adapts": False}) as here:
        (target,) = here.plan.targets.values()
        source = Source(connector=target.connector, options=target.options, every=EVERY)
        assert not _target(source, target.options).adapts


def test_a_program_that_stood_still_for_two_days_was_deaf_though_the_source_was_slow(database):
    with one_place(database, fetch=lambda _: [page()]) as here:
        planned = silent_for_days(here)
        here.now = planned.next_poll_at + timedelta(days=2)
        until(here, minutes=1)
        ((began, ended),) = gaps(here)
        assert abs(began - planned.next_poll_at) < timedelta(hours=2)
        assert ended - began > timedelta(hours=46)


def test_a_file_that_names_a_cadence_counts_at_once_and_makes_no_gap(database):
    with one_place(database, fetch=lambda _: [page()]) as here:
        silent_for_days(here)
        here.now -= timedelta(hours=1)
        (target,) = here.plan.targets.values()
        with here.database.write() as connection:
            fixed = [type(target)(**{**_fields(target), "adapts": False})]
            configured.sync(connection, fixed, here.plan.clients, here.now)
        here.plan.targets[target.identity] = fixed[0]
        assert standing(here).next_poll_at <= here.now + EVERY
        until(here, hours=2)
        assert (standing(here).cadence_s, gaps(here)) == (EVERY.total_seconds(), [])


def _fields(target):
    return {name: getattr(target, name) for name in target.__dataclass_fields__}


def test_a_clock_that_is_set_back_leaves_a_slow_source_its_plan(database):
    with one_place(database, fetch=lambda _: [page()]) as here:
        planned_at = silent_for_days(here).next_poll_at
        with here.database.write() as connection:
            progress.replan(connection, now=planned_at - timedelta(hours=3))
        assert standing(here).next_poll_at == planned_at
        with here.database.write() as connection:
            progress.replan(connection, now=START - timedelta(days=9))
        assert standing(here).next_poll_at == START - timedelta(days=9)
