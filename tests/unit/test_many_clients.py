"""Thousands of clients are judged together, and each as it would be alone; on SQLite and on PostgreSQL."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_target, client, found, incoming
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks import evaluation
from listener.alerting import gather
from listener.alerting.evaluate import evaluate
from listener.alerting.usual import baseline, baselines_of, usual_for
from listener.domain.enough import may_fire
from listener.domain.rules import Rules, SpikeRule, Watched
from listener.domain.spike import Budget, Voice, find_spike
from listener.domain.telling import Telling
from listener.domain.usual import Usual
from listener.store import alert_tables, gaps, mentions, rule_states, tables

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = [f"client-{n}" for n in range(8)]
EVENT = {"client-3": [((NOW - 9 * DAY, NOW - 7 * DAY), 4.0)]}


def clients():
    return [client(name, watch_list=f"list-{name[-1] in '01'}") for name in NAMES]


@pytest.fixture
def crowd(database):
    """Two lists with feeds that were deaf for a while, clients with places of their own, of different ages, with incidents or without."""
    dice = random.Random(4)
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.clients),
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "watch_list": one.watch_list,
                    "joined_at": NOW - (3 + 7 * (n % 4)) * DAY,
                    "asked_at": NOW,
                }
                for n, one in enumerate(clients())
            ],
        )
        for number, audience in enumerate(["list:list-False", "list:list-True", "client:client-2"] * 2):
            target = add_target(connection, f"https://{number}.example/", complete_from_at=NOW)
            connection.execute(
                sa.insert(tables.hearings).values(
                    target_id=target, audience=audience, since_at=NOW - (5 + 6 * number) * DAY
                )
            )
            began = NOW - (2 + 3 * number) * DAY
            gaps.add(connection, target, began, began + 5 * HOUR, "down")
        for name in NAMES[:-1]:
            buckets = sorted(dice.sample(range(30 * 24), 40))
            connection.execute(
                sa.insert(tables.counts),
                [{"client_id": name, "bucket_at": NOW - n * HOUR, "voices": 1 + n % 3} for n in buckets],
            )
        connection.execute(
            sa.insert(alert_tables.incidents).values(
                client_id="client-5",
                rule="negative_spike",
                episode=1,
                state="closed",
                opened_at=NOW - 10 * DAY,
                resolved_at=NOW - 8 * DAY,
                last_match_id=1,
                evidence={"window_h": 1},
            )
        )


def change_history(database):
    with database.write() as connection:
        changed = tables.counts.c.client_id.in_(NAMES[:2])
        connection.execute(sa.update(tables.counts).where(changed).values(voices=5))


def test_what_is_usual_for_many_together_is_what_is_usual_for_each_alone(database, crowd):
    for now in (NOW, NOW + HOUR, NOW + DAY, NOW + 3 * DAY):
        with database.read() as connection:
            together = baselines_of(connection, clients(), now, factors=EVENT)
            alone = {
                one.id: baseline(connection, one, now, factors=EVENT.get(one.id, ())) for one in clients()
            }
        assert together == alone
        assert len({one.level for one in together.values()}) >= 6
        kept = usual_for(database, clients(), now=now, factors=EVENT)
        assert {name: one.at for name, one in kept.items()} == {name: one.at for name, one in alone.items()}
        change_history(database)


def statements(database):
    """What is asked of the database from now on."""
    asked = []
    for engine in (database._backend.reader, database._backend.writer):
        sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    return asked


def test_two_hundred_states_that_are_made_anew_share_their_statements(database, crowd):
    """What is counted is read together by the hour at which the day of a client turns."""
    many = [client(f"many-{n}", watch_list="list-False") for n in range(200)]
    row = {"watch_list": "list-False", "joined_at": NOW - 4 * DAY, "asked_at": NOW}
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.clients), [{"id": one.id, "name": one.name, **row} for one in many]
        )
    asked = statements(database)
    assert len(usual_for(database, many, now=NOW)) == 200
    assert len(asked) < 100


def watched():
    rule = Rules(negative_spike=SpikeRule(), good_news=None)
    return {
        one.id: Watched(client=one, rules=rule, receivers=("team",), telling=Telling(group_wait=timedelta(0)))
        for one in clients()
    }


def complain(database, *, of):
    """Twelve strangers about each of these clients, within the last hour."""
    items = [
        incoming(
            found(external_id=f"{name}-{n}", published_at=NOW - n * HOUR / 13),
            by=f"author:{n}",
            clients=(name,),
        )
        for name in of
        for n in range(12)
    ]
    with database.write() as connection:
        mentions.add(connection, items, target_id=1, kind="rss", backfill=frozenset(), now=NOW)


def incidents(database):
    with database.read() as connection:
        return connection.execute(
            sa.select(alert_tables.incidents.c.client_id, alert_tables.incidents.c.evidence).where(
                alert_tables.incidents.c.state != "closed"
            )
        ).all()


def test_clients_of_which_weeks_must_be_learned_are_judged_over_some_rounds_and_as_in_one(database, crowd):
    complain(database, of=NAMES)
    rounds = []
    while not rounds or rounds[-1].waiting:
        rounds.append(evaluate(database, watched(), now=NOW, learn_at_once=20))
        assert len(rounds) <= len(NAMES)
    assert len(rounds) > 2
    assert sum(one.opened for one in rounds) == len(incidents(database))
    assert [one.waiting for one in rounds] == sorted((one.waiting for one in rounds), reverse=True)
    spread = dict(incidents(database))
    with database.write() as connection:
        connection.execute(sa.delete(alert_tables.baselines))
        for table in (alert_tables.incident_changes, alert_tables.outbox, tables.marks):
            connection.execute(sa.delete(table))
        connection.execute(
            sa.delete(alert_tables.incidents).where(alert_tables.incidents.c.state != "closed")
        )
    assert evaluate(database, watched(), now=NOW).waiting == 0
    assert dict(incidents(database)) == spread
    assert len(spread) >= 6


def test_at_the_end_of_a_single_run_nobody_waits(database, crowd):
    complain(database, of=NAMES)
    assert evaluate(database, watched(), now=NOW, end_groups=True, learn_at_once=1).waiting == 0


def test_a_round_without_news_reads_nothing_of_clients_that_gather_nothing(database, crowd):
    with database.write() as connection:
        for name, ends_at in zip(NAMES, [None] * 7 + [NOW.isoformat()], strict=True):
            state = {"ends_at": ends_at, "matches": []}
            rule_states.put(connection, name, "each_negative", last_match_id=0, state=state)
    with database.read() as connection:
        assert [row.client_id for row in rule_states.ending(connection, ["each_negative"])] == NAMES[7:]
        assert gather.clients_due(connection, now=NOW, end_groups=False) == {NAMES[7]}
        assert gather.clients_due(connection, now=NOW - HOUR, end_groups=False) == set()


VOICES = st.lists(st.tuples(st.integers(-72, 2), st.integers(0, 4)), max_size=12)


@given(VOICES, st.integers(1, 5))
@example(
    [(0, 0), (-1, 0), (-24, 1)], 2
)  # of two windows with as many voices, only the earlier has as many people
def test_where_not_enough_speak_no_window_fires_whatever_is_usual(hours, at_least):
    voices = [
        Voice(match=n, at=NOW + at * HOUR, witness=str(who), story=n) for n, (at, who) in enumerate(hours)
    ]
    silent = Usual(listened=1e9)
    spike = find_spike(voices, silent, budget=Budget(false_alarms=1e12), at_least=at_least, now=NOW)
    assert may_fire(voices, at_least=at_least, now=NOW) == (spike is not None)


def test_the_benchmark_measures_each_kind_of_round(capsys):
    evaluation.run(clients=20, days=10, a_day=3, even=False, gather=False)
    told = capsys.readouterr().out
    assert "2 clients," in told
    assert "20 clients," in told
    assert told.count("nobody has news") == 3
    assert told.count("everybody has news") == 4
    assert "0 clients wait, 2 incidents" in told
