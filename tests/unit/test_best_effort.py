"""A place that answers as it pleases: what it brings counts, and its silence is no evidence, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, client
from wanted import target

from listener.domain.health import Health, after_failure, after_success
from listener.jobs import ends
from listener.polling.poll import Ended
from listener.store import configured, digests, evidence, fared, gaps, tables, targets
from listener.store.alert_tables import outbox

DAY = timedelta(days=1)
EVERY = timedelta(minutes=15)
MILLS = client("mills")


def wire(*, best_effort=True):
    return target("the wire", kind="gdelt", best_effort=best_effort)


def listening(database, *wanted):
    """These targets, read to their end for a month; their ids."""
    with database.write() as connection:
        ids = configured.sync(connection, wanted, [MILLS], NOW - 40 * DAY)
        since = NOW - 30 * DAY
        connection.execute(sa.update(tables.hearings).values(since_at=since))
        connection.execute(
            sa.update(tables.targets).values(
                complete_from_at=since, last_success_at=NOW - EVERY, state="ok", next_poll_at=NOW
            )
        )
    return [ids[one.identity] for one in wanted]


def deafen(database, *ids):
    with database.write() as connection:
        for one in ids:
            gaps.open_gap(connection, one, NOW - 25 * DAY, "it sheds load")


def test_where_others_listen_its_hours_are_no_listening(database):
    _, feed = listening(database, wire(), target())
    with database.read() as connection:
        assert list(evidence.hearing(connection, MILLS)) == [feed]


def test_where_nobody_else_listens_what_is_usual_rests_on_it(database):
    (alone,) = listening(database, wire())
    with database.read() as connection:
        assert list(evidence.hearing(connection, MILLS)) == [alone]


@pytest.mark.parametrize("others", [(), (target(),)])
def test_nobody_reads_that_it_could_not_be_heard(database, others):
    ids = listening(database, wire(), *others)
    deafen(database, *ids)
    with database.read() as connection:
        named = [kind for kind, _, _ in evidence.deaf_now(connection, ids)]
        told = digests.deaf(connection, ["client:mills"], since=NOW - DAY, until=NOW)
    assert named == [one.kind for one in others]
    assert [one.kind for one in told] == [one.kind for one in others]


def test_what_it_alone_did_not_bring_says_nothing_against_a_query(database):
    listening(database, wire())
    with database.read() as connection:
        assert fared.silent(connection, since=NOW - 20 * DAY, now=NOW) == []
    listening(database, wire(best_effort=False))
    with database.read() as connection:
        assert fared.silent(connection, since=NOW - 20 * DAY, now=NOW) == ["mills"]


def told(database):
    with database.read() as connection:
        return connection.scalars(sa.select(outbox.c.message)).all()


def polled(database, at, failure=None):
    with database.write() as connection:
        claims = targets.claim(connection, now=at, limit=9, lease=EVERY, everything=True)
    for claim in claims:
        health = Health.from_json(claim.health)
        change = (
            after_failure(health, failure="needs attention", reason=failure, every=EVERY, now=at)
            if failure
            else after_success(health, every=EVERY, now=at)
        )
        ended = Ended(claim=claim, at=at, every=EVERY, change=change, heard=not failure)
        ends.write(database, [ended], ["ops"], now=at)


@pytest.mark.parametrize(("best_effort", "messages"), [(True, 0), (False, 2)])
def test_nobody_is_told_that_it_broke_or_recovered(database, best_effort, messages):
    listening(database, wire(best_effort=best_effort))
    for number in range(3):
        polled(database, NOW + number * EVERY, "it answers as it pleases")
    polled(database, NOW + 3 * EVERY)
    assert len(told(database)) == messages
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.gaps)) == 1


def test_a_kind_that_becomes_one_is_known_as_one(database):
    listening(database, wire(best_effort=False), target())
    _, feed = listening(database, wire(), target())
    with database.read() as connection:
        assert list(evidence.hearing(connection, MILLS)) == [feed]
