"""Rows as a table for a terminal, as JSON lines or as CSV. Texts in them are other people's: they stay text."""

from __future__ import annotations

import csv
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TextIO

Row = Mapping[str, Any]

TABLE_ROWS = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so


def write(rows: Iterable[Row], *, form: str, columns: Sequence[str], out: TextIO | None = None) -> None:
    """Print rows. `columns` are those of the table, the last one taking the room that is left; the other forms show all."""
    out = out or sys.stdout
    {"table": _table, "jsonl": _jsonl, "csv": _csv}[form](rows, columns, out)


def _jsonl(rows: Iterable[Row], _columns: Sequence[str], out: TextIO) -> None:
    out.writelines(json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in rows)


def _csv(rows: Iterable[Row], _columns: Sequence[str], out: TextIO) -> None:
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: harmless(cell(value)) for name, value in row.items()})


def _table(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> None:
    some = list(islice(rows, TABLE_ROWS + 1))
    if not some:
        out.write("nothing yet\n")
        return
    cells = [[printable(cell(row[name])) for name in columns] for row in some[:TABLE_ROWS]]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(columns)]
    room = max(20, shutil.get_terminal_size((120, 24)).columns - sum(min(w, 32) + 2 for w in widths[:-1]))
    widths = [*(min(width, 32) for width in widths[:-1]), room]
    out.writelines(
        "  ".join(_fit(text, width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in [[name.replace("_", " ") for name in columns], *cells]
    )
    if len(some) > TABLE_ROWS:
        out.write(f"… the first {TABLE_ROWS}; `--format jsonl` prints all\n")


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
