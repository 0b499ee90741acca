"""One round of everything, as `run --once` makes it."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from builders import client, found
from kinds import FeedOptions

from listener.app import StoredRobots, make_intake
from listener.connector.apart import Inline
from listener.connector.contract import Connector, Page
from listener.connector.target import Target
from listener.door.door import Door
from listener.door.errors import Busy
from listener.jobs.plan import Plan
from listener.jobs.polls import Polls
from listener.jobs.rounds import once
from listener.polling.poll import Means
from listener.store import configured

MILLS = client("mills")


def now():
    return datetime.now(UTC)


def busy_host(most, every_s):
    """A connector whose host lets so many polls in at once, and the others in turn."""
    asked = []

    def fetch(http, options, cursor):
        asked.append(options.url)
        if len(asked) > most and asked.count(options.url) == 1:
            wait = timedelta(seconds=every_s)
            raise Busy("the host is busy", until=now() + wait, after=wait)
        yield Page(found=(found(external_id=options.url),), cursor=1)

    return Connector(
        kind="feed", summary="", options=FeedOptions, scope=lambda options: options.url, fetch=fetch
    )


@pytest.fixture
def round_of(database):
    def run(connector, count):
        targets = [
            Target(
                connector=connector,
                options=FeedOptions(url=f"https://one.example/{number}"),
                scope=f"https://one.example/{number}",
                every=timedelta(minutes=5),
                direct=frozenset({"mills"}),
                audiences=frozenset({"client:mills"}),
            )
            for number in range(count)
        ]
        with database.write() as connection:
            configured.sync(connection, targets, [MILLS], now())
        door = Door(contact=None, version="0", now=now)
        means = Means(database=database, door=door, apart=Inline(), robots=StoredRobots(database))
        plan = Plan(
            targets={one.identity: one for one in targets},
            clients=(MILLS,),
            watched={},
            receivers={},
            health_receivers=(),
            intake=make_intake((MILLS,)),
        )
        return once(
            database,
            plan,
            Polls(means, clock=now),
            post=None,
            clock=now,
            monotonic=time.monotonic,
            sleep=time.sleep,
            everything=True,
        )

    return run


def test_a_round_waits_for_the_turn_of_every_target_at_a_busy_host(round_of):
    done = round_of(busy_host(most=2, every_s=0.5), 6)
    assert (done.polled, done.mentions) == (6, 6)


def test_a_round_does_not_wait_for_a_host_that_asked_for_an_hour(round_of):
    began = time.monotonic()
    done = round_of(busy_host(most=2, every_s=3600), 3)
    assert (done.polled, done.mentions) == (2, 2)
    assert time.monotonic() - began < 20
