"""What a page brought, stored once, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, author, found, incoming, key, score

from listener.store import matches, mentions, tables
from listener.store.mentions import Stored


@pytest.fixture
def target(database):
    with database.write() as connection:
        add_client(connection, "mills")
        add_client(connection, "acme")
        return add_target(connection)


@pytest.fixture
def add(database, target):
    def put(*items, backfill=(), now=NOW):
        with database.write() as connection:
            return mentions.add(
                connection, items, target_id=target, kind="rss", backfill=frozenset(backfill), now=now
            )

    return put


def rows(database, table, *order):
    with database.read() as connection:
        return connection.execute(sa.select(table).order_by(*(order or table.primary_key.columns))).all()


def counted(database, client="mills"):
    return {
        row.bucket_at: (row.mentions, row.negative, row.voices)
        for row in rows(database, tables.counts)
        if row.client_id == client
    }


def test_an_item_offered_twice_is_stored_once(database, add):
    item = incoming()
    assert add(item) == Stored(mentions=1, matches=1, voices=1)
    assert add(item, item) == Stored()
    assert len(rows(database, tables.mentions)) == 1


def test_one_batch_with_the_same_item_twice_stores_it_once(database, add):
    item = incoming()
    assert add(item, item).mentions == 1


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
def test_ten_thousand_items_of_one_page_are_all_stored(database, add):
    assert add(*(incoming(by=f"author:{n}") for n in range(10_000))) == Stored(
        mentions=10_000, matches=10_000, voices=10_000
    )


def test_copies_that_share_a_merge_key_are_one_mention_and_later_ones_too(database, add):
    add(incoming(merge=[key("same")]), incoming(merge=[key("same"), key("other")]))
    assert add(incoming(merge=[key("other")])).mentions == 0
    assert len(rows(database, tables.mentions)) == 1


def test_a_copy_that_is_about_another_client_too_adds_that_match(database, add):
    add(incoming(merge=[key("same")]))
    assert add(incoming(merge=[key("same")], clients=("mills", "acme"))) == Stored(
        mentions=0, matches=1, voices=1
    )


def test_items_with_a_story_key_in_common_are_one_story_and_one_voice(database, add):
    stored = add(*(incoming(by=f"host:{n}.example", story=key("wire")) for n in range(40)))
    assert stored == Stored(mentions=40, matches=40, voices=1)
    assert len({row.story_id for row in rows(database, tables.mentions)}) == 1


def test_strangers_with_the_same_words_are_as_many_voices(add):
    assert add(*(incoming(by=f"author:{n}") for n in range(30))).voices == 30


def test_a_later_page_knows_the_voices_of_an_earlier_one(add):
    add(incoming(by="author:ann"))
    assert add(incoming(by="author:ann")).voices == 0
    assert (
        add(
            incoming(found(published_at=NOW + timedelta(hours=25)), by="author:ann"),
            now=NOW + timedelta(hours=26),
        ).voices
        == 1
    )


def test_backfill_is_stored_but_is_no_voice_and_in_no_count(database, add):
    assert add(incoming(), backfill={"mills"}) == Stored(mentions=1, matches=1, voices=0)
    assert counted(database) == {}


def test_it_counts_in_the_bucket_of_the_earlier_of_published_and_fetched(database, add):
    early, future = found(published_at=NOW - timedelta(hours=3)), found(published_at=NOW + timedelta(hours=9))
    add(
        incoming(early, by="author:a"),
        incoming(future, by="author:b"),
        incoming(found(published_at=None), by="author:c"),
    )
    assert counted(database) == {NOW - timedelta(hours=3): (1, 1, 1), NOW: (2, 2, 2)}


def test_counts_grow_over_pages(database, add):
    add(incoming(by="author:a"), incoming(by="author:b", label="positive"))
    add(incoming(by="author:c"))
    assert counted(database) == {NOW: (3, 2, 2)}


def test_an_author_is_kept_once_and_its_newest_name_stays(database, add):
    add(incoming(found(author=author("ann"))))
    add(incoming(found(author=author("ann"))), incoming(found(author=author("bob"))))
    assert [row.key for row in rows(database, tables.authors)] == ["ann", "bob"]


def test_what_was_forgotten_stays_away(database, add):
    item = incoming()
    add(item)
    with database.write() as connection:
        connection.execute(sa.delete(tables.matches))
        connection.execute(sa.update(tables.identities).values(mention_id=None))
        connection.execute(sa.delete(tables.mentions))
    assert add(item) == Stored()


def test_the_order_of_storing_is_that_of_the_page(database, add):
    add(*(incoming(found(external_id=f"n{n:03}"), by=f"author:{n}") for n in range(50)))
    with database.read() as connection:
        names = connection.execute(
            sa.select(tables.mentions.c.external_id).join(tables.matches).order_by(tables.matches.c.id)
        ).scalars()
        assert list(names) == [f"n{n:03}" for n in range(50)]


def test_a_relabelled_match_gives_its_voice_to_the_next_of_its_witness(database, add):
    add(incoming(by="author:ann"), incoming(by="author:ann"), incoming(by="author:bob"))
    first, second, third = rows(database, tables.matches)
    assert (first.voice, second.voice, third.voice) == (True, False, True)
    with database.write() as connection:
        matches.relabel(connection, first.id, score("positive", 0.5))
    assert [row.voice for row in rows(database, tables.matches)] == [False, True, True]
    assert counted(database) == {NOW: (3, 2, 2)}
    with database.write() as connection:
        matches.relabel(connection, first.id, score("negative", -0.5))
    assert [row.voice for row in rows(database, tables.matches)] == [True, False, True]
    assert counted(database) == {NOW: (3, 3, 2)}


def test_it_knows_what_is_stored_about_whom(database, add):
    item = incoming()
    add(item)
    with database.read() as connection:
        assert matches.held(connection, [item.identity, key("x")]) == {(item.identity, "mills")}
