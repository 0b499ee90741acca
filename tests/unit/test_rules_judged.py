"""What the rules of a list make of what was said: surges of talk, good news, planned events, and many clients at once."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming, key

from listener.alerting.digest import now_told
from listener.alerting.evaluate import Round, evaluate
from listener.alerting.surges import surges
from listener.domain.planned import Event
from listener.domain.rules import GatherRule, GoodNewsRule, Rules, SpikeRule, Watched
from listener.domain.telling import Telling
from listener.domain.usual import Usual
from listener.store import baselines, incidents, mentions, recent, tables

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOURLY = range(0, 60, 2)


def watched(name="mills", **rules):
    return Watched(
        client=client(name),
        rules=Rules(**rules),
        receivers=("accounts",),
        telling=Telling(group_wait=timedelta(0)),
    )


@pytest.fixture
def target(database):
    with database.write() as connection:
        add_client(connection)
        target = add_target(connection, complete_from_at=NOW - 20 * DAY)
        since = {"audience": "list:key-accounts", "since_at": NOW - 20 * DAY}
        connection.execute(sa.insert(tables.hearings).values(target_id=target, **since))
        connection.execute(sa.update(tables.clients).values(joined_at=NOW - 30 * DAY))
        return target


@pytest.fixture
def say(database, target):
    def put(*minutes, now=NOW, label="negative", by="ann", clients=("mills",), **more):
        items = [
            incoming(
                found(published_at=now - timedelta(minutes=m)),
                by=f"{by}:{n}",
                label=label,
                clients=clients,
                **more,
            )
            for n, m in enumerate(minutes)
        ]
        with database.write() as connection:
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=now)

    return put


def judge(database, *clients, now=NOW, **rules):
    clients = clients or (watched(**rules),)
    return evaluate(database, {one.client.id: one for one in clients}, now=now)


def told(database):
    with database.read() as connection:
        return connection.scalars(sa.select(tables.outbox.c.message).order_by(tables.outbox.c.id)).all()


def noted(database):
    with database.read() as connection:
        return surges(connection, ["mills"], since=NOW - 10 * DAY).get("mills", [])


# A surge of talk


def test_a_surge_of_talk_with_few_complaints_in_it_calls_nobody_and_is_kept_for_the_digest(
    database, say, caplog
):
    caplog.set_level(logging.INFO)
    say(*HOURLY, label="neutral", by="reader")
    say(*range(0, 60, 10))
    assert judge(database) == Round()
    (surge,) = noted(database)
    assert (surge.complain, surge.spoke, surge.usual) == (6, 36, 0.2)
    assert "surge-explained client=Mills complain=6 spoke=36" in caplog.text
    with database.read() as connection:
        digest = now_told(connection, {"mills": watched()}, "daily", watch_lists=(), zone=UTC, now=NOW)
    told_of = next(one.lines for one in digest.sections if one.title == "Alarmed")
    assert any(line.startswith("Mills: much talk, 6 of 36 complained in ") for line in told_of), told_of


def test_the_same_number_of_complaints_without_the_talk_is_an_alert(database, say):
    say(*range(0, 60, 10))
    assert judge(database).opened == 1


def test_copies_of_a_neutral_story_and_the_complainers_own_words_are_no_talk(database, say):
    say(*HOURLY, label="neutral", by="host", story=key("wire"))
    say(*range(0, 60, 10), label="neutral")
    say(*range(0, 60, 10))
    assert judge(database).opened == 1


def test_a_burst_of_complaint_on_a_day_of_praise_is_found_in_its_own_window(database, say):
    say(*range(90, 1400, 20), label="positive", by="fan")
    say(*range(120, 1400, 240), by="grumbler")
    say(*range(0, 30, 5))
    assert judge(database, good_news=None).opened == 1


def test_a_surge_is_written_down_once_and_again_where_it_grew(database, say):
    say(*HOURLY, label="neutral", by="reader")
    say(*range(0, 60, 10))
    judge(database)
    say(1, label="neutral", by="another")
    judge(database)
    assert [one.spoke for one in noted(database)] == [36]
    say(*range(60), label="neutral", by="more")
    judge(database)
    assert [one.spoke for one in noted(database)] == [97]


def test_the_usual_share_leaves_out_what_an_incident_brought(database, say):
    for days in (3, 5):
        say(*range(0, 50, 5), now=NOW - days * DAY, by=f"day{days}")
    say(*range(0, 100, 10), now=NOW - 4 * DAY, label="neutral", by="calm")
    with database.write() as connection:
        incident = incidents.open_incident(
            connection,
            client_id="mills",
            rule="negative_spike",
            now=NOW - 3 * DAY,
            evidence={"window_h": 1},
            last_match_id=0,
        )
        incidents.resolve(connection, incident.id, now=NOW - 3 * DAY + HOUR, last_match_id=0)
        span = NOW - 10 * DAY, NOW
        past = [
            (start - 6 * HOUR, end)
            for start, end, _ in baselines.episodes(
                connection, "mills", "negative_spike", since=span[0], until=span[1]
            )
        ]
        whole = recent.share(connection, "mills", since=span[0], until=span[1])
        without = recent.share(connection, "mills", since=span[0], until=span[1], without=past)
    assert (whole.complaints, whole.others) == (20, 10)
    assert (without.complaints, without.others) == (10, 10)


# Good news


def test_many_who_praise_are_good_news_told_once_and_nobody_has_to_take_it(database, say):
    say(*range(0, 50, 5), label="positive", by="fan")
    assert judge(database) == Round(good_news=1)
    (message,) = told(database)
    assert (message["kind"], message["id"]) == ("good_news", "mills/good_news/1/good_news")
    assert message["headline"].startswith("10 people, 10 stories, positive in the last")
    with database.read() as connection:
        assert incidents.going_on(connection) == []


def test_after_good_news_there_is_none_for_a_day_and_what_came_in_it_makes_no_more(database, say):
    say(*range(0, 50, 5), label="positive", by="fan")
    judge(database)
    for hours in (1, 12, 23):
        say(*range(0, 50, 5), now=NOW + hours * HOUR, label="positive", by=f"fan{hours}")
        assert judge(database, now=NOW + hours * HOUR) == Round()
    say(0, now=NOW + 24.5 * HOUR, label="positive", by="late")
    assert judge(database, now=NOW + 24.5 * HOUR) == Round()
    say(*range(0, 50, 5), now=NOW + 40 * HOUR, label="positive", by="again")
    assert judge(database, now=NOW + 40 * HOUR) == Round(good_news=1)
    assert [one["id"] for one in told(database)] == [f"mills/good_news/{n}/good_news" for n in (1, 2)]


def test_one_fan_many_times_copies_and_own_words_are_no_good_news(database, say):
    say(*range(0, 50, 5), label="positive", by="shop", own=True)
    say(*range(0, 50, 5), label="positive", by="host", story=key("wire"))
    for minutes in range(0, 50, 5):
        say(minutes, label="positive", by="fan")
    assert judge(database) == Round()


def test_good_news_can_be_switched_off_and_asks_for_as_many_people_as_its_rule_says(database, say):
    say(*range(0, 50, 5), label="positive", by="fan")
    assert judge(database, good_news=None) == Round()
    say(0, label="positive", by="new")
    assert judge(database, good_news=GoodNewsRule(at_least=12)) == Round()
    say(1, label="neutral", by="new")
    assert judge(database) == Round(good_news=1)


# Planned events


def planned(**event):
    return (Event(name="sale", since=NOW - DAY, until=NOW + DAY, **event),)


def test_a_planned_event_raises_what_is_expected_in_its_days(database, say):
    for hours in range(40, 19 * 24, 8):
        say(0, now=NOW - hours * HOUR, by=f"{hours} h ago")
    say(*range(0, 60, 12))
    raised = replace(watched(), events=planned(expect=50))
    assert judge(database, raised) == Round()
    say(0, by="one more")
    past = Event(name="old", since=NOW - 9 * DAY, until=NOW - 2 * DAY, expect=50)
    assert judge(database, replace(watched(), events=(past,))).opened == 1


def test_an_event_for_which_complaints_are_stricter_fires_where_it_would_not(database, say):
    """Where one complaint a day is usual three in four hours are too few for the budget, and enough for three times as much."""
    for days in range(1, 20):
        say(0, now=NOW - days * DAY, by=f"day{days}")
    say(10, 130, 250, by="now")
    rule = SpikeRule(false_alarms=1.5)
    assert judge(database, watched(negative_spike=rule)) == Round()
    say(1, label="neutral", by="news")
    stricter = replace(watched(negative_spike=rule), events=planned(stricter=True))
    assert judge(database, stricter).opened == 1


# Many clients


NAMES = [f"client{n:03}" for n in range(60)]


@pytest.fixture
def many(database, target):
    with database.write() as connection:
        for name in NAMES:
            add_client(connection, name)


def statements(database, work):
    seen = []

    def note(connection, cursor, statement, *_):
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(seen)


def test_a_round_takes_as_many_statements_for_many_clients_as_for_few(database, many, say):
    rules = {
        "negative_spike": SpikeRule(false_alarms=1e-300, at_least=1),
        "good_news": GoodNewsRule(false_alarms=1e-300, at_least=1),
        "each_negative": GatherRule(),
    }
    everybody = [watched(name, **rules) for name in NAMES]
    taken = []
    for number, some in enumerate((NAMES, NAMES[:2], NAMES, NAMES[:2])):
        now = NOW + number * timedelta(minutes=1)
        say(1, 2, 3, now=now, label="positive", by=f"fan{number}", clients=some)
        say(2, now=now, by=f"ann{number}", clients=some)
        taken.append(statements(database, lambda now=now: judge(database, *everybody, now=now)))
    _, _, for_many, for_few = taken
    assert for_many <= for_few + 2 * len(NAMES)  # a row of `each_negative` a client, and nothing else
    assert for_few <= 40


def test_a_client_whose_baseline_cannot_be_read_holds_up_no_other(database, many, say, caplog):
    say(*range(0, 50, 5), clients=NAMES[:3])
    with database.write() as connection:
        no_hours = {**Usual(at=NOW, since=NOW - timedelta(days=20)).to_json(), "rhythm": [], "told": 0}
        baselines.keep(connection, {NAMES[1]: no_hours}, "negative_spike", now=NOW)
    clients = [watched(name) for name in NAMES[:3]]
    assert judge(database, *clients).opened == 2
    assert f"evaluate-fault client={NAMES[1]}" in caplog.text
    with database.write() as connection:
        connection.execute(sa.delete(tables.baselines))
    assert judge(database, *clients).opened == 1


def test_a_group_of_which_one_cannot_be_read_is_told_for_the_others(database, many, say):
    clients = [watched(name, negative_spike=None, each_negative=GatherRule()) for name in NAMES[:3]]
    say(1, clients=NAMES[:3])
    judge(database, *clients)
    with database.write() as connection:
        connection.execute(
            sa.update(tables.rule_states)
            .where(tables.rule_states.c.client_id == NAMES[1])
            .values(state={"day": "", "unheard": "of"})
        )
    say(1, by="bob", clients=NAMES[:3])
    later = NOW + timedelta(minutes=20)
    done = judge(database, *clients, now=later)
    assert done.gathered == 2
    assert {one["client"] for one in told(database)} == {"Client000", "Client002"}
    assert datetime.fromisoformat(told(database)[0]["at"]) == later
