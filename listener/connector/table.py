"""CSV and JSON lines as rows. A wrong row is told with its line number and costs only itself."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from listener.connector import rows
from listener.connector.rows import Unfit
from listener.domain.found import Form, Found, Refused

LONGEST = 2**20
"""Bytes of one row; what is longer is no item."""
MOST_LINES = 1_000
"""Of one row: a text of more has a quote that is never closed."""
MOST_COLUMNS = 300
DELIMITERS = ",;\t"
BOM = b"\xef\xbb\xbf"
NO_UTF8 = "is not in UTF-8: save the file as UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line of a CSV file: what each column is to us, None for what we do not read."""

    names: tuple[str | None, ...]
    delimiter: str

    @classmethod
    def read(cls, line: bytes) -> Header:
        """Tells the delimiter by what makes the most columns that we know. Raises Unfit."""
        try:
            text = line.removeprefix(BOM).decode("utf-8")
        except UnicodeDecodeError:
            raise Unfit(NO_UTF8) from None
        if "\x00" in text or len(line) > LONGEST:
            raise Unfit("is no CSV: begin with a line of column names, such as id,text,author,published_at")
        split = {sign: _columns(text, sign) for sign in DELIMITERS}
        known = {sign: rows.known_as(columns) for sign, columns in split.items()}
        best = max(DELIMITERS, key=lambda sign: (len(known[sign]), len(split[sign])))
        columns, names = split[best], known[best]
        if not {"text", "title"} & set(names.values()):
            there = ", ".join(column.strip()[:30] for column in columns[:10] if column.strip())
            raise Unfit(f"has no column text or title, but {there or 'nothing'}: name the columns there")
        if len(columns) > MOST_COLUMNS:
            raise Unfit(f"has more than {MOST_COLUMNS} columns: keep those that say something")
        taken = dict(names)
        return cls(names=tuple(taken.pop(column, None) for column in columns), delimiter=best)


def _columns(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row as it stands: the number of its first line, how many lines and bytes it has, and what it holds or why not."""

    line: int
    lines: int
    raw: bytes
    data: Mapping[str, Any] | None = None
    reason: str = ""


def json_object(raw: bytes) -> Mapping[str, Any]:
    """One line of JSON lines. Raises Unfit."""
    try:
        data = json.loads(raw)
    except UnicodeDecodeError:
        raise Unfit(NO_UTF8) from None
    except RecursionError:
        raise Unfit("is nested too deeply to be an item") from None
    except ValueError as error:
        raise Unfit(f"is no JSON ({_where(error)}): write one object on each line") from None
    if not isinstance(data, dict):
        raise Unfit('is no JSON object: write {"id": …, "text": …}')
    return data


def _where(error: ValueError) -> str:
    return (
        f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
    )


def records(
    lines: Iterable[bytes], header: Header | None, *, first: int, final: bool = True
) -> Iterator[Record]:
    """The rows of these lines, of which the first has this number; JSON lines where there is no header.

    With `final=False` a row whose quote is still open at the end is left out: what closes it may come.
    """
    return (
        _json_records(lines, first) if header is None else _Csv(lines, header, first, final=final).records()
    )


def _json_records(lines: Iterable[bytes], first: int) -> Iterator[Record]:
    for number, raw in enumerate(lines, start=first):
        data, reason = None, _TOO_LONG if len(raw) > LONGEST else ""
        if raw.strip() and not reason:
            try:
                data = json_object(raw.removeprefix(BOM) if number == 1 else raw)
            except Unfit as unfit:
                reason = str(unfit)
        yield Record(line=number, lines=1, raw=raw, data=data, reason=reason)


_TOO_LONG = f"is longer than {LONGEST // 2**20} MB: write one item on each line"
_OPEN = "has a quote that is never closed: write two quotes for one within a text"


class _Csv:
    """Rows of CSV with what each has used up of the lines, so that the reading can go on after any of them."""

    def __init__(self, lines: Iterable[bytes], header: Header, first: int, *, final: bool) -> None:
        self._lines = iter(lines)
        self._again: deque[bytes] = deque()
        self._taken: list[bytes] = []
        self._header = header
        self._number = first
        self._final = final
        self._ended = False

    def records(self) -> Iterator[Record]:
        reader = csv.reader(self._texts(), delimiter=self._header.delimiter)
        while True:
            self._taken, reason, fields = [], "", None
            try:
                fields = next(reader, None)
            except (Unfit, csv.Error) as unfit:
                reason = (
                    str(unfit) if isinstance(unfit, Unfit) else f"is no CSV ({unfit}): save it as CSV again"
                )
            if not self._taken:
                return
            if (
                self._ended and fields is not None
            ):  # it asked for more lines than there are: it is within quotes
                if not self._final:
                    return
                reason = _OPEN
            if reason:
                self._give_back()
                reader = csv.reader(self._texts(), delimiter=self._header.delimiter)
            yield self._record(fields, reason)

    def _texts(self) -> Iterator[str]:
        while (raw := self._next()) is not None:
            self._taken.append(raw)
            if len(raw) > LONGEST:
                raise Unfit(_TOO_LONG)
            if sum(map(len, self._taken)) > LONGEST or len(self._taken) > MOST_LINES:
                raise Unfit(_OPEN)
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                raise Unfit(NO_UTF8) from None
            if "\x00" in text:
                raise Unfit("holds a zero byte: save the file as UTF-8")
            yield text

    def _next(self) -> bytes | None:
        self._ended = False
        raw = self._again.popleft() if self._again else next(self._lines, None)
        self._ended = raw is None
        return raw

    def _give_back(self) -> None:
        """A wrong row costs its first line: those after it are read again."""
        self._again.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]

    def _record(self, fields: Sequence[str] | None, reason: str) -> Record:
        names, line, raw = self._header.names, self._number, b"".join(self._taken)
        self._number += len(self._taken)
        data: Mapping[str, Any] | None = None
        if not reason and fields and any(field.strip() for field in fields):
            if len(fields) > len(names) and any(fields[len(names) :]):
                reason = f"has {len(fields)} fields and the header {len(names)}: put texts in quotes"
            else:
                data = {name: field for name, field in zip(names, fields, strict=False) if name and field}
        return Record(line=line, lines=len(self._taken), raw=raw, data=data, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Whole lines of a file and what they stand in: its name, its header, the number of the first line.

    `form` is what rows are that do not say so. With `final` a quote that is open at the end is wrong, else it waits.
    """

    body: bytes
    name: str
    header: Header | None
    first: int
    form: Form | None
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Part of a file, read: its items, its wrong rows, and how many bytes and lines that used up."""

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]
    used: int
    lines: int


def read_part(part: Part, now: datetime) -> Chunk:
    """The rows of a part; pure."""
    found: list[Found] = []
    refused: list[Refused] = []
    used = count = 0
    for record in records(BytesIO(part.body), part.header, first=part.first, final=part.final):
        used += len(record.raw)
        count += record.lines
        reason = record.reason
        if record.data is not None:
            try:
                found.append(rows.item(record.data, form=part.form, now=now))
            except Unfit as unfit:
                reason = str(unfit)
        if reason:
            refused.append(Refused(reason=f"{part.name} line {record.line} {reason}.", payload=record.raw))
    return Chunk(found=tuple(found), refused=tuple(refused), used=used, lines=count)
