"""Items that somebody hands in, one JSON object a line. A wrong line is told with its number and costs only itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from listener.domain.found import Author, Found
from listener.polling.trial import Given

LONGEST = 16 * 2**20
"""Bytes of one line; what is longer is no item, and is not held in memory to find out."""

TEXTS = frozenset({"text", "title", "url", "lang", "site", "kind", "source", "handle"})
AUTHORS = frozenset({"author", "handle", "followers"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 1e11  # a count of seconds this great is in the year 5138: it counts milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A line that holds no item, and why."""

    line: int
    reason: str


class _Unfit(Exception):  # noqa: N818 - its text is what is said of the line
    """What is wrong with a line."""


def read(lines: BinaryIO) -> Iterator[Given | Wrong]:
    """Every line that is not empty, in order, without holding more than one of them."""
    number = 0
    while raw := lines.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST:
            _skip_rest(lines, raw)
            yield Wrong(
                line=number, reason=f"is longer than {LONGEST // 2**20} MB: write one item on each line"
            )
        elif not raw.isspace():
            try:
                yield _given(raw if number > 1 else raw.removeprefix(b"\xef\xbb\xbf"))
            except _Unfit as unfit:
                yield Wrong(line=number, reason=str(unfit))


def _skip_rest(lines: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = lines.readline(LONGEST)


def _given(raw: bytes) -> Given:
    data = _parsed(raw)
    name = data.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise _Unfit('has no id: write {"id": …, "text": …}')
    texts = {key: _text(key, value) for key, value in data.items() if key in TEXTS and value is not None}
    text, title, site = texts.get("text"), texts.get("title"), texts.get("site")
    if not text and not title:
        raise _Unfit('has no text: write {"id": …, "text": …}')
    found = Found(
        external_id=str(name),
        text=text or "",
        title=title or None,
        url=texts.get("url") or None,
        site=site if not site or "://" in site else f"https://{site}",
        author=_author(data, texts.get("handle")) if data.keys() & AUTHORS else None,
        published_at=_time(data.get("published_at")),
        language=texts.get("lang") or None,
        links=_links(data["links"]) if data.get("links") else (),
    )
    return Given(
        id=_clean(name) if isinstance(name, str) else name,
        found=found,
        kind=texts.get("kind") or "",
        source=texts.get("source") or "",
    )


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(raw)
    except UnicodeDecodeError:
        raise _Unfit("is not in UTF-8: save the file as UTF-8") from None
    except RecursionError:
        raise _Unfit("is nested too deeply to be an item") from None
    except ValueError as error:
        raise _Unfit(f"is no JSON ({_where(error)}): write one object on each line") from None
    if not isinstance(data, dict):
        raise _Unfit('is no JSON object: write {"id": …, "text": …}')
    return data


def _where(error: ValueError) -> str:
    return (
        f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
    )


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit(f"has a {key} that is no text: write it in quotes")
    return _clean(value)


def _clean(text: str) -> str:
    """The text without halves of characters, which JSON can spell and no file can hold."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8") if _is_broken(text) else text


def _is_broken(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _author(data: Mapping[str, Any], handle: str | None) -> Author | None:
    """`"author": "Ann"` or `"@ann"`, or an object with name, handle and followers; the latter two may stand beside it."""
    raw = data.get("author")
    about = raw if isinstance(raw, dict) else {"name": raw}
    name, its_handle = (_text(f"{key} of its author", about.get(key) or "") for key in ("name", "handle"))
    handle = its_handle or handle or (name if name.startswith("@") else "")
    reach = _count(about.get("followers", data.get("followers")))
    if not name and not handle and reach is None:
        return None
    return Author(
        key=handle or name, name=None if name == handle else name or None, handle=handle or None, reach=reach
    )


def _count(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        raise _Unfit("has followers that are no number: write such as 1200")
    return int(value)


def _links(value: object) -> tuple[str, ...]:
    links = [value] if isinstance(value, str) else value
    if not isinstance(links, list) or not all(isinstance(link, str) for link in links):
        raise _Unfit('has links that are no list of addresses: write ["https://…"]')
    return tuple(_clean(link) for link in links)


def _time(value: object) -> datetime | None:
    """ISO 8601 (UTC where it names no zone), or seconds or milliseconds since 1970."""
    if value is None or value == "":
        return None
    read: Callable[[Any], datetime] = _from_text if isinstance(value, str) else _from_number
    try:
        return read(value)
    except (ValueError, OverflowError, TypeError):
        raise _Unfit(
            f"has a published_at {str(value)[:40]!r} that is no time: write 2026-03-01T12:00:00Z"
        ) from None


def _from_text(text: str) -> datetime:
    at = datetime.fromisoformat(text.strip())
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _from_number(number: float) -> datetime:
    if isinstance(number, bool):
        raise TypeError
    return EPOCH + timedelta(seconds=number / 1000 if number >= MILLISECONDS_FROM else number)
