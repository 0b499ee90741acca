"""A silence over a real evaluation: incidents open and close as ever, and nobody is told before its end."""

from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming

from listener.alerting import hush
from listener.alerting.evaluate import evaluate
from listener.domain.rules import GatherRule, Rules, Watched
from listener.domain.silence import Matchers
from listener.domain.telling import Telling
from listener.store import incidents, mentions, silences, tables
from listener.store.engine import open_database

HOUR = timedelta(hours=1)
MILLS = Watched(
    client=client("mills"),
    rules=Rules(each_negative=GatherRule()),
    receivers=("accounts",),
    telling=Telling(group_wait=timedelta(0)),
)


@pytest.fixture
def database(sqlite_url):
    opened = open_database(sqlite_url)
    with opened.write() as connection:
        add_client(connection, "mills")
        target = add_target(connection, complete_from_at=NOW)
        since = NOW - timedelta(days=20)
        row = {"target_id": target, "audience": "list:key-accounts", "since_at": since}
        connection.execute(sa.insert(tables.hearings).values(row))
        said = [
            incoming(found(published_at=NOW - timedelta(minutes=n)), by=f"author:{n}")
            for n in range(0, 50, 5)
        ]
        mentions.add(connection, said, target_id=target, kind="rss", backfill=frozenset(), now=NOW)
    yield opened
    opened.close()


def rounds(database, hours):
    for minutes in range(0, 60 * hours, 10):
        now = NOW + timedelta(minutes=minutes)
        evaluate(database, {"mills": MILLS}, now=now)
        hush.end(database, {"mills": MILLS}, zone=UTC, now=now)


def kinds(database):
    with database.read() as connection:
        rows = connection.execute(sa.select(tables.outbox.c.message).order_by(tables.outbox.c.id))
        return [row.message["kind"] for row in rows]


def hold(database, **matchers):
    with database.write() as connection:
        silences.add(
            connection,
            Matchers(**matchers),
            starts_at=NOW - HOUR,
            ends_at=NOW + 5 * HOUR,
            author="Dana",
            comment="deploy",
            now=NOW,
        )


def test_an_incident_that_began_and_ended_under_it_is_one_message_at_its_end(database):
    hold(database, clients=("mills",))
    rounds(database, 5)
    assert kinds(database) == []
    with database.read() as connection:
        (incident,) = incidents.listing(connection)
    assert incident.state == "closed"
    rounds(database, 6)
    assert kinds(database) == ["hidden"]


def test_one_rule_alone_may_be_silent(database):
    hold(database, rules=("negative_spike",))
    rounds(database, 6)
    assert [kind for kind in kinds(database) if kind != "mentions"] == ["hidden"]
