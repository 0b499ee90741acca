"""The benchmark of docs/history.md does what it says that it measures."""

import re

from benchmarks.history import run


def test_all_is_labelled_anew_once_and_each_step_is_told_with_its_cost(tmp_path, capsys):
    run(tmp_path, rows=700, clients=7)
    told = capsys.readouterr().out
    assert "700 mentions of 7 clients over 90 days" in told
    assert "  700 written, 525 with another label; " in told
    steps = re.findall(
        r"^(\S.*?) +\d+\.\d\d s CPU \(\d+\.\d\d s\), +\d+\.\d s CPU a million$", told, re.MULTILINE
    )
    assert steps == [
        "storing them, for this benchmark",
        *(f"shares of {span}" for span in ("a day", "a week", "30 days", "all")),
        *(f"rescore: {step}" for step in ("scoring", "incidents", "writing")),
        "rescore once more",
    ]
