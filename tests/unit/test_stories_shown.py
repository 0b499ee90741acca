"""`listener mentions --stories`: the first mention of each story, its copies, who tells it."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, author, found, incoming, key
from saying import saying

from listener.store import mentions, tables
from listener.store.engine import open_database
from listener.store.reading import Wanted
from listener.store.tellings import PAGE, stories

CONFIG = """\
database: sqlite:///listener.db
watch_lists:
  - name: key-accounts
    clients: [{name: Mills, sources: [{rss: "https://feeds.example/"}]}, {name: Acme, sources: [{rss: "https://feeds.example/2"}]}]
"""


def telling(
    text, *, story, minutes, by=None, host="gazette.example", clients=("mills",), label="negative", **more
):
    item = found(
        text, author=author(by) if by else None, published_at=NOW + timedelta(minutes=minutes), **more
    )
    witness = f"author:{by}" if by else f"host:{host}"
    return replace(incoming(item, by=witness, clients=clients, label=label), story_keys=(key(story),))


def fill(database):
    """One story of four mentions about two clients, stored in another order than told, and one of a single post."""
    with database.write() as connection:
        add_client(connection, "mills")
        add_client(connection, "acme")
        one, other = add_target(connection), add_target(connection, scope="https://other.example/")
        pages = [
            (one, [telling("Mills closes in Truro", story="closing", minutes=-50, by="rosa", title="Closing", url="https://a.example/1")]),
            (other, [
                telling("Mills shuts", story="closing", minutes=-90, clients=("mills", "acme"), label="neutral", url="https://b.example/2"),
                telling("Mills shut", story="closing", minutes=-40, by="rosa"),
                telling("Mills shut!", story="closing", minutes=-30, host="herald.example"),
            ]),
            (one, [telling("=HYPERLINK(1) nice Mills", story="shop", minutes=-20, by="jim", label="positive")]),
        ]  # fmt: skip
        for target, items in pages:
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=NOW)


@pytest.fixture
def filled(database):
    fill(database)
    return database


def read(database, **wanted):
    with database.read() as connection:
        return list(stories(connection, Wanted(**wanted)))


def test_the_first_to_tell_is_the_first_in_time_not_in_the_database(filled):
    closing, shop = read(filled)
    assert [one.text for one in closing.told] == [
        "Mills shuts",
        "Mills closes in Truro",
        "Mills shut",
        "Mills shut!",
    ]
    assert closing.first.source == "rss https://other.example/"
    assert (closing.copies_count, shop.copies_count) == (3, 0)


def test_who_tells_it_is_counted_by_witness_in_the_order_of_telling(filled):
    assert list(read(filled)[0].authors.values()) == ["gazette.example", "Rosa", "herald.example"]


def test_the_labels_are_counted_for_each_client(filled):
    assert read(filled)[0].labels == {"Acme": {"neutral": 1}, "Mills": {"neutral": 1, "negative": 3}}


@pytest.mark.parametrize(
    ("wanted", "found_stories"),
    [
        ({}, [3, 0]),
        ({"client": "Acme"}, [3]),
        ({"client": "acme"}, [3]),
        ({"label": "positive"}, [0]),
        ({"label": "unknown"}, []),
        ({"since": NOW - timedelta(minutes=35)}, [3, 0]),
        ({"since": NOW - timedelta(minutes=25)}, [0]),
        ({"client": "Acme", "label": "negative"}, []),
    ],
)
def test_a_story_with_one_mention_that_is_wanted_is_shown_whole(filled, wanted, found_stories):
    assert [one.copies_count for one in read(filled, **wanted)] == found_stories


def test_more_stories_than_are_read_at_once_are_all_read_once(database):
    with database.write() as connection:
        add_client(connection, "mills")
        many = [telling(f"Mills {number}", story=f"s{number}", minutes=0) for number in range(PAGE + 5)]
        mentions.add(
            connection, many, target_id=add_target(connection), kind="rss", backfill=frozenset(), now=NOW
        )
    assert len({one.id for one in read(database)}) == PAGE + 5


def test_a_mention_that_is_about_nobody_any_more_is_no_part_of_a_story(filled):
    with filled.write() as connection:
        connection.execute(
            sa.delete(tables.matches).where(
                tables.matches.c.client_id == "mills", tables.matches.c.label == "negative"
            )
        )
    assert [one.text for one in read(filled)[0].told] == ["Mills shuts"]


@pytest.fixture
def config(tmp_path, sqlite_url):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    opened = open_database(sqlite_url)
    fill(opened)
    opened.close()
    return path


def test_the_table_has_a_row_a_story(config):
    said = saying("mentions", "-c", config, "--stories")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].split() == ["first", "at", "copies", "clients", "source", "told", "by"]
    assert "2026-03-02 10:30  3" in lines[1]
    assert "gazette.example, Rosa, herald.example" in lines[1]
    assert lines[2].strip() == "Mills shuts https://b.example/2"
    assert len(lines) == 5


def test_json_lines_hold_every_telling(config):
    out = saying("mentions", "-c", config, "--stories", "--client", "Mills", "--format", "jsonl").out
    closing, shop = map(json.loads, out.splitlines())
    assert (closing["copies"], closing["authors_count"], closing["author"]) == (3, 3, "gazette.example")
    assert closing["clients"] == {"Acme": {"neutral": 1}, "Mills": {"neutral": 1, "negative": 3}}
    assert [one["url"] for one in closing["told"]] == [
        "https://b.example/2",
        "https://a.example/1",
        None,
        None,
    ]
    assert closing["sources"] == ["rss https://other.example/", "rss https://feeds.example/"]
    assert (shop["told"][0]["labels"], shop["authors"]) == ({"Mills": "positive"}, ["Jim"])


def test_csv_holds_no_formula(config):
    rows = list(
        csv.DictReader(io.StringIO(saying("mentions", "-c", config, "--stories", "--format", "csv").out))
    )
    assert [row["copies"] for row in rows] == ["3", "0"]
    assert rows[1]["text"] == "'=HYPERLINK(1) nice Mills"
    assert rows[0]["clients"] == "Acme: 1 neutral; Mills: 3 negative, 1 neutral"


def test_many_authors_are_named_in_part(config, sqlite_url):
    opened = open_database(sqlite_url)
    with opened.write() as connection:
        more = [
            telling("Mills shut", story="closing", minutes=-5, host=f"paper{number}.example")
            for number in range(9)
        ]
        mentions.add(connection, more, target_id=1, kind="rss", backfill=frozenset(), now=NOW)
    opened.close()
    assert (
        "gazette.example, Rosa, herald.example and 9 more"
        in saying("mentions", "-c", config, "--stories").out
    )


@pytest.mark.parametrize("words", [["--client", "Nobody"], ["--since", "soon"]])
def test_a_choice_that_makes_no_sense_exits_2(config, words):
    assert saying("mentions", "-c", config, "--stories", *words).code == 2
