"""The cells of a CSV of counts: which column holds the time and which the number, and what stands in them."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TIMES = frozenset(
    ["timestamp", "time", "datetime", "date_time", "date", "at", "ts", "when", "ds", "day", "hour"]
)
VALUES = frozenset(["value", "values", "count", "counts", "mentions", "n", "y", "volume", "total"])
SEPARATORS = ",;\t"

MOST = 1e12
"""More is no count of mentions, and would drown what is added to it."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE_1970 = re.compile(r"\d{10}(\d{3})?")  # seconds, or milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the time and the number stand in a row."""

    time: int
    value: int


def separator_of(line: str) -> str | None:
    """What stands between the cells of this line; None where there is but one."""
    found = max(SEPARATORS, key=line.count)
    return found if found in line else None


def cells_of(line: str, separator: str) -> list[str]:
    """The cells, without the spaces around them; none where the quotes are beyond reading."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True), [])]
    except csv.Error:
        return []


def is_header(cells: Sequence[str]) -> bool:
    """Whether these are names: nothing in them is a time."""
    return not any(map(moment, cells))


def columns_of(names: Sequence[str], cells: Sequence[str]) -> Columns | None:
    """By the names of the header, if it has usual ones, else by what stands in the first row that has both; None if it has not."""
    known = [name.casefold() for name in names]
    times = [i for i, name in enumerate(known) if name in TIMES] or [
        i for i, cell in enumerate(cells) if moment(cell)
    ]
    if not times:
        return None
    values = [i for i, name in enumerate(known) if name in VALUES and i != times[0]] or [
        i for i, cell in enumerate(cells) if i != times[0] and number(cell) is not None
    ]
    return Columns(time=times[0], value=values[0]) if values else None


def moment(cell: str) -> datetime | None:
    """The time in a cell, in the zone that it names if it names one: ISO 8601, or seconds or milliseconds since 1970."""
    try:
        if since := _SINCE_1970.fullmatch(cell):
            return EPOCH + timedelta(seconds=int(cell) / (1000 if since[1] else 1))
        return datetime.fromisoformat(cell) if len(cell) >= 8 else None
    except (ValueError, OverflowError):
        return None


def number(cell: str) -> float | None:
    """The number in a cell; None where it is none, NaN and infinity included."""
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
