"""What is told while an incident goes on: it waits, joins, repeats, escalates, keeps smaller rules quiet, and ends by itself."""

from dataclasses import replace
from datetime import UTC, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming

from listener.alerting import hush
from listener.alerting import incidents as answers
from listener.alerting.evaluate import evaluate
from listener.domain.quiet import QuietHours
from listener.domain.rules import GatherRule, Rules, Watched
from listener.domain.telling import Escalation, Telling
from listener.store import changes, incidents, mentions, tables
from listener.store.engine import open_database

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEE = Escalation(after=30 * MINUTE, to="Lee Park", slack="U034", receivers=("lee",), severity="minor")


@pytest.fixture
def world(sqlite_url):
    database = open_database(sqlite_url)
    yield World(database)
    database.close()


class World:
    """One client that is heard through one place, and what is told of it."""

    def __init__(self, database):
        self.database = database
        self.client = Watched(
            client=client("mills"), rules=Rules(), receivers=("accounts",), owner="Dana Lee", list_size=10
        )
        with database.write() as connection:
            add_client(connection, "mills")
            self.target = add_target(connection, complete_from_at=NOW)
            row = {"audience": "list:key-accounts", "since_at": NOW - timedelta(days=20)}
            connection.execute(sa.insert(tables.hearings).values(target_id=self.target, **row))

    def say(self, *minutes, at=NOW, prefix="author", **more):
        items = [
            incoming(found(published_at=at - m * MINUTE), by=f"{prefix}:{n}", **more)
            for n, m in enumerate(minutes)
        ]
        with self.database.write() as connection:
            mentions.add(connection, items, target_id=self.target, kind="rss", backfill=frozenset(), now=at)

    def look(self, *minutes, **more):
        for one in minutes:
            evaluate(self.database, {"mills": self.client}, now=NOW + one * MINUTE, **more)

    @property
    def told(self):
        """Kind, last part of the id, and receiver, in order."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id)).all()
        return [(row.message["kind"], row.message["id"].rpartition("/")[2], row.receiver) for row in rows]

    @property
    def kinds(self):
        return [kind for kind, _, _ in self.told]

    @property
    def last(self):
        with self.database.read() as connection:
            query = sa.select(tables.outbox.c.message).order_by(tables.outbox.c.id.desc())
            return connection.execute(query).scalars().first()

    @property
    def incident(self):
        with self.database.read() as connection:
            return incidents.listing(connection)[0]


def test_a_new_incident_waits_and_is_told_with_what_came_meanwhile(world):
    world.say(*range(0, 30, 5))
    world.look(0)
    assert (world.kinds, world.incident.state) == ([], "open")
    world.say(0, 0, at=NOW + MINUTE, prefix="late")
    world.look(1)
    assert world.told == [("firing", "firing", "accounts")]
    assert world.last["headline"].startswith("6 people")
    assert world.last["lines"][0] == "By now it is 8 people, 8 stories."


def test_one_round_by_hand_does_not_wait(world):
    world.say(*range(0, 30, 5))
    world.look(0, end_groups=True)
    assert world.kinds == ["firing"]


def test_it_is_told_again_when_it_grows_and_never_within_the_interval(world):
    world.say(*range(0, 30, 5))
    world.look(0, 1)
    world.say(*range(6), at=NOW + 2 * MINUTE, prefix="more")
    world.look(2, 3, 4, 5)
    assert world.kinds == ["firing"]
    world.look(6)
    assert world.told[1:] == [("joined", "joined-2", "accounts")]
    assert world.last["headline"] == "12 people, 12 stories by now"
    assert {one["author"] for one in world.last["quotes"]} <= {"unnamed", "feeds.example"}
    assert world.last["severity"] == "severe"
    with world.database.read() as connection:
        happened = [one.what for one in changes.of(connection, world.incident.id)]
    assert happened == ["opened", "told", "joined", "told"]


def test_a_second_person_is_told_once_and_whoever_has_it_hears_only_news(world):
    telling = Telling(group_wait=timedelta(0), repeat_every=2 * HOUR)
    world.client = replace(world.client, escalation=LEE, telling=telling)
    for hour in range(10):
        world.say(*range(0, 60, 10), at=NOW + hour * HOUR, prefix=f"h{hour}")
    world.look(0, 10, 20, 30, 40, 50)
    assert [told for told in world.told if told[0] == "escalated"] == [("escalated", "escalated", "lee")]
    answers.take(world.database, {"mills": world.client}, 1, who="Dana", now=NOW + 50 * MINUTE)
    before = len(world.kinds)
    world.look(*range(60, 600, 30))
    assert set(world.kinds[before:]) <= {"joined"}


def test_whoever_was_asked_hears_what_becomes_of_it(world):
    world.client = replace(world.client, escalation=LEE, telling=Telling(group_wait=timedelta(0)))
    world.say(*range(0, 30, 5))
    world.look(0, 10)
    answers.note(world.database, {"mills": world.client}, 1, who="Sam", text="seen", now=NOW + 20 * MINUTE)
    assert {receiver for _, _, receiver in world.told} == {"accounts"}
    world.look(31)
    answers.take(world.database, {"mills": world.client}, 1, who="Dana", now=NOW + 32 * MINUTE)
    world.look(*range(40, 400, 20))
    assert [kind for kind, _, receiver in world.told if receiver == "lee"] == [
        "escalated",
        "taken",
        "resolved",
    ]


def test_a_sleeping_owner_is_not_waited_for(world):
    """The second person hears of it, and that the owner has not."""
    halifax = ZoneInfo("America/Halifax")
    quiet = QuietHours(begins=time(7), ends=time(10))  # it is eight there
    world.client = replace(world.client, escalation=LEE, quiet=quiet, timezone=halifax)
    world.say(*range(0, 30, 5))
    world.look(0, 1, 31)
    assert world.told == [("escalated", "escalated", "lee")]
    assert world.last["lines"][0] == "Dana Lee has not been told: quiet hours until 14:00 UTC."
    awake = replace(world.client, quiet=None)
    hush.end(world.database, {"mills": awake}, zone=UTC, now=NOW + 2 * HOUR)
    assert world.told[1:] == [("firing", "firing", "accounts")]


def test_one_that_nobody_takes_is_repeated(world):
    world.client = replace(world.client, telling=Telling(repeat_every=20 * MINUTE))
    world.say(*range(0, 30, 5))
    world.look(0, 1, 10, 20, 21, 30, 40, 41)
    assert [name for _, name, _ in world.told] == ["firing", "repeat-2", "repeat-3"]


def test_the_smaller_rules_are_quiet_during_a_big_one_and_what_they_kept_back_is_said(world):
    world.client = replace(
        world.client, rules=Rules(each_negative=GatherRule()), telling=Telling(group_wait=timedelta(0))
    )
    world.say(*range(0, 30, 2))
    world.look(0, 16, 32)
    assert set(world.kinds) <= {"firing", "joined"}
    world.look(*range(40, 400, 20))
    assert world.last["kind"] == "resolved"
    assert any("Meanwhile not told one by one: 15 by each_negative." in line for line in world.last["lines"])
    world.say(0, at=NOW + 500 * MINUTE, prefix="later")
    world.look(500, 516)
    assert world.kinds[-1] == "mentions"


def test_a_taken_one_ends_by_itself_too_and_says_who_had_it(world):
    world.say(*range(0, 30, 5))
    world.look(0, 1)
    answers.take(world.database, {"mills": world.client}, 1, who="Dana", now=NOW + 2 * MINUTE)
    world.look(*range(10, 400, 20))
    assert (world.incident.state, world.incident.closed_by, world.incident.taken_by) == (
        "closed",
        None,
        "Dana",
    )
    assert world.kinds == ["firing", "taken", "resolved"]
    assert "Dana had taken it." in world.last["lines"]


def test_what_a_person_closed_opens_again_only_by_news(world):
    world.say(*range(0, 30, 5))
    world.look(0, 1)
    answers.close(world.database, {"mills": world.client}, 1, who="Dana", why="known", now=NOW + 2 * MINUTE)
    world.look(3, 10, 30)
    assert world.kinds == ["firing", "closed"]
    world.say(*range(0, 40, 4), at=NOW + 3 * HOUR, prefix="again")
    world.look(180, 181)
    assert world.incident.episode == 2
    assert world.kinds == ["firing", "closed", "firing"]


def test_one_that_ends_before_it_was_told_is_told_all_the_same(world):
    """The daemon was away in between."""
    world.say(*range(0, 30, 5))
    world.look(0)
    with world.database.write() as connection:
        incidents.update(connection, 1, calm_since_at=NOW, last_match_id=world.incident.last_match_id)
    world.look(600)
    assert world.kinds == ["firing", "resolved"]
