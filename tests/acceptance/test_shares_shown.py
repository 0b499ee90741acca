"""`listener shares` on SQLite and on PostgreSQL: shares of what is known, the unknown, own words and backfill beside them."""

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from heardof import DAY, HOUR, NOW, HeardOf
from saying import in_a_sentence, saying

from listener.store import gaps, tables
from listener.store.engine import open_database


@pytest.fixture
def heard(database_url, tmp_path):
    made = HeardOf(database_url, tmp_path)
    made.came("a", 5, at=NOW - 2 * DAY, label="negative")
    made.came("b", 10, at=NOW - 2 * DAY, label="neutral")
    made.came("c", 3, at=NOW - 20 * DAY, label="positive")
    made.came("d", 4, at=NOW - 2 * DAY, label="unknown")
    made.came("e", 2, at=NOW - 2 * DAY, label="negative", own=True)
    made.came("f", 6, at=NOW - 2 * DAY, label="negative", backfill=True)
    made.came("g", 2, client="Acme", at=NOW - 2 * DAY, label="unknown")
    return made


def shares(heard, *words):
    done = saying("shares", "-c", heard.config, *words)
    in_a_sentence(done)
    assert done.code == 0, done.err
    return done.out


def objects(heard, *words):
    lines = shares(heard, "--format", "jsonl", *words).splitlines()
    return {one["client"]: one for one in map(json.loads, lines)}


def cells(line):
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_a_row_a_client_tells_shares_with_their_uncertainty(heard):
    head, mills, acme, globex = shares(heard, "--since", "7d").splitlines()
    assert cells(head) == [
        *("client", "mentions", "people", "negative", "neutral", "positive"),
        *("unknown", "own", "backfill", "deaf"),
    ]
    assert cells(mills) == [
        *("Mills", "19", "10", "33 % (17–54 %)", "67 % (46–83 %)", "0 % (0–15 %)"),
        *("4", "2", "6"),
    ]
    assert cells(acme) == ["Acme", "2", "2", "–", "–", "–", "2", "0", "0"]
    assert cells(globex) == ["Globex", "0", "0", "–", "–", "–", "0", "0", "0"]


def test_the_unknown_are_in_no_share_but_bound_it(heard):
    mills = objects(heard, "--since", "7d")["Mills"]
    assert (mills["known"], mills["unknown"], mills["negative"]) == (15, 4, 5)
    assert mills["negative_share"] == pytest.approx(5 / 15, abs=1e-4)
    assert mills["negative_least"] == pytest.approx(5 / 19, abs=1e-4)
    assert mills["negative_most"] == pytest.approx(9 / 19, abs=1e-4)
    assert objects(heard)["Acme"]["negative_share"] is None


def test_the_time_can_be_chosen(heard):
    assert objects(heard, "--since", "7d")["Mills"]["positive"] == 0
    assert objects(heard)["Mills"]["positive"] == 3
    assert objects(heard, "--since", "all", "--client", "Mills")["Mills"]["mentions"] == 22
    assert objects(heard, "--since", "1h")["Mills"]["mentions"] == 0


def test_it_tells_how_long_nobody_listened(heard):
    now = datetime.now(UTC)  # the module may have been read minutes ago
    with closing(open_database(heard.url)) as database, database.write() as connection:
        (place,) = connection.scalars(sa.select(tables.targets.c.id))
        gaps.add(connection, place, now - 5 * HOUR, now - 2 * HOUR, "deaf")
    assert objects(heard)["Mills"]["deaf_hours"] == 3.0
    assert objects(heard, "--since", "3h")["Mills"]["deaf_hours"] == pytest.approx(1.0, abs=0.1)
    assert cells(shares(heard).splitlines()[1])[-1] == "3 h"


def test_before_a_client_joined_nobody_was_asked_to_listen(heard):
    now = datetime.now(UTC)
    with closing(open_database(heard.url)) as database, database.write() as connection:
        joined = sa.update(tables.clients).where(tables.clients.c.id == "Acme")
        connection.execute(joined.values(joined_at=now - DAY))
        connection.execute(sa.update(tables.hearings).values(since_at=now - 23 * HOUR))
    acme = objects(heard, "--since", "7d")["Acme"]
    assert acme["deaf_hours"] == pytest.approx(1.0, abs=0.1)


def test_csv_has_the_numbers(heard):
    rows = list(csv.DictReader(io.StringIO(shares(heard, "--format", "csv"))))
    assert [row["client"] for row in rows] == ["Mills", "Acme", "Globex"]
    assert rows[0]["unknown"] == "4"


def test_it_agrees_with_the_matches_that_are_stored(heard):
    matches = [one for one in heard.rows(tables.matches) if one["counted_at"] >= NOW - 7 * DAY]
    shown = objects(heard, "--since", "7d")
    for client, row in shown.items():
        others = [
            one for one in matches if one["client_id"] == client and not one["own"] and not one["backfill"]
        ]
        for label in ("negative", "neutral", "positive", "unknown"):
            assert row[label] == sum(one["label"] == label for one in others)
        assert row["mentions"] == len(others)


def test_who_is_not_there_is_told(tmp_path, sqlite_url):
    done = saying("shares", "-c", HeardOf(sqlite_url, tmp_path).config, "--client", "Nobody")
    assert (done.code, "there is no client 'Nobody'" in in_a_sentence(done)) == (2, True)


def test_the_start_is_that_of_a_bucket(heard):
    """What was counted up to a quarter of an hour earlier is in it, never less than what was asked for."""
    now = datetime.now(UTC)
    heard.came("h", 1, client="Globex", at=now - HOUR - timedelta(seconds=1), label="positive")
    heard.came("i", 1, client="Globex", at=now - HOUR + timedelta(minutes=1), label="positive")
    globex = objects(heard, "--since", "1h")["Globex"]
    assert globex["positive"] == globex["people"]
    assert globex["positive"] in {1, 2}
