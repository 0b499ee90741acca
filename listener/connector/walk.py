"""A walk down a place's items from the newest one, for places that show the newest first and can be asked for what is older.

The cursor is never the newest time seen alone: a walk goes down past where the last one began, by an overlap, and once in a
while by more, for what a place shows late. What a page limit cuts off is read by the next poll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from listener.connector import values
from listener.connector.contract import JSON, Page
from listener.domain.found import Found, Refused

HOUR = 3_600_000
DAY = 24 * HOUR
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One answer, read. `count` is how many items it had, those that are never kept among them.

    newest   the latest time in it, in milliseconds since 1970
    below    where the next page begins, in the place's own order
    last     nothing older is left
    gone     external ids of what was deleted or hidden
    """

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]
    count: int
    newest: int | None = None
    below: int | None = None
    last: bool = False
    gone: tuple[str, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Found | Refused | str | None], **told: Any) -> Self:  # noqa: ANN401 - the other fields
        """From items as they were read one by one; a text is the id of one that is gone, None one that is never kept."""
        read = tuple(items)
        return cls(
            found=tuple(one for one in read if isinstance(one, Found)),
            refused=tuple(one for one in read if isinstance(one, Refused)),
            gone=tuple(one for one in read if isinstance(one, str)),
            count=len(read),
            **told,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where the reading stands, in milliseconds since 1970.

    until    up to here everything was read in earlier walks
    overlap  how far each walk looks back past that; once in `deeper` it looks back by `deeper`
    deep     when a walk last did so
    began    when this walk began
    top      the newest item's time that it saw
    below    how far down it has come, in the place's own order; None before its first page
    """

    until: int
    overlap: int
    deeper: int
    deep: int
    began: int
    top: int
    below: int | None = None

    @classmethod
    def resumed(
        cls,
        cursor: JSON,
        at: datetime,
        *,
        days: int,
        overlap: timedelta,
        deeper: timedelta = timedelta(days=1),
    ) -> Self:
        """Go on from a cursor; from `days` ago where there is none."""
        now = int(at.timestamp() * 1000)
        known: Mapping[str, Any] = cursor if isinstance(cursor, Mapping) else {}
        until, deep, began, top = (values.count(known, key) for key in ("until", "deep", "began", "top"))
        until = now - days * DAY if until is None else until
        walk = cls(
            until=until,
            overlap=overlap // MILLISECOND,
            deeper=deeper // MILLISECOND,
            deep=now if deep is None else deep,
            began=now,
            top=until,
        )
        below = known.get("below")
        if began is None or not isinstance(below, str) or not below.isdecimal():
            return walk
        return replace(walk, began=began, top=top or until, below=int(below))

    @property
    def floor(self) -> int:
        """Down to where this walk goes."""
        return max(0, self.until - (self.deeper if self._is_deep else self.overlap))

    @property
    def _is_deep(self) -> bool:
        return self.began - self.deep >= self.deeper

    def after(self, read: Read) -> Self:
        """One page further down, or at its end: then all that was there when it began is read, where our clock is the place's."""
        top = max(self.top, read.newest or 0)
        if not read.last:
            return replace(self, top=top, below=read.below)
        until = max(self.until, min(self.began, top))
        return replace(
            self, until=until, deep=self.began if self._is_deep else self.deep, top=until, below=None
        )

    def to_json(self) -> dict[str, JSON]:
        if self.below is None:
            return {"until": self.until, "deep": self.deep}
        told = {key: getattr(self, key) for key in ("until", "deep", "began", "top")}
        return {
            **told,
            "below": str(self.below),
        }  # a place's ids may be greater than what JSON holds everywhere

    def pages(
        self, ask: Callable[[Walk], Read], *, most: int, beside: Mapping[str, JSON] = {}
    ) -> Iterator[Page]:
        """Ask page by page until nothing older is left, `most` times; cursors hold what is `beside`, too."""
        walk = self
        for page in range(1, most + 1):
            read = ask(walk)
            walk = walk.after(read)
            yield Page(
                found=read.found,
                refused=read.refused,
                gone=read.gone,
                cursor={**walk.to_json(), **beside},
                truncated=page == most and not read.last,
            )
            if read.last:
                return
