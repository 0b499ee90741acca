"""Stored mentions read back as items, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
from builders import NOW, add_client, add_target, found, incoming

from listener.domain.found import Author
from listener.domain.item import item_of
from listener.store import mentions
from listener.store.stored import PAGE, all_kept, kept

SCOPE = "https://feeds.example/"
NAMES = {("rss", SCOPE, ""): "Globe business"}


@pytest.fixture
def add(database):
    with database.write() as connection:
        add_client(connection)
        target = add_target(connection, SCOPE)

    def put(*items, now=NOW):
        with database.write() as connection:
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=now)

    return put


def read(database, **wanted):
    with database.read() as connection:
        return list(all_kept(connection, **wanted))


def full():
    return found(
        title="Mills charged twice",
        url="https://news.globe.example/a",
        site="https://globe.example/",
        author=Author(key="7", name="Jane Roe", handle="jane", reach=1200),
        language="en",
        links=("https://mills.example/help",),
        engagement={"likes": 3},
    )


def test_a_stored_mention_is_the_item_that_was_found(database, add):
    item = full()
    add(incoming(item))
    (one,) = read(database, names=NAMES)
    assert one.item == item_of(item, kind="rss", source="Globe business")
    assert one.found.engagement == {"likes": 3}


def test_a_source_without_a_name_is_called_by_its_scope(database, add):
    add(incoming(full()))
    assert read(database)[0].item.source == SCOPE


def test_an_item_that_names_nobody_has_no_author(database, add):
    add(incoming(found(author=None)))
    assert read(database)[0].item.author == ()


def test_one_mention_is_read_by_its_number(database, add):
    add(incoming(), incoming(found("Mills opens a shop")))
    last = read(database)[-1]
    with database.read() as connection:
        assert kept(connection, last.mention_id) == last
        assert kept(connection, last.mention_id + 1) is None


def test_all_are_read_in_order_and_each_once_over_many_pages(database, add):
    add(*(incoming(by=f"author:{n}") for n in range(PAGE + 5)))
    numbers = [one.mention_id for one in read(database)]
    assert len(numbers) == PAGE + 5
    assert numbers == sorted(set(numbers))
    assert [one.mention_id for one in read(database, after=numbers[PAGE])] == numbers[PAGE + 1 :]


def test_older_ones_are_left_out(database, add):
    add(incoming(found(published_at=NOW - timedelta(days=3))), incoming(found(published_at=NOW)))
    assert [one.counted_at for one in read(database, since=NOW - timedelta(days=1))] == [NOW]
