"""What `listener incidents` prints of many: the first of them as a table that says how many more there are, all of them to a program."""

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client
from saying import saying
from world import write_config

from listener.store.alert_tables import incidents
from listener.store.engine import open_database

EVIDENCE = {"people": 5, "stories": 3, "window_h": 2.0, "usual": [0, 1]}


@pytest.fixture
def listed(tmp_path, sqlite_url):
    """A function that prints incidents, of which there are so many; the oldest alone goes on."""
    config = write_config(tmp_path, feeds=["http://127.0.0.1:9/feed"], clients=["mills"], database=sqlite_url)

    def put(number, *words):
        database = open_database(sqlite_url)
        rows = [
            {
                "client_id": "mills",
                "rule": "negative_spike",
                "episode": n,
                "state": "closed" if n > 1 else "open",
                "opened_at": NOW + timedelta(hours=n),
                "resolved_at": NOW + timedelta(hours=n + 1) if n > 1 else None,
                "last_match_id": 0,
                "evidence": EVIDENCE,
            }
            for n in range(1, number + 1)
        ]
        with database.write() as connection:
            add_client(connection, "mills")
            if rows:
                connection.execute(sa.insert(incidents), rows)
        database.close()
        said = saying("incidents", "-c", config, *words)
        assert (said.code, said.err) == (0, "")
        return said.out.splitlines()

    return put


def test_a_hundred_are_a_table_and_that_is_all(listed):
    lines = listed(100)
    assert len(lines) == 1 + 100
    assert "more" not in lines[-1]


def test_of_more_it_says_how_many_and_how_to_see_them(listed):
    lines = listed(123)
    assert len(lines) == 1 + 100 + 1
    assert lines[-1] == (
        "… and 23 more: `listener incidents --all` shows them, `--format jsonl` and csv have all"
    )


def test_one_that_goes_on_is_first_however_old_it_is(listed):
    lines = listed(123)
    assert lines[1].split()[:3] == ["1", "mills", "open"]
    assert lines[2].split()[:3] == ["123", "mills", "closed"]


def test_the_whole_table_is_there_for_the_asking(listed):
    lines = listed(123, "--all")
    assert [int(line.split()[0]) for line in lines[1:]] == [1, *range(123, 1, -1)]


def test_a_program_gets_all_of_them_and_nothing_else(listed):
    rows = [json.loads(line) for line in listed(123, "--format", "jsonl")]
    assert [row["id"] for row in rows] == [1, *range(123, 1, -1)]


def test_a_spreadsheet_gets_all_of_them_too(listed):
    lines = listed(123, "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO("\n".join(lines))))) == 123


def test_none_is_said_so(listed):
    assert listed(0) == ["nothing yet"]
