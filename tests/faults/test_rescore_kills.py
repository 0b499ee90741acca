"""kill -9 while history is labelled anew: the books agree at once, and the next run does the rest."""

from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa
from heardof import BAD, DAY, NOW, HeardOf
from world import listener

from listener.domain.voices import decided
from listener.store import tables
from listener.store.engine import open_database
from listener.store.voices import as_testimony

MANY = 1_100  # three pages


@pytest.fixture
def heard(database_url, tmp_path):
    made = HeardOf(database_url, tmp_path)
    made.came(BAD, MANY, at=NOW - 5 * DAY, label="neutral")
    return made


def books(heard):
    """How many are complaints, voices, and counted as either; the voices must be those of the labels."""
    with closing(open_database(heard.url)) as database, database.read() as connection:
        rows = connection.execute(
            sa.select(tables.matches, tables.mentions.c.witness, tables.mentions.c.story_id)
            .join(tables.mentions)
            .order_by(tables.matches.c.id)
        ).all()
        totals = (sa.func.sum(tables.counts.c[name]) for name in ("mentions", "negative", "voices"))
        counted = tuple(connection.execute(sa.select(*totals)).one())
    lines = [replace(as_testimony(one), voice=False) for one in rows]
    assert [one.voice for one in rows] == decided(lines, ())
    negative = sum(one.label == "negative" for one in rows)
    assert counted == (len(rows), negative, sum(one.voice for one in rows))
    return negative


@pytest.mark.slow
@pytest.mark.parametrize("boundary", ["rescoring:2", "store.committed:3"])
def test_a_death_while_rescoring_leaves_whole_pages_and_the_next_run_does_the_rest(heard, boundary):
    words = ("rescore", "-c", str(heard.config))
    died = listener(*words, check=False, LISTENER_DIE_AT=boundary)
    assert died.returncode == -9
    done = {"rescoring:2": 500, "store.committed:3": 1000}[boundary]
    assert books(heard) == done
    again = listener(*words).stdout
    assert f"  {done:,} labelled by it already" in again
    assert f"{MANY - done:,} matches have their label" in again
    assert "was not finished: this one does the rest of its 1,100 matches" in again
    assert "it had found 1 that would be others" in again
    assert "+ Mills" in again.partition("was not finished")[2]
    assert books(heard) == MANY
    assert "was not finished" not in listener(*words).stdout
    assert [one["what"] for one in heard.rows(tables.audit)] == ["began to rescore"] * 2 + ["rescored"]
