"""Counts that a person hands in as CSV: what is read, what is left out, and what is refused."""

import io

import pytest

from listener.cli import Refusal
from listener.cli.counted import Counted, read

ROW = "2026-03-01 14:05:00,17"


def rows(text):
    made = list(read(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "counts.csv"))
    return [
        (one.written.isoformat(), one.value) if isinstance(one, Counted) else (one.line, one.reason)
        for one in made
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"timestamp,value\n{ROW}\n",
        f"timestamp,value\r\n{ROW}\r\n",
        f"\ufefftimestamp,value\n{ROW}",
        ROW,
        f"\n\n{ROW}\n\n",
        "value,timestamp\n17,2026-03-01T14:05\n",
        'Zeit;Nennungen\n"2026-03-01 14:05";17\n',
        "id\tseen\thits\nx7\t20260301T140500\t17.0\n",
        "Date , Count\n 2026-03-01 14:05:00 , 17 \n",
    ],
)
def test_a_time_beside_a_number_is_read_however_the_file_is_written(text):
    assert rows(text) == [("2026-03-01T14:05:00", 17.0)]


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-03-01T14:05:00Z", "2026-03-01T14:05:00+00:00"),
        ("2026-03-01 16:05:00+02:00", "2026-03-01T14:05:00+00:00"),
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("1772373900", "2026-03-01T14:05:00+00:00"),
        ("1772373900000", "2026-03-01T14:05:00+00:00"),
    ],
)
def test_times_are_put_into_one_zone(cell, at):
    [row] = read(io.BytesIO(f"t,v\n{cell},1".encode()), "counts.csv")
    assert row.at.isoformat() == at


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-03-01 15:00,", "has no number but ''"),
        ("2026-03-01 15:00,NaN", "has no number but 'NaN'"),
        ("2026-03-01 15:00,inf", "has no number"),
        ("2026-03-01 15:00,-3", "counts -3: a count is 0 or more"),
        ("2026-03-01 15:00,1e300", "at most 1e+12"),
        ("yesterday,3", "has no time but 'yesterday'"),
        ("0001-01-01T00:00:00+14:00,3", "no calendar holds"),
        ("2026-03-01 15:00", "is cut short"),
        ('"2026-03-01 15:00,3', "its quotes do not end"),
        ("2026-03-01 14:05,18", "has the same time as"),
        ("2026-03-01 14:00,18", "is earlier than"),
        ("2026-03-01 14:05+02:00,18", "is earlier than"),
        (b"2026-03-01 15:00,\xff", "is no UTF-8 text"),
        ("x" * 70_000, "too long"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_costs_only_itself(line, reason):
    raw = line if isinstance(line, bytes) else line.encode()
    made = rows(b"timestamp,value\n" + ROW.encode() + b"\n" + raw + b"\n2026-03-01 16:00,5\n")
    assert [one[0] for one in made] == ["2026-03-01T14:05:00", 3, "2026-03-01T16:00:00"]
    assert reason in made[1][1]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"timestamp,value\n",
        b"hello\nworld\n",
        b'{"at": "2026-03-01"}\n',
        b"\x1f\x8b\x08\x00,\x00",
        "timestamp,value\n2026-03-01 14:05,17\n".encode("utf-16"),
        b"a,b\n1,2\n3,4\n",
    ],
)
def test_what_is_no_csv_of_times_and_numbers_is_refused_with_how_it_should_be(raw):
    with pytest.raises(Refusal, match=r"counts\.csv .*write a CSV file in UTF-8") as refused:
        rows(raw)
    assert refused.value.code == 2


def test_a_file_that_runs_backwards_is_refused_with_the_remedy():
    with pytest.raises(Refusal, match=r"runs backwards.*oldest first"):
        rows("t,v\n" + "".join(f"2026-03-{day:02},1\n" for day in range(20, 1, -1)))
