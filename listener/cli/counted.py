"""Counts that a person hands in as CSV, one row at a time. A wrong row is told with its line and costs only itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from listener.cli import WRONG, Refusal
from listener.cli.cells import MOST, Columns, cells_of, columns_of, is_header, moment, number, separator_of

LONGEST = 2**16
"""Bytes of a line; more is no row of counts."""

SHOULD_BE = "write a CSV file in UTF-8 with rows of a time and a number, such as 2026-03-01 14:05:00,17"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A line that is left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One row: `at` is its moment in UTC, `written` the same as the file has it, without a zone where the file has none."""

    at: datetime
    written: datetime
    value: float


def read(lines: BinaryIO, name: str) -> Iterator[Counted | Unusable]:
    """Every row in order, oldest first, without holding more than one. A time for which there is no row is not known: no zero.

    Raises Refusal where this is no CSV of times and numbers, or most of it runs backwards.
    """
    table = _Table(name)
    for line, raw in _numbered(lines):
        made = table.row(raw, line)
        if isinstance(made, str):
            yield Unusable(line=line, reason=made)
        elif made is not None:
            yield made
    table.close()


def _numbered(lines: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank; of one that is too long only its beginning, longer than LONGEST."""
    count = 0
    while raw := lines.readline(LONGEST + 1):
        count += 1
        whole = raw
        while len(raw) > LONGEST and whole and not whole.endswith(b"\n"):
            whole = lines.readline(LONGEST)
        if not raw.isspace():
            yield count, raw


class _Table:
    """What is known of the file so far: what separates its cells, which columns count, the last row."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._separator: str | None = None
        self._names: Sequence[str] = ()
        self._columns: Columns | None = None
        self._last: Counted | None = None
        self._used = self._late = 0

    def row(self, raw: bytes, line: int) -> Counted | str | None:
        """The row of this line, or what is wrong with it; None for the header. Raises Refusal where the first line is no CSV."""
        text = _text(raw)
        if self._separator is None:
            return self._first(text, line)
        if text is None:
            return "is no UTF-8 text, or too long for a row"
        return self._row(cells_of(text, self._separator))

    def _first(self, text: str | None, line: int) -> Counted | str | None:
        self._separator = separator_of(text) if text is not None else None
        if text is None or self._separator is None:
            raise Refusal(f"{self._name} is no CSV, to judge by line {line}: {SHOULD_BE}", code=WRONG)
        cells = cells_of(text, self._separator)
        if is_header(cells):
            self._names = cells
            return None
        return self._row(cells)

    def _row(self, cells: Sequence[str]) -> Counted | str:
        self._columns = self._columns or columns_of(self._names, cells)
        if self._columns is None:
            return "holds no time beside a number, as in 2026-03-01 14:05:00,17"
        made = _counted(cells, self._columns)
        if isinstance(made, str):
            return made
        if self._last is not None and made.at <= self._last.at:
            self._late += 1
            same = "has the same time as" if made.at == self._last.at else "is earlier than"
            return f"{same} the last row that counts, {self._last.written}: rows are read oldest first"
        self._last, self._used = made, self._used + 1
        return made

    def close(self) -> None:
        """Raises Refusal where nothing came of it."""
        if not self._used:
            raise Refusal(f"{self._name} holds no row that can be used: {SHOULD_BE}", code=WRONG)
        if self._late > self._used:
            raise Refusal(
                f"{self._name} runs backwards: {self._late:,} rows are not later than the one before. Sort it by time, "
                "oldest first",
                code=WRONG,
            )


def _text(raw: bytes) -> str | None:
    """The line without its end and byte order mark; None where it is no text."""
    if len(raw) > LONGEST or b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return None


def _counted(cells: Sequence[str], columns: Columns) -> Counted | str:
    if len(cells) <= max(columns.time, columns.value):
        return "is cut short, or its quotes do not end"
    written = moment(cells[columns.time])
    if written is None:
        return f"has no time but {cells[columns.time]!r}: write it as 2026-03-01 14:05:00"
    value = number(cells[columns.value])
    if value is None:
        return f"has no number but {cells[columns.value]!r}: the time counts as not heard"
    if not 0 <= value <= MOST:
        return f"counts {cells[columns.value]}: a count is 0 or more, and at most {MOST:.0e}"
    try:
        at = written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
    except OverflowError:
        return f"has a time that no calendar holds: {cells[columns.time]!r}"
    return Counted(at=at, written=written, value=value)
