"""Rows as a table for a terminal, as JSON lines or as CSV. Texts in them are other people's: they stay text."""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TextIO

Row = Mapping[str, Any]

TABLE_ROWS = 1000
FORMULA = (*"=+-@＝＋－＠", "\t", "\r", "\n")  # a spreadsheet would run a cell that begins so
WIDEST = 60

# What speaks to a terminal instead of being read: controls but tab and line end, and what turns the direction of text.
_SPEAKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def write(
    rows: Iterable[Row],
    *,
    form: str,
    columns: Sequence[str],
    below: str | None = None,
    out: TextIO | None = None,
) -> None:
    """Print rows. `columns` are those of the table, the last one taking the room that is left; the other forms show all.

    `below` names what stands whole under a row of the table, where the row has it: sentences that no column could hold.
    """
    out = out or sys.stdout
    if form == "table":
        _table(rows, columns, below, out)
    else:
        {"jsonl": _jsonl, "csv": _csv}[form](rows, out)


def _jsonl(rows: Iterable[Row], out: TextIO) -> None:
    lines = (json.dumps(row, ensure_ascii=False, default=_plain) for row in rows)
    out.writelines(_SPEAKS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", line) + "\n" for line in lines)


def _csv(rows: Iterable[Row], out: TextIO) -> None:
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: harmless(_SPEAKS.sub("", cell(value))) for name, value in row.items()})


def _table(rows: Iterable[Row], columns: Sequence[str], below: str | None, out: TextIO) -> None:
    some = list(islice(rows, TABLE_ROWS + 1))
    if not some:
        out.write("nothing yet\n")
        return
    cells = [[printable(cell(row[name])) for name in columns] for row in some[:TABLE_ROWS]]
    widths = _widths([columns, *cells])
    out.write(_line([name.replace("_", " ") for name in columns], widths))
    for row, line in zip(some, cells, strict=False):
        out.write(_line(line, widths))
        if below is not None and (said := printable(cell(row[below]))):
            out.write(f"    {said}\n")
    if len(some) > TABLE_ROWS:
        out.write(f"… the first {TABLE_ROWS}; `--format jsonl` prints all\n")


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """As wide as what stands there, up to a limit. The last one is whole: a terminal breaks it, and a file has room."""
    longest = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [*(min(WIDEST, width) for width in longest[:-1]), longest[-1]]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(_fit(text, width) for text, width in zip(cells, widths, strict=True)).rstrip() + "\n"


def _fit(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def cell(value: object) -> str:
    """A value as a person reads it; times in UTC to the minute."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:+.2f}"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return str(value)


def printable(text: str) -> str:
    """The text on one line without controls: what is shown in a terminal cannot speak to it."""
    line = " ".join(text.split())
    return "".join(sign for sign in line if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})


def harmless(text: str) -> str:
    """The text as a CSV cell that no spreadsheet takes for a formula (numbers stay numbers)."""
    if text.startswith(FORMULA) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
