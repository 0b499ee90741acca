"""Rows on a terminal, as JSON lines and as CSV: other people's texts stay text."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from listener.cli.output import TABLE_ROWS, cell, harmless, printable, write

AT = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)
ROW = {"id": 7, "client": "Mills", "at": AT, "score": -0.6, "own": True, "author": None, "why": ["a", "b"]}


def written(rows, form="table", columns=("id", "client"), **more):
    out = io.StringIO()
    write(rows, form=form, columns=columns, out=out, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (AT, "2026-03-02 12:05"),
        (-0.6, "-0.60"),
        (True, "yes"),
        (False, ""),
        (["a", "b"], "a; b"),
        (7, "7"),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(value, shown):
    assert cell(value) == shown


def test_a_table_has_its_columns_in_line():
    assert written([ROW, {**ROW, "id": 12345, "client": "Acme"}]) == (
        "id     client\n7      Mills\n12345  Acme\n"
    )


def test_a_table_without_rows_says_so():
    assert written([]) == "nothing yet\n"


def test_what_stands_below_a_row_stands_there_whole_and_only_where_there_is_something():
    long = "127.0.0.1 has nothing at this address (404): check the URL. " * 4
    table = written([ROW | {"reason": long}, ROW | {"reason": ""}], below="reason")
    assert table.splitlines()[2] == "    " + long.strip()
    assert len(table.splitlines()) == 4


def test_a_long_cell_is_cut_and_shows_that_it_was():
    first, *_ = written([{"id": "x" * 99, "client": "Mills"}]).splitlines()[1:]
    assert first.startswith("x" * 59 + "…  Mills")


def test_a_long_table_says_how_to_see_the_rest():
    table = written({**ROW, "id": number} for number in range(TABLE_ROWS + 5))
    assert len(table.splitlines()) == TABLE_ROWS + 2
    assert table.endswith(f"… the first {TABLE_ROWS}; `--format jsonl` prints all\n")


def test_json_lines_hold_every_key_and_every_letter():
    line = written([{**ROW, "text": "Café “said” \u202e\x9b\x1b[2J\n"}], form="jsonl")
    assert "Café" in line
    assert not {"\u202e", "\x9b", "\x1b"} & set(line)
    assert json.loads(line) == {**ROW, "at": AT.isoformat(), "text": "Café “said” \u202e\x9b\x1b[2J\n"}


def test_csv_survives_commas_quotes_and_lines():
    text = 'He said "no",\nand left'
    (row,) = csv.DictReader(io.StringIO(written([{**ROW, "text": text}], form="csv")))
    assert row["text"] == text
    assert (row["score"], row["own"], row["author"]) == ("-0.60", "yes", "")


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_a_formula_becomes_text(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["-0.60", "+3", "Mills", "1=1", ""])
def test_numbers_and_words_stay_as_they_are(text):
    assert harmless(text) == text


def test_nothing_on_a_line_speaks_to_the_terminal():
    assert printable("a\x1b[31mb\x07 \u202ec\u200b\n d\x9b") == "a[31mb c d"
