"""Files dropped in a folder: CSV and JSON lines, read on as they grow. Nothing there is changed or deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from pydantic import Field, field_validator

from listener.connector import (
    JSON,
    Connector,
    FileSeen,
    Form,
    Http,
    NeedsAttention,
    OptionsModel,
    Page,
    Refused,
    TryLater,
)
from listener.connector.anew import Anew
from listener.connector.rows import Unfit
from listener.connector.table import LONGEST, Header, Part, read_part

CSV = (".csv", ".tsv")
JSON_LINES = (".jsonl", ".ndjson")
A_PAGE = 256 * 2**10
"""Bytes of one page: some hundred rows are stored at once."""
MOST_PAGES = 40
KEPT_ASIDE = 500
"""Bytes of a line that is too long, of which it is known again."""


class FilesOptions(OptionsModel):
    """Where the files are."""

    folder: str = Field(
        description="The folder, relative to that of the configuration.", examples=["inbox", "/srv/exports"]
    )
    form: Form | None = Field(
        default=None,
        description="What the rows are, where they do not say so: `post`, `comment`, `review`, `article`. A row with a rating is a review.",
    )

    @field_validator("folder")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        path = value.strip().rstrip("/") or value.strip()
        if not path or "\x00" in path:
            raise ValueError("this is no folder: write its path, as in inbox")
        if path.casefold().endswith((*CSV, *JSON_LINES)):
            raise ValueError("this is a file: name the folder that it lies in, or use listener import")
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a file was read.

    at, line    where the reading goes on
    head        of its first bytes, `known` of them: another file that took its number has others
    resting     how large the file was where its last line was not whole: one that stays so is read as it is
    """

    at: int = 0
    line: int = 1
    head: str = ""
    known: int = 0
    resting: int = -1

    @classmethod
    def of(cls, cursor: object, file: FileSeen) -> Place:
        """From a cursor; from the beginning where there is none, and where the file is another or was cut off."""
        told = cursor if isinstance(cursor, Mapping) else {}
        numbers = {name: told.get(name) for name in ("at", "line", "known", "resting")}
        if not all(isinstance(number, int) for number in numbers.values()):
            return cls()
        place = cls(head=str(told.get("head")), **numbers)  # type: ignore[arg-type]  # each was looked at
        same = place.at <= file.size and place.head == _print(file.head[: place.known])
        return place if same else cls()

    def to_json(self) -> JSON:
        return {name: getattr(self, name) for name in ("at", "line", "head", "known", "resting")}

    def moved(self, file: FileSeen, *, at: int, lines: int, resting: int = -1) -> Place:
        known = min(at, len(file.head))
        return replace(
            self, at=at, line=self.line + lines, known=known, head=_print(file.head[:known]), resting=resting
        )


def _print(head: bytes) -> str:
    return blake2b(head, digest_size=8).hexdigest()


def fetch(http: Http, options: FilesOptions, cursor: JSON) -> Iterator[Page]:
    """One page for each part of each file that has news; what is left when the page limit comes is read by the next poll."""
    anew = Anew.resumed(cursor, fresh=http.fresh)
    before = anew.known.get("files")
    known: Mapping[str, Any] = before if isinstance(before, Mapping) else {}
    files = http.files(options.folder, (*CSV, *JSON_LINES))
    places = {file.key: Place.of(known.get(file.key), file) for file in files}
    pages = 0
    for file in files:
        for page, place in _pages(http, options, file, places[file.key]):
            places[file.key] = place
            pages += 1
            yield replace(page, cursor=anew.cursor(_told(places)), truncated=pages == MOST_PAGES)
            if pages == MOST_PAGES:
                return
    if anew.under_way:
        yield Page(cursor=_told(places))


def _told(places: Mapping[str, Place]) -> dict[str, JSON]:
    return {"files": {key: one.to_json() for key, one in places.items()}}


def _pages(http: Http, options: FilesOptions, file: FileSeen, place: Place) -> Iterator[tuple[Page, Place]]:
    """What is new in one file, with how far it is read after each page. A file that is gone meanwhile costs only itself."""
    try:
        header, skipped = _header(http, file) if file.name.casefold().endswith(CSV) else (None, 0)
        if header is not None and place.at < skipped:
            place = place.moved(file, at=skipped, lines=1)
        while file.size > place.at:
            page, after = _page(http, options, file, place, header)
            if after == place:
                return
            place = after
            yield page, place
            if place.resting >= 0:
                return
    except TryLater:
        return
    except Unfit as unfit:
        if place.at < file.size:
            reason = f"{file.name} line 1 {unfit}."
            yield _set_aside(reason, file.head), place.moved(file, at=file.size, lines=0)


def _header(http: Http, file: FileSeen) -> tuple[Header | None, int]:
    """The first line of a CSV file and where the second begins; none while it is being written."""
    first = http.lines(file.path, after=0, most=LONGEST)
    if first.too_long:
        raise Unfit("is longer than 1 MB: begin with a line of column names")
    line, sign, _ = first.body.partition(b"\n")
    if not sign:
        raise TryLater(f"{file.name} has no whole line yet: it is read later.")
    return Header.read(line.rstrip(b"\r")), len(line) + 1


def _page(
    http: Http, options: FilesOptions, file: FileSeen, place: Place, header: Header | None
) -> tuple[Page, Place]:
    read = http.lines(file.path, after=place.at, most=A_PAGE)
    if read.too_long:  # than a page; a row may be longer
        read = http.lines(file.path, after=place.at, most=2 * LONGEST)
    if read.too_long:
        reason = f"{file.name} line {place.line} is longer than 2 MB: write one item on each line."
        return _set_aside(reason, read.body[:KEPT_ASIDE]), place.moved(file, at=read.end, lines=1)
    rests = place.resting == file.size
    body = read.body + (read.rest if rests and read.ended else b"")
    part = Part(body=body, name=file.name, header=header, first=place.line, form=options.form, final=rests)
    chunk = http.apart(read_part, part, http.now)
    if (
        not chunk.used and not rests and not read.ended
    ):  # a row that is longer than a page, or has an open quote
        longer = http.lines(file.path, after=place.at, most=2 * LONGEST).body
        chunk = http.apart(read_part, replace(part, body=longer, final=True), http.now)
    at = place.at + chunk.used
    resting = file.size if read.ended and at < file.size else -1
    return (
        Page(found=chunk.found, refused=chunk.refused),
        place.moved(file, at=at, lines=chunk.lines, resting=resting),
    )


def _set_aside(reason: str, payload: bytes) -> Page:
    return Page(refused=(Refused(reason=reason, payload=payload or b"-"),))


def check(http: Http, options: FilesOptions) -> str:
    """How many files there are."""
    files = http.files(options.folder, (*CSV, *JSON_LINES))
    if not files:
        return (
            f"The folder {options.folder} is there and holds no {' or '.join((*CSV, *JSON_LINES))} file yet."
        )
    unread = []
    for file in files:
        try:
            _header(http, file) if file.name.casefold().endswith(CSV) else None
        except Unfit as unfit:
            unread.append(f"{file.name} line 1 {unfit}")
        except TryLater:
            continue
    if unread:
        raise NeedsAttention(f"{unread[0]}.")
    more = f" and {len(files) - 1} more to read" if len(files) > 1 else " to read"
    return f"The folder {options.folder} holds {files[0].name}{more}."


CONNECTOR = Connector(
    kind="files",
    summary="CSV files and JSON lines that are dropped in a folder.",
    options=FilesOptions,
    scope=lambda options: options.folder,
    fetch=fetch,
    short="folder",
    default_every=timedelta(minutes=5),
    least_interval=timedelta(minutes=1),
    check=check,
    terms="Your own: how long exports of yours are kept is for you to say.",
)
