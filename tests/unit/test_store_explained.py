"""What is stored of why a mention is about a client, on SQLite and on PostgreSQL."""

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, found, score

from listener.domain.explain import explain
from listener.domain.identity import identity_hash
from listener.domain.item import Item
from listener.domain.query import parse_query
from listener.domain.reading import Reading
from listener.store import mentions, tables
from listener.store.explained import Verdict, explained
from listener.store.mentions import Incoming, Judged

WHY = explain("mills", parse_query("Mills -pie"), Reading(Item(text="Mills never sent my refund")))


@pytest.fixture
def stored(database):
    """A mention about Mills by its query and about Acme because the place is Acme's own."""
    item = found()
    judged = (
        Judged(client_id="mills", score=score(), explanation=WHY),
        Judged(client_id="acme", score=score()),
    )
    with database.write() as connection:
        add_client(connection, "mills")
        add_client(connection, "acme")
        incoming = Incoming(
            found=item,
            identity=identity_hash("rss", "https://feeds.example/", item.external_id),
            witness="author:ann",
            judged=judged,
        )
        mentions.add(
            connection,
            [incoming],
            target_id=add_target(connection),
            kind="rss",
            backfill=frozenset(),
            now=NOW,
        )
        return connection.execute(sa.select(tables.mentions.c.id)).scalar_one()


def read(database, mention_id):
    with database.read() as connection:
        return explained(connection, mention_id)


def test_a_match_keeps_why_its_query_was_true(database, stored):
    acme, mills = read(database, stored)
    assert (mills.client, mills.explanation, mills.stored) == ("Mills", WHY, "because")
    assert (acme.client, acme.explanation, acme.verdict) == ("Acme", None, None)


def test_no_explanation_is_no_value_in_the_database(database, stored):
    without = sa.select(tables.matches.c.client_id).where(tables.matches.c.explanation.is_(None))
    with database.read() as connection:
        assert connection.execute(without).scalars().all() == ["acme"]
    assert len(read(database, stored)) == 2


def test_what_a_person_said_stands_beside_it_and_outlives_the_match(database, stored):
    said = {"mention_id": stored, "client_id": "mills", "about": False, "who": "jo", "at": NOW}
    with database.write() as connection:
        connection.execute(sa.insert(tables.marked).values(said))
        connection.execute(sa.delete(tables.matches).where(tables.matches.c.client_id == "mills"))
    _, mills = read(database, stored)
    assert mills.stored is None
    assert mills.verdict == Verdict(about=False, who="jo", at=NOW)


def test_a_mention_that_is_not_there_has_none(database, stored):
    assert read(database, stored + 1) == []
