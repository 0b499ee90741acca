"""`listener backtest --counts`: alerts on counts of one's own."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from listener.cli import main

START = datetime.fromisoformat("2026-03-02")
BURST = START + timedelta(days=10, hours=5)


def written(*, days=12, zone=""):
    """Rows every ten minutes, with a burst of an hour."""
    for number in range(days * 144):
        at = START + number * timedelta(minutes=10)
        value = 90 if BURST <= at < BURST + timedelta(hours=1) else 8 + number * 7 % 5
        yield f"{at.isoformat(sep=' ')}{zone},{value}\n"


def backtested(capsys, path):
    code = main(["backtest", "--counts", str(path)])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_it_prints_a_line_an_alert_with_its_proof(capsys, tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("timestamp,value\n" + "".join(written()))
    code, [alert], err = backtested(capsys, file)
    assert (code, err) == (0, "")
    assert BURST <= datetime.fromisoformat(alert["at"]) <= BURST + timedelta(minutes=10)
    assert alert["value"] > 2 * alert["expected"]
    assert alert["p"] < 0.001
    assert alert["window"] in {"15m", "3h"}
    assert alert["score"] > alert["record"] > 0


def test_standard_input_gives_the_same_as_a_file_and_every_beginning_of_it_too(capsys, monkeypatch):
    lines = list(written())

    def told(count):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("".join(lines[:count]).encode())))
        return backtested(capsys, "-")[1]

    [alert] = told(len(lines))
    first = next(i for i, line in enumerate(lines) if line.startswith(alert["at"].replace("T", " ")))
    assert told(first) == []
    assert told(first + 1) == [alert]


def test_an_alert_is_printed_as_soon_as_its_row_is_there():
    process = subprocess.Popen(
        [sys.executable, "-m", "listener", "backtest", "--counts", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
    )
    with process:
        for line in written():
            process.stdin.write(line.encode())
        process.stdin.flush()
        assert b'"at": "2026-03-12T05:' in process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_times_are_told_as_the_file_writes_them(capsys, tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("".join(written(zone="+02:00")))
    _, [alert], _ = backtested(capsys, file)
    assert alert["at"].startswith("2026-03-12T05:")
    assert alert["at"].endswith("+02:00")


def test_wrong_rows_are_named_and_the_rest_is_judged(capsys, tmp_path):
    lines = list(written())
    lines[5:5] = ["nonsense,\x1b[31m9\n", f"{START},-4\n"]
    file = tmp_path / "counts.csv"
    file.write_text("".join(lines))
    code, alerts, err = backtested(capsys, file)
    assert code == 0
    assert len(alerts) == 1
    assert [line.split(" ")[:2] for line in err.splitlines()] == [["line", "6"], ["line", "7"]]
    assert "\x1b" not in err


def test_thousands_of_wrong_rows_are_counted_and_not_all_named(capsys, tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("".join(written(days=1)) + "x,1\n" * 3000)
    _, _, err = backtested(capsys, file)
    assert "2,900 more lines" in err
    assert len(err.splitlines()) == 101


@pytest.mark.parametrize("content", [None, b"", b"\x00\x01\x02,"])
def test_what_is_no_csv_is_refused_with_a_sentence(capsys, tmp_path, content):
    file = tmp_path / "counts.csv"
    if content is not None:
        file.write_bytes(content)
    code, alerts, err = backtested(capsys, file)
    assert (code, alerts) == (2, [])
    assert str(file) in err
    assert "Traceback" not in err
