"""A walk down a place's items that goes from page to page by a mark of the place's own (a page token, a cursor).

It is a `walk.Walk`, so that it looks back by an overlap; the mark of the page that comes next stands beside it in the cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from listener.connector import values
from listener.connector.contract import JSON, Http, NeedsAttention, Page, TryLater
from listener.connector.walk import Read, Walk
from listener.domain.found import Found, Refused


class StaleMark(Exception):  # noqa: N818 - an outcome of a request, named as such
    """The place no longer knows the mark that it gave: the walk begins again from the newest item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page, read. `times` are those of its items in its order, in milliseconds since 1970; `mark` leads to the next page.

    rows   what the connector goes on with for each item, where it asks for more about it
    gone   external ids of what the page says was deleted
    """

    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    times: tuple[int, ...] = ()
    mark: str = ""
    rows: tuple[Any, ...] = ()
    gone: tuple[str, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Found | Refused | str | None], **told: Any) -> Self:  # noqa: ANN401 - the other fields
        """From items as they were read one by one, as `Read.of` does."""
        read = Read.of(items)
        told.setdefault("times", milliseconds(one.published_at for one in read.found))
        return cls(found=read.found, refused=read.refused, gone=read.gone, **told)

    def is_below(self, floor: int) -> bool:
        """Whether what follows is older than `floor`: most of it is already. Some pages begin with an old item that is pinned."""
        older = sum(at < floor for at in self.times)
        return older * 2 > len(self.times)


def milliseconds(times: Iterable[datetime | None]) -> tuple[int, ...]:
    """Times that are known, in milliseconds since 1970."""
    return tuple(int(at.timestamp() * 1000) for at in times if at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a walk goes back: `days` at first, by `overlap` in each poll beyond the last one, and once in `deeper` by that."""

    days: int
    overlap: timedelta
    deeper: timedelta

    def resumed(self, cursor: JSON, now: datetime) -> Walk:
        return Walk.resumed(cursor, now, days=self.days, overlap=self.overlap, deeper=self.deeper)


Ask = Callable[[str, int], Sheet]
"""The mark of a page (empty for the newest one) and the floor of the walk in, the page out. May raise StaleMark."""


def pages(ask: Ask, cursor: JSON, reach: Reach, *, now: datetime, most: int) -> Iterator[Page]:
    """Ask page by page down to the floor of the walk, `most` times; what is left over is read by the next poll."""
    walk = reach.resumed(cursor, now)
    mark = values.text(cursor, "mark") if walk.below is not None else ""
    seen = {mark}
    for page in range(1, most + 1):
        walk, mark, sheet = _asked(ask, walk, mark, seen)
        told = walk.to_json()
        yield Page(
            found=sheet.found,
            refused=sheet.refused,
            gone=sheet.gone,
            cursor={**told, "mark": mark} if mark else told,
            truncated=page == most and bool(mark),
        )
        if not mark:
            return


def _asked(ask: Ask, walk: Walk, mark: str, seen: set[str]) -> tuple[Walk, str, Sheet]:
    """One page further down. Raises TryLater where its mark was there before."""
    try:
        sheet = ask(mark, walk.floor)
    except StaleMark:
        walk = replace(walk, below=None)
        seen.clear()
        sheet = ask("", walk.floor)
    following = "" if sheet.is_below(walk.floor) else sheet.mark
    if following and following in seen:
        raise TryLater("The place gives the same page again and again: it is asked again later.")
    seen.add(following)
    read = Read.of((), newest=max(sheet.times, default=None), below=len(seen), last=not following)
    return walk.after(read), following, sheet


def anew(http: Http, cursor: JSON) -> JSON:
    """The cursor; None while a client is new, to whom all of it is, unless a reading that was cut off goes on first."""
    return None if http.fresh and not _under_way(cursor) else cursor


def _under_way(cursor: JSON) -> bool:
    if not isinstance(cursor, Mapping):
        return False
    return any(cursor.get(key) for key in ("mark", "queue", "more")) or any(map(_under_way, cursor.values()))


def together(cursor: JSON, walks: Mapping[str, Callable[[JSON], Iterator[Page]]]) -> Iterator[Page]:
    """Several walks of one source, one after the other, each with its own part of the cursor.

    What one of them is refused does not keep the others from being read: it is told at the end.
    """
    cursors = {name: known for name in walks if (known := values.table(cursor, name))}
    refused: NeedsAttention | None = None
    cut = False
    for name, walk in walks.items():
        before = cut
        try:
            for page in walk(cursors.get(name)):
                cut = before or page.truncated
                cursors[name] = page.cursor
                yield replace(page, cursor=dict(cursors), truncated=cut)
        except NeedsAttention as trouble:
            refused = refused or trouble
    if refused is not None:
        raise refused


def hosted(page: Page, key: JSON) -> Page:
    """The page with its items marked whose author is the one whose place it is (Author.hosts); `key` is that author's."""
    return replace(page, found=tuple(_hosted(found, key) for found in page.found))


def _hosted(found: Found, key: JSON) -> Found:
    if found.author is None or found.author.key != key:
        return found
    return replace(found, author=replace(found.author, hosts=True))
