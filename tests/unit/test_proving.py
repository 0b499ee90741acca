"""The proof of an alert as it is read from the database: new words against history, the counts, the biggest story."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming

from listener.alerting.evaluate import evaluate
from listener.domain.chart import Chart
from listener.domain.message import Message
from listener.domain.rules import Rules, Watched
from listener.domain.telling import Escalation, Telling
from listener.store import incidents, mentions, revised, said_before, tables

HOUR = timedelta(hours=1)
WATCHED = Watched(
    client=client("mills"),
    rules=Rules(),
    receivers=("accounts",),
    telling=Telling(group_wait=timedelta(0)),
)
USUAL = (
    "Mills delivery came late",
    "the Mills shop was crowded",
    "paint at Mills is dear",
    "Mills parking is full",
)


@pytest.fixture
def target(database):
    with database.write() as connection:
        add_client(connection, "mills")
        add_client(connection, "acme")
        target = add_target(connection, complete_from_at=NOW)
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=target, audience="list:key-accounts", since_at=NOW - timedelta(days=40)
            )
        )
        return target


@pytest.fixture
def say(database, target):
    def put(texts, *, at=NOW, apart=timedelta(minutes=4), now=None, **more):
        items = [
            incoming(found(text, published_at=at - number * apart), by=f"author:{at}:{number}", **more)
            for number, text in enumerate(texts)
        ]
        with database.write() as connection:
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=now or at)

    return put


def the_message(database):
    with database.read() as connection:
        (row,) = connection.execute(sa.select(tables.outbox)).all()
        return Message.from_json(row.message)


COMPLAINTS = [
    "Mills charged me twice, where is my refund?",
    "refund! Mills charged me twice",
    "No refund from Mills for weeks",
    "Mills delivery came late and no refund",
    "charged me twice at Mills, nobody cares",
    "Mills keeps my refund",
]


def test_the_message_says_which_words_are_new_and_draws_the_day(database, say):
    for days in range(2, 28):
        say(USUAL, at=NOW - timedelta(days=days), label="neutral")
    say(COMPLAINTS)
    assert evaluate(database, {"mills": WATCHED}, now=NOW).opened == 1
    message = the_message(database)
    assert message.words == ("refund", "charged me twice")
    assert "New words: refund (5 people), charged me twice (3)." in message.lines
    assert message.chart is not None
    assert sum(message.chart.counts) == 6
    first, end = message.chart.marked
    assert sum(message.chart.counts[first:end]) == 6
    assert len(message.chart.usual) == 24
    with database.read() as connection:
        kept = incidents.going_on(connection)[0].evidence
    assert Chart.from_json(kept["chart"]) == message.chart
    assert [one["text"] for one in kept["words"]] == ["refund", "charged me twice"]


SUED = [
    "There is a lawsuit now, Mills",
    "Mills: lawsuit!",
    "lawsuit. At last, against Mills",
    "who else is in that lawsuit? Mills has it coming",
    "Mills and the lawsuit",
    "a lawsuit. And my refund?",
    "refund. Or else a lawsuit, Mills",
    "Mills, where is the refund",
]


@pytest.fixture
def going_on(database, say):
    """A function that goes on with an incident of people who want refunds; it gives the message that is told then."""
    say(USUAL * 25, at=NOW - timedelta(days=2), apart=6 * HOUR, label="neutral")
    say(COMPLAINTS)
    evaluate(database, {"mills": WATCHED}, now=NOW)

    def go(after, *, watched=WATCHED):
        evaluate(database, {"mills": watched}, now=NOW + after)
        with database.read() as connection:
            query = sa.select(tables.outbox.c.message).order_by(tables.outbox.c.id.desc())
            return Message.from_json(connection.scalars(query).first())

    return go


def test_one_that_grows_says_what_is_newly_said_and_what_is_said_still(say, going_on):
    say(SUED, at=NOW + HOUR)
    message = going_on(HOUR)
    assert (message.kind, message.words) == ("joined", ("lawsuit",))
    assert message.lines[-2:] == (
        "New words since the last message: lawsuit (7 people).",
        "Still said: refund (3 people).",
    )
    assert [one["text"] for one in message.facts["words"]] == ["lawsuit", "refund"]


def test_one_that_grows_again_does_not_call_new_what_it_told(say, going_on):
    say(SUED, at=NOW + HOUR)
    going_on(HOUR)
    say([text.replace("lawsuit", "lawsuits") + "!" for text in SUED * 2], at=NOW + 2 * HOUR)
    message = going_on(2 * HOUR)
    assert (message.kind, message.words) == ("joined", ())
    assert message.lines[-1].startswith("Still said: lawsuits (")


def test_one_that_goes_on_draws_its_course_up_to_now(say, going_on):
    say(SUED, at=NOW + HOUR)
    chart = going_on(HOUR).chart
    first, end = chart.marked
    assert (chart.block_s, end, sum(chart.counts[first:end])) == (3600, 24, 14)
    assert chart.counts[-1] + chart.counts[-2] == 14
    assert len(chart.usual) == 24


def test_one_of_more_than_half_a_day_is_drawn_over_two(say, going_on):
    for hours in range(0, 16, 2):
        say([f"{text} {hours}" for text in SUED], at=NOW + hours * HOUR + HOUR)
        message = going_on(hours * HOUR + HOUR)
    assert (message.chart.block_s, sum(message.chart.counts)) == (7200, 6 + 8 * 8)


def test_one_that_nobody_takes_is_repeated_with_all_that_was_said_since_it_began(say, going_on):
    impatient = replace(WATCHED, telling=replace(WATCHED.telling, repeat_every=timedelta(minutes=20)))
    message = going_on(timedelta(minutes=20), watched=impatient)
    assert (message.kind, message.words) == ("still", ("refund", "charged me twice"))
    assert message.lines == ("New words since it began: refund (5 people), charged me twice (3).",)
    assert sum(message.chart.counts) == 6


def test_a_second_person_is_told_the_whole_of_it(going_on):
    asked = replace(WATCHED, escalation=Escalation(after=timedelta(minutes=20), to="Lee Park"))
    message = going_on(timedelta(minutes=20), watched=asked)
    assert (message.kind, message.words) == ("escalated", ("refund", "charged me twice"))
    assert (sum(message.chart.counts), len(message.quotes)) == (6, 3)


def test_what_its_author_deleted_is_quoted_to_nobody_who_is_told_later(database, going_on):
    with database.write() as connection:
        query = sa.select(tables.identities.c.hash).join(
            tables.mentions, tables.mentions.c.id == tables.identities.c.mention_id
        )
        _, *others = connection.scalars(query.where(tables.mentions.c.text.in_(COMPLAINTS))).all()
        assert revised.erase(connection, others, now=NOW) == 5
    asked = replace(WATCHED, escalation=Escalation(after=timedelta(minutes=20), to="Lee Park"))
    message = going_on(timedelta(minutes=20), watched=asked)
    assert message.kind == "escalated"
    assert [quote.text in COMPLAINTS for quote in message.quotes] == [True]
    assert message.lines[0] == "6 people, 6 stories by now."


def test_the_counterfactual_names_where_the_biggest_story_stands(database, say):
    say(COMPLAINTS)
    copies = [
        incoming(
            found("Mills in trouble", url=f"https://{host}.example/mills", published_at=NOW),
            by=f"host:{host}",
            story=b"wire............",
        )
        for host in ("globe", "herald", "post")
    ]
    with database.write() as connection:
        target = connection.execute(sa.select(tables.targets.c.id)).scalar_one()
        mentions.add(connection, copies, target_id=target, kind="rss", backfill=frozenset(), now=NOW)
    evaluate(database, {"mills": WATCHED}, now=NOW)
    lines = the_message(database).lines
    assert any(
        line.startswith("Without the story at globe.example (3 people) it would be 6, usual ")
        for line in lines
    )


def test_what_was_said_before_is_read_newest_first_without_own_words_and_cut(database, say, monkeypatch):
    say(["x" * 5_000], at=NOW - HOUR)
    say(["mine"], at=NOW - 2 * HOUR, own=True)
    say(["Acme is bad"], at=NOW - 3 * HOUR, clients=("acme",))
    say(["too old"], at=NOW - timedelta(days=29))
    since = NOW - timedelta(days=28)
    with database.read() as connection:
        own = said_before.of_client(connection, "mills", since=since, until=NOW)
        listed = said_before.of_list(connection, "key-accounts", "negative", since=since, until=NOW)
        praised = said_before.of_list(connection, "key-accounts", "positive", since=since, until=NOW)
    assert [len(one.text) for one in own] == [said_before.LENGTH_MOST]
    assert sorted(one.text[:4] for one in listed) == ["Acme", "xxxx"]
    assert praised == []
