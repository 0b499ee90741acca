"""One look at a page after another: what it found, and what is remembered. Pure: the connector does the asking."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from listener.connector.page.data import TEXT_CAP
from listener.connector.page.diff import (
    Diff,
    Memory,
    baseline,
    compared,
    mark_of,
    split_marks,
    untold,
)
from listener.connector.page.diff import (
    from_json as memory_from,
)
from listener.connector.page.diff import (
    to_json as memory_json,
)
from listener.connector.page.doubt import SIZES_KEPT, collapse
from listener.connector.page.read import Reading
from listener.domain.found import Found

ACCEPTED_AFTER = timedelta(days=3)
ITEMS_KEPT = 600
LINKS_CAP = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is remembered of a page.

    items         marks of the articles and reviews that it named, the latest last
    sizes         characters of its text at the last looks, the latest last
    shrunk_since  since when it has been suspiciously small
    unread        what the last look left out: blocks and items beyond the most that are read
    """

    memory: Memory
    items: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    shrunk_since: datetime | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look yields. `trouble` says why the page is not believed; then nothing was found."""

    watch: Watch
    found: tuple[Found, ...] = ()
    trouble: str | None = None


def looked(watch: Watch | None, reading: Reading, *, url: str, now: datetime) -> Look:
    """The first look is only a baseline. A page that lost most of its text is not believed until it has been so for
    ACCEPTED_AFTER: then that is how it is, and a new baseline.
    """
    if watch is None:
        return Look(watch=_started(reading, now))
    shrunk = collapse(reading.size, watch.sizes)
    if shrunk is None:
        return _compared(watch, reading, url, now)
    since = watch.shrunk_since or now
    if now - since >= ACCEPTED_AFTER:
        return Look(watch=_started(reading, now))
    trouble = (
        f"{url} shrank to {shrunk}: see whether it still shows what it did. If it stays so,"
        f" it is taken as its new look on {since + ACCEPTED_AFTER:%Y-%m-%d}."
    )
    return Look(watch=replace(watch, shrunk_since=since), trouble=trouble)


def _started(reading: Reading, now: datetime) -> Watch:
    return Watch(
        memory=baseline(reading.blocks, now=now),
        items=tuple(mark_of(item.external_id) for item in reading.items)[-ITEMS_KEPT:],
        sizes=(reading.size,),
        unread=reading.unread,
    )


def _compared(watch: Watch, reading: Reading, url: str, now: datetime) -> Look:
    diff = compared(watch.memory, reading.blocks, now=now)
    marks = {mark_of(item.external_id): item for item in reading.items}
    items = tuple(item for mark, item in marks.items() if mark not in watch.items)
    kept = [mark for mark in watch.items if mark not in marks]
    after = Watch(
        memory=diff.memory,
        items=(*kept, *marks)[-ITEMS_KEPT:],
        sizes=(*watch.sizes, reading.size)[-SIZES_KEPT:],
        unread=reading.unread,
    )
    return Look(watch=after, found=items + _change(diff, items, reading, url))


def _change(diff: Diff, items: tuple[Found, ...], reading: Reading, url: str) -> tuple[Found, ...]:
    """One item for all that a look added, unless the structured data tells it already."""
    blocks = untold(diff.added, items)
    if not blocks:
        return ()
    identity = hashlib.blake2b(f"{url}\n{diff.mark}".encode(), digest_size=16).hexdigest()
    text = "\n".join(block.text for block in blocks)
    links = dict.fromkeys(link for block in blocks for link in block.links)
    found = Found(
        external_id=f"change:{identity}",
        text=text[:TEXT_CAP],
        title=reading.title or None,
        url=url,
        language=reading.language,
        form="page_change",
        links=tuple(links)[:LINKS_CAP],
        raw={"blocks": len(blocks), "cut": max(0, len(text) - TEXT_CAP), "rating": dict(reading.rating)},
    )
    return (found,)


def to_json(watch: Watch) -> dict[str, Any]:
    """For the cursor."""
    return {
        "memory": memory_json(watch.memory),
        "items": "".join(watch.items),
        "sizes": list(watch.sizes),
        "shrunk_since": watch.shrunk_since.isoformat() if watch.shrunk_since else None,
        "unread": watch.unread,
    }


def from_json(kept: Mapping[str, Any]) -> Watch:
    """The inverse of `to_json`."""
    return Watch(
        memory=memory_from(kept["memory"]),
        items=split_marks(kept["items"]),
        sizes=tuple(kept["sizes"]),
        shrunk_since=datetime.fromisoformat(kept["shrunk_since"]) if kept["shrunk_since"] else None,
        unread=kept["unread"],
    )
