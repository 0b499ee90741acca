"""How queries fared by the database: what matched nothing, and what people took back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, found, incoming

from listener.store import fared, gaps, mentions, tables
from listener.store.fared import TakenBack

DAY = timedelta(days=1)
SINCE = NOW - 30 * DAY


@pytest.fixture
def heard(database):
    """A client that has been asked for and heard for 60 days."""
    with database.write() as connection:
        add_client(connection)
        connection.execute(sa.update(tables.clients).values(asked_at=NOW - 60 * DAY))
        target = add_target(connection)
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=target, audience="list:key-accounts", since_at=NOW - 60 * DAY
            )
        )
    return target


def change(database, statement):
    with database.write() as connection:
        connection.execute(statement)


def silent(database):
    with database.read() as connection:
        return fared.silent(connection, since=SINCE, now=NOW)


def taken_back(database):
    with database.read() as connection:
        return fared.taken_back(connection, since=SINCE)


def add(database, target, *items, now=NOW):
    with database.write() as connection:
        mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=now)
        return list(connection.scalars(sa.select(tables.mentions.c.id).order_by(tables.mentions.c.id)))


def test_a_query_that_matched_nothing_while_it_could_hear_is_told(database, heard):
    assert silent(database) == ["mills"]


def test_one_mention_is_enough(database, heard):
    add(database, heard, incoming(found(published_at=NOW - 3 * DAY)))
    assert silent(database) == []


def test_mentions_of_an_earlier_time_do_not_count(database, heard):
    add(database, heard, incoming(found(published_at=NOW - 45 * DAY)), now=NOW - 45 * DAY)
    assert silent(database) == ["mills"]


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(tables.clients).values(asked_at=NOW - 2 * DAY),
        sa.update(tables.clients).values(active=False),
        sa.update(tables.targets).values(active=False),
        sa.update(tables.hearings).values(since_at=None),
        sa.update(tables.hearings).values(since_at=NOW - 2 * DAY),
        sa.update(tables.hearings).values(audience="list:others"),
    ],
)
def test_a_new_query_or_one_that_nobody_could_hear_is_not_told(database, heard, statement):
    change(database, statement)
    assert silent(database) == []


@pytest.mark.parametrize(("deaf_from", "told"), [(25, []), (3, ["mills"])])
def test_a_source_that_was_deaf_most_of_the_time_could_not_hear(database, heard, deaf_from, told):
    with database.write() as connection:
        gaps.open_gap(connection, heard, NOW - deaf_from * DAY, "it does not answer")
    assert silent(database) == told


def test_what_was_taken_back_is_held_against_what_was_heard(database, heard):
    numbers = add(database, heard, *(incoming(by=f"author:{n}") for n in range(8)))
    with database.write() as connection:
        for number in numbers[:5]:
            connection.execute(sa.delete(tables.matches).where(tables.matches.c.mention_id == number))
        rows = [
            {"mention_id": number, "client_id": "mills", "about": n > 4, "who": "dana", "at": NOW}
            for n, number in enumerate(numbers[:6])
        ]
        connection.execute(sa.insert(tables.marked), rows)
    assert taken_back(database) == [TakenBack(client_id="mills", wrong_count=5, heard_count=8)]


def test_marks_from_before_the_query_changed_do_not_count(database, heard):
    (number,) = add(database, heard, incoming())
    row = {"mention_id": number, "client_id": "mills", "about": False, "who": "dana", "at": NOW - 3 * DAY}
    change(database, sa.insert(tables.marked).values(row))
    assert taken_back(database)[0].wrong_count == 1
    change(database, sa.update(tables.clients).values(asked_at=NOW - 2 * DAY))
    assert taken_back(database) == []


def test_what_was_published_before_a_client_was_asked_for_is_held_against_its_marks_too(database, heard):
    first, *_ = add(
        database, heard, *(incoming(found(published_at=NOW - 5 * DAY), by=f"author:{n}") for n in range(8))
    )
    with database.write() as connection:
        connection.execute(sa.update(tables.clients).values(asked_at=NOW - DAY))
        connection.execute(sa.delete(tables.matches).where(tables.matches.c.mention_id == first))
        row = {"mention_id": first, "client_id": "mills", "about": False, "who": "dana", "at": NOW}
        connection.execute(sa.insert(tables.marked), [row])
    assert taken_back(database) == [TakenBack(client_id="mills", wrong_count=1, heard_count=8)]
