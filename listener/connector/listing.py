"""A place's reviews as a listing, newest first, in which old ones change: read down to where all is known as it is.

The cursor holds what is known of each by its id, with a mark that changes when it does. So shared times, late arrivals and ids out of
order lose nothing: a walk ends at a page on which all is known and that reaches back past an overlap, once a day at the floor. What a page limit cuts off is read by the
next poll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.connector import values
from listener.connector.contract import JSON, Http, Page, TryLater
from listener.domain.found import Found, Refused

DEEP_EVERY = timedelta(days=1)
OVERLAP = timedelta(hours=2)
MOST_KNOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of the listing.

    marks   what there is, by id, each with what changes when it does
    oldest  the time of the oldest, by which the listing is in order
    next    by what the next page is asked for; None where there is none
    """

    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    marks: Mapping[str, str]
    oldest: datetime | None = None
    next: str | None = None


Ask = Callable[[str | None], Leaf]
"""The page that is asked for by this; the first one by None."""


def walk(
    http: Http, ask: Ask, cursor: JSON, *, place: str, floor: datetime | None = None, most: int = 10
) -> Iterator[Page]:
    """Page by page, at most so many; nothing before `floor` is gone after. Raises TryLater where pages lead in a circle."""
    known = {} if http.fresh else dict(values.table(cursor, "known"))
    deep_at = values.moment(values.text(cursor, "deep_at"), http.now)
    deep = deep_at is None or http.now - deep_at >= DEEP_EVERY
    at = http.now.isoformat() if deep or deep_at is None else deep_at.isoformat()
    seen = dict(values.table(cursor, "seen"))  # of a walk that a page limit stopped
    passed = {values.text(cursor, "next") or None}
    number, asked = 0, values.text(cursor, "next") or None
    above: set[str] = set()
    while True:
        leaf = ask(asked)
        number += 1
        if leaf.marks and set(leaf.marks) <= above:
            raise TryLater(f"{place} gives the same page again and again: it is asked again later.")
        above |= set(leaf.marks)
        is_known = all(known.get(one) == mark for one, mark in leaf.marks.items())
        is_old = is_known and (leaf.oldest is None or leaf.oldest < http.now - OVERLAP)
        is_past = floor is not None and leaf.oldest is not None and leaf.oldest < floor
        seen |= leaf.marks
        last = leaf.next is None or not leaf.marks or is_past or (is_old and not deep)
        if not last and leaf.next in passed:
            raise TryLater(f"{place} gives the same page again and again: it is asked again later.")
        passed.add(leaf.next)
        stops = not last and number == most
        yield Page(
            found=leaf.found,
            refused=leaf.refused,
            cursor=_cursor(cursor, known, seen, leaf, at=at, last=last, stops=stops),
            truncated=stops,
        )
        if last or stops:
            return
        asked = leaf.next


def _cursor(
    before: JSON,
    known: Mapping[str, str],
    seen: Mapping[str, str],
    leaf: Leaf,
    *,
    at: str,
    last: bool,
    stops: bool,
) -> JSON:
    """What is known only once a walk has come to its end; in the middle of one the cursor stays as it was."""
    if last:
        return {
            "known": _some({**seen, **{one: m for one, m in known.items() if one not in seen}}),
            "deep_at": at,
        }
    if stops:
        return {**_plain(before), "seen": _some(seen), "next": leaf.next}
    return _plain(before)


def _plain(cursor: JSON) -> dict[str, JSON]:
    return dict(cursor) if isinstance(cursor, Mapping) else {}


def _some(marks: Mapping[str, str]) -> dict[str, str]:
    """The newest, as many as are kept."""
    return dict(list(marks.items())[:MOST_KNOWN])
