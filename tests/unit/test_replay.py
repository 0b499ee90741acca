"""A replay tells what the daemon told: held against real evaluations over a real database."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming

from listener.alerting.evaluate import evaluate
from listener.alerting.pasts import heard_by
from listener.alerting.replay import STEP, Arrival, alarms_since, replay
from listener.domain.heard import Heard
from listener.domain.listened import turn_of
from listener.domain.planned import Event
from listener.domain.rules import Rules, SpikeRule, Watched
from listener.domain.voices import Testimony
from listener.store import gaps, incidents, mentions, tables

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START = NOW - timedelta(days=6)
TICK = 10 * MINUTE


def stream(seed):
    """Now and then a complaint over six days, a crowd on three occasions, some people twice: (when, who)."""
    chance = random.Random(seed)
    quiet = [(START + chance.random() * timedelta(days=6), f"author:{n}") for n in range(30)]
    crowds = [
        (START + day * timedelta(days=1) + chance.random() * 50 * MINUTE, f"author:{day}-{n % people}")
        for day, count, people in ((2, 9, 9), (2.3, 12, 10), (4, 30, 4))
        for n in range(count)
    ]
    return sorted((at.replace(microsecond=0), who) for at, who in [*quiet, *crowds])


def arrival(at, who="author:ann", story=0, *, label="negative", came=None, **more):
    return Arrival(
        at=came or at, testimony=Testimony(counted_at=at, witness=who, story=story, label=label, **more)
    )


def lived(database, came):
    """The incidents of a daemon that evaluates when something came in, and every ten minutes."""
    watched = {"mills": Watched(client=client("mills"), rules=Rules(), receivers=(), list_size=3)}
    with database.write() as connection:
        add_client(connection, "mills")
        connection.execute(sa.update(tables.clients).values(joined_at=START))
        target = add_target(connection, complete_from_at=NOW)
        connection.execute(
            sa.insert(tables.hearings).values(target_id=target, audience="list:key-accounts", since_at=START)
        )
        gaps.add(connection, target, START + 30 * HOUR, START + 40 * HOUR, "deaf")
    at = START
    for when, who, *label in came:
        while at < when and is_firing(database):
            evaluate(database, watched, now=at)
            at += TICK
        at = when
        with database.write() as connection:
            labelled = label[0] if label else "negative"
            item = incoming(found(f"{who} at {when}", published_at=when), by=who, label=labelled)
            mentions.add(connection, [item], target_id=target, kind="rss", backfill=frozenset(), now=when)
        evaluate(database, watched, now=at)
    while at < NOW:
        at += TICK
        evaluate(database, watched, now=at)
    with database.read() as connection:
        heard = heard_by(connection, {target: START}, since=START - HOUR, until=NOW)
        return sorted((one.opened_at, one.resolved_at) for one in incidents.listing(connection)), heard


def is_firing(database):
    with database.read() as connection:
        return bool(incidents.going_on(connection))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_tells_what_a_daemon_told(sqlite_database, seed):
    came = stream(seed)
    real, heard = lived(sqlite_database, came)
    arrivals = [arrival(at, who, number) for number, (at, who) in enumerate(came)]
    alarms = replay(arrivals, heard, SpikeRule(), clients=3, until=NOW, turn=turn_of("mills"))
    assert len(real) >= 2
    assert [alarm.opened_at for alarm in alarms] == [opened for opened, _ in real]
    for alarm, (_, resolved) in zip(alarms, real, strict=True):
        assert -STEP <= resolved - alarm.resolved_at <= 2 * TICK


def talk(seed):
    """Much talk of which a fifth is complaint, a surge of such talk, and a surge of nothing but complaints."""
    chance = random.Random(seed)
    quiet = [START + chance.random() * timedelta(days=6) for _ in range(100)]
    surge = [START + timedelta(days=3) + n * MINUTE for n in range(60)]
    angry = [START + timedelta(days=5, hours=7) + chance.random() * HOUR for _ in range(14)]
    labels = ["neutral", "positive", "negative", "neutral", "neutral"]
    said = [(at, f"author:{n}", labels[n % 5]) for n, at in enumerate([*quiet, *surge])]
    said += [(at, f"author:angry {n}", "negative") for n, at in enumerate(angry)]
    return sorted((at.replace(microsecond=0), who, label) for at, who, label in said)


@pytest.mark.slow
def test_what_the_volume_of_talk_explains_to_a_daemon_it_explains_to_a_replay(sqlite_database):
    came = talk(4)
    real, heard = lived(sqlite_database, came)
    arrivals = [arrival(at, who, number, label=label) for number, (at, who, label) in enumerate(came)]

    def replayed(some):
        return replay(some, heard, SpikeRule(), clients=3, until=NOW, turn=turn_of("mills"))

    opened = [alarm.opened_at for alarm in replayed(arrivals)]
    assert opened == [at for at, _ in real]
    assert not any(timedelta(days=3) <= at - START < timedelta(days=4) for at in opened)
    assert any(timedelta(days=5) <= at - START for at in opened)
    complaints = replayed([one for one in arrivals if one.testimony.complains])
    assert any(timedelta(days=3) <= one.opened_at - START < timedelta(days=4) for one in complaints)


@pytest.fixture
def sqlite_database(sqlite_url):
    from listener.store.engine import open_database

    opened = open_database(sqlite_url)
    yield opened
    opened.close()


ALWAYS = Heard([[(NOW - timedelta(days=40), NOW)]])


def told(*arrivals, heard=ALWAYS, events=(), **rule):
    return replay(arrivals, heard, SpikeRule(**rule), clients=1, until=NOW, events=events)


def crowd(count, *, before=5 * HOUR, **more):
    return [arrival(NOW - before + n * MINUTE, f"author:{n}", n, **more) for n in range(count)]


def test_a_crowd_is_one_alarm_with_its_proof():
    (alarm,) = told(*crowd(12))
    assert alarm.opened_at < NOW - 4 * HOUR
    assert alarm.resolved_at < NOW
    assert len(alarm.spike.voices) >= 3


@pytest.mark.parametrize("more", [{"label": "neutral"}, {"own": True}, {"backfill": True}])
def test_what_is_no_complaint_of_others_is_no_alarm(more):
    assert told(*crowd(12, **more)) == []


def test_one_author_or_one_story_is_one_voice():
    assert told(*(arrival(NOW - 5 * HOUR + n * MINUTE, story=n) for n in range(12))) == []
    assert told(*(arrival(NOW - 5 * HOUR + n * MINUTE, f"author:{n}") for n in range(12))) == []


def test_what_came_in_together_is_looked_at_when_it_came_in():
    came = NOW - HOUR
    (alarm,) = told(
        *(
            arrival(one.testimony.counted_at, one.testimony.witness, n, came=came)
            for n, one in enumerate(crowd(12))
        )
    )
    assert (alarm.opened_at, alarm.spike.late) == (came, True)


def test_a_client_that_was_long_heard_quiet_is_told_of_less():
    assert told(*crowd(3))
    assert told(*crowd(3), heard=Heard([])) == []


def test_an_event_that_was_planned_raises_what_is_expected():
    event = Event(name="price rise", since=NOW - 6 * HOUR, until=NOW, expect=1e6)
    assert told(*crowd(12))
    assert told(*crowd(12), events=[event]) == []


def test_in_a_stricter_time_more_is_allowed():
    event = Event(name="outage", since=NOW - 6 * HOUR, until=NOW, stricter=True)
    (stricter,), (usual,) = told(*crowd(12), events=[event]), told(*crowd(12))
    assert stricter.spike.allowed > usual.spike.allowed


def test_a_surge_of_talk_explains_as_many_complaints_as_are_usual_in_it():
    labels = ["neutral", "positive", "negative", "neutral", "neutral"]
    surge = [arrival(NOW - 5 * HOUR + n * MINUTE, f"author:{n}", n, label=labels[n % 5]) for n in range(60)]
    assert told(*surge) == []
    assert told(*(one for one in surge if one.testimony.complains))
    assert told(*surge, *crowd(30, before=2 * HOUR))


def test_an_alarm_that_goes_on_has_no_end():
    (alarm,) = told(*crowd(20, before=25 * MINUTE))
    assert alarm.resolved_at is None
    assert alarms_since([alarm], NOW) == []
    assert alarms_since([alarm], NOW - HOUR) == [alarm]
