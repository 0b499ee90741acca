"""How well alerts on counts fit what people labelled, around the numbers that `listener backtest --counts` judges by.

python -m benchmarks.spikes            the table of docs/backtest.md; needs the evaluation data beside the checkout

Each number is moved alone, so that one sees whether the chosen one stands on a peak or on a plateau. "left out" takes, for each
series, what is best on the other five: what tuning brings on a series that it has not seen.
"""

from __future__ import annotations

import gzip
import io
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.beside import script
from listener.cli.counted import Counted, read
from listener.domain.series import Manner, Series

FOLDER = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval" / "spikes"
DATA = FOLDER / "dev"
MINUTES_15, MINUTES_30, HOUR, HOURS_3, HOURS_6 = (timedelta(minutes=m) for m in (15, 30, 60, 180, 360))

Judged = Mapping[str, Mapping[str, Any]]
"""By series, what score.py makes of its alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """As score.py adds them up."""

    standard: float
    low_false_positives: float
    window_recall: float
    false_alarms_per_series_week: float
    median_delay_minutes: float | None


@cache
def marks() -> dict[str, Any]:
    return json.loads((DATA / "labels.json").read_text())


@cache
def rows(name: str) -> tuple[Counted, ...]:
    with gzip.open(DATA / f"{name}.gz") as packed:
        read_rows = read(io.BytesIO(packed.read()), name)
        return tuple(one for one in read_rows if isinstance(one, Counted))


@cache
def judged(manner: Manner) -> Judged:
    """Every series under one manner."""
    score = script(FOLDER / "score.py")
    found = {}
    for name, marked in sorted(marks().items()):
        series = Series(manner)
        alerts = [one.written for one in rows(name) if series.hear(one.at, one.value)]
        times = [one.written for one in rows(name)]
        found[name] = score.judge(
            times, marked["windows"], marked["labels"], [score.when(str(at)) for at in alerts]
        )
    return found


def summed(parts: Sequence[Mapping[str, Any]]) -> Figures:
    """The figures over some series."""
    total = {
        key: sum(one[key] for one in parts)
        for key in ("windows", "hit", "earned", "far", "alarms", "true", "weeks")
    }
    windows, missed = total["windows"], total["windows"] - total["hit"]
    nab = [
        100 * (total["earned"] - missed + weight * total["far"] + windows) / (2 * windows)
        for weight in (0.11, 0.22)
    ]
    delays = [delay for one in parts for delay in one["delays"] if delay is not None]
    return Figures(
        standard=round(nab[0], 1),
        low_false_positives=round(nab[1], 1),
        window_recall=round(total["hit"] / windows, 3),
        false_alarms_per_series_week=round((total["alarms"] - total["true"]) / total["weeks"], 3),
        median_delay_minutes=round(statistics.median(delays), 1) if delays else None,
    )


def measured(manner: Manner) -> Figures:
    """All series under one manner."""
    return summed(list(judged(manner).values()))


def varied() -> Iterator[tuple[str, Manner]]:
    """The chosen manner, and it with one number moved."""
    chosen = Manner()
    yield "chosen", chosen
    for factor in (1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.7, 1.8, 2.0):
        yield f"factor {factor:g}", replace(chosen, factor=factor)
    for quantile in (0.7, 0.8, 0.9, 1.0):
        yield f"quantile {quantile:g}", replace(chosen, quantile=quantile)
    for days in (7, 10, 21, 28):
        yield f"record of {days} days", replace(chosen, record=days)
    for hours in (12, 18, 30, 36):
        yield f"still for {hours} h", replace(chosen, still=timedelta(hours=hours))
    for days in (7.0, 28.0):
        yield f"hours remembered {days:g} days", replace(chosen, days=days)
    for name, windows in (
        ("15 min", (MINUTES_15,)),
        ("1 h", (HOUR,)),
        ("15 min and 1 h", (MINUTES_15, HOUR)),
        ("30 min and 3 h", (MINUTES_30, HOURS_3)),
        ("15 min and 6 h", (MINUTES_15, HOURS_6)),
        ("15 min, 1 h and 3 h", (MINUTES_15, HOUR, HOURS_3)),
    ):
        yield f"windows {name}", replace(chosen, windows=windows)


def left_out(manners: Sequence[Manner]) -> Figures:
    """Each series under what is best (standard and low-FP together) on the others."""
    parts = []
    for name in marks():

        def others(manner: Manner, name: str = name) -> float:
            made = summed([one for other, one in judged(manner).items() if other != name])
            return made.standard + made.low_false_positives

        parts.append(judged(max(manners, key=others))[name])
    return summed(parts)


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"the labelled counts are not there: {DATA}")
    print(f"{'':28} standard  low-FP  recall  false/week  delay (min)")
    every = list(varied())
    for name, manner in every:
        _print(name, measured(manner))
    _print(
        "left out: factor", left_out([one for name, one in every if name.startswith(("chosen", "factor"))])
    )
    _print("left out: any of these", left_out([one for _, one in every]))


def _print(name: str, found: Figures) -> None:
    print(
        f"{name:28} {found.standard:8}  {found.low_false_positives:6}  {found.window_recall:6}"
        f"  {found.false_alarms_per_series_week:10}  {found.median_delay_minutes}"
    )


if __name__ == "__main__":
    main()
