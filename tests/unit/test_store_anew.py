"""Many matches labelled anew at once: the same books as one by one, on SQLite and on PostgreSQL."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, found, incoming, key, score

from listener.domain.sentiment import LABELS
from listener.domain.voices import decided
from listener.store import anew, matches, mentions, tables
from listener.store.anew import Fresh
from listener.store.engine import open_database
from listener.store.voices import as_testimony

BOTH = ("mills", "acme")


@pytest.fixture
def target(database):
    with database.write() as connection:
        for name in BOTH:
            add_client(connection, name)
        return add_target(connection)


def stored(database, target, items, *, backfill=()):
    with database.write() as connection:
        mentions.add(
            connection,
            list(items),
            target_id=target,
            kind="rss",
            backfill=frozenset(backfill),
            now=NOW + timedelta(days=4),
        )


def history(chance, count):
    """Some people who tell some stories over three days, in any order, each about both clients, all by the scorer test-1."""
    for number in range(count):
        at = NOW + timedelta(minutes=chance.randrange(3 * 24 * 60))
        own = chance.random() < 0.1
        yield incoming(
            found(f"{number}", published_at=at),
            by=f"author:{chance.randrange(count // 6)}",
            story=key(f"story {chance.randrange(count // 6)}") if chance.random() < 0.6 else None,
            clients=BOTH,
            label=chance.choice((*LABELS, "negative", "negative", "positive")),
            own=own,
        )


def rows(database, client):
    with database.read() as connection:
        return connection.execute(
            sa.select(tables.matches, tables.mentions.c.witness, tables.mentions.c.story_id)
            .join(tables.mentions, tables.mentions.c.id == tables.matches.c.mention_id)
            .where(tables.matches.c.client_id == client)
            .order_by(tables.matches.c.id)
        ).all()


def books(database, client):
    """All that may differ between two clients with the same history: labels, voices, and every bucket."""
    with database.read() as connection:
        counts = connection.execute(
            sa.select(tables.counts)
            .where(tables.counts.c.client_id == client)
            .order_by(tables.counts.c.bucket_at)
        ).all()
    said = [
        (one.mention_id, one.label, one.score, one.scorer, one.reasons, one.voice, one.praise)
        for one in rows(database, client)
    ]
    return said, [tuple(one)[1:] for one in counts]


def assert_voices_of_both_sides(standing):
    lines = [as_testimony(one) for one in standing]
    assert [one.voice for one in standing] == decided(lines, ())
    assert [one.praise for one in standing] == decided(lines, (), side="positive")


def newer(label):
    return replace(score(label), scorer="test-2")


def fresh(one, label):
    return Fresh(match_id=one.id, was=one.scorer, score=newer(label))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [7, 1000])
def test_a_page_at_once_leaves_the_same_books_as_one_match_after_the_other(database, target, seed, size):
    chance = random.Random(seed)
    items = list(history(chance, 60))
    stored(database, target, items[:40])
    stored(database, target, items[40:50], backfill=BOTH)
    stored(database, target, items[50:])
    labels = {one.mention_id: chance.choice(LABELS) for one in rows(database, "mills")}
    singly = rows(database, "mills")
    chance.shuffle(singly)
    with database.write() as connection:
        for one in singly:
            matches.relabel(connection, one.id, newer(labels[one.mention_id]))
    for_acme = [fresh(one, labels[one.mention_id]) for one in rows(database, "acme")]
    for start in range(0, len(for_acme), size):
        with database.write() as connection:
            anew.relabel(connection, for_acme[start : start + size])
    assert books(database, "acme") == books(database, "mills")
    assert_voices_of_both_sides(rows(database, "acme"))


@pytest.mark.parametrize("seed", range(2))
def test_after_every_page_the_voices_are_those_of_the_labels_that_stand(database, target, seed):
    chance = random.Random(seed)
    stored(database, target, history(chance, 60))
    changes = [fresh(one, chance.choice(LABELS)) for one in rows(database, "mills")]
    for start in range(0, len(changes), 10):
        with database.write() as connection:
            anew.relabel(connection, changes[start : start + 10])
        assert_voices_of_both_sides(rows(database, "mills"))


def test_what_changed_since_it_was_read_is_left_as_it_is(database, target):
    stored(database, target, [incoming(by=f"author:{n}") for n in range(3)])
    read = rows(database, "mills")
    with database.write() as connection:
        matches.relabel(connection, read[0].id, replace(score("neutral"), scorer="dana"))
        matches.withdraw(connection, read[1].mention_id, "mills")
        written = anew.relabel(connection, [fresh(one, "positive") for one in read])
    assert written == 1
    assert [(one.label, one.scorer) for one in rows(database, "mills")] == [
        ("neutral", "dana"),
        ("positive", "test-2"),
    ]


def test_a_label_that_stays_gets_the_newer_score_and_its_reasons(database, target):
    stored(database, target, [incoming()])
    (one,) = rows(database, "mills")
    before = books(database, "mills")[1]
    better = replace(newer("negative"), value=-0.9, reasons=("because", "cue: refund"))
    with database.write() as connection:
        assert anew.relabel(connection, [Fresh(match_id=one.id, was="test-1", score=better)]) == 1
    (now,) = rows(database, "mills")
    assert (now.score, now.scorer, now.reasons, now.voice) == (
        -0.9,
        "test-2",
        ["because", "cue: refund"],
        True,
    )
    assert books(database, "mills")[1] == before


def test_pages_are_read_in_order_of_storing_and_go_on_behind_the_last(database, target):
    stored(database, target, [incoming(by=f"author:{n}") for n in range(5)])
    ids = [one.id for one in rows(database, "mills")]
    with database.read() as connection:
        first = anew.page(connection, "mills", since=None, after=0, limit=3)
        rest = anew.page(connection, "mills", since=None, after=first[-1].match_id, limit=3)
        assert anew.page(connection, "mills", since=NOW + timedelta(days=1), after=0, limit=3) == []
    assert [one.match_id for one in (*first, *rest)] == ids
    assert (first[0].text, first[0].scorer, first[0].reasons) == (
        "Mills never sent my refund",
        "test-1",
        ("because",),
    )


def test_matches_of_clients_that_left_are_counted(database, target):
    stored(database, target, [incoming(clients=BOTH), incoming(by="author:bob")])
    with database.read() as connection:
        assert anew.left_behind(connection, {"acme"}, since=None) == 2
        assert anew.left_behind(connection, set(BOTH), since=None) == 0
        assert anew.left_behind(connection, {"acme"}, since=NOW + timedelta(days=1)) == 0


def test_beside_somebody_who_stores_the_books_agree_in_the_end(database, database_url, target):
    """As a daemon and a command do: two writers on one database, the same people on both sides."""
    chance = random.Random(7)
    stored(database, target, history(chance, 60))
    arriving = [[one] for one in history(chance, 30)]
    with closing(open_database(database_url)) as daemon, ThreadPoolExecutor(1) as pool:
        busy = pool.submit(lambda: [stored(daemon, target, some) for some in arriving])
        changes = [fresh(one, chance.choice(LABELS)) for one in rows(database, "mills")]
        for start in range(0, len(changes), 4):
            with database.write() as connection:
                anew.relabel(connection, changes[start : start + 4])
        busy.result(timeout=60)
    standing = rows(database, "mills")
    assert len(standing) == 90
    assert_voices_of_both_sides(standing)
    with database.read() as connection:
        totals = [sa.func.sum(tables.counts.c[name]) for name in ("mentions", "negative", "voices", "praise")]
        counted = connection.execute(sa.select(*totals).where(tables.counts.c.client_id == "mills")).one()
    complaints = sum(one.label == "negative" and not one.own for one in standing)
    voices = sum(one.voice for one in standing), sum(one.praise for one in standing)
    assert tuple(counted) == (90, complaints, *voices)
