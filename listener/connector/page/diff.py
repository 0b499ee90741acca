"""What is new on a page: a comparison of sets of blocks, so that order does not count, with a memory of what only flickers."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from listener.connector.page.blocks import Block, key_of
from listener.domain.found import Found

MARK = 8  # characters of a digest: 48 bits, enough for some thousands of blocks of one page
NOISE = 3
BACK_AFTER_H = 24
RESTLESS_H = 48
FORGET_AFTER_H = 24 * 90
VANISHED_CAP = 500
SHAPES_CAP = 200
SHAPED_TEXT = 120
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A short text of which only the digits change: its mark with digits, how often in a row it changed within
    RESTLESS_H, and the hour (since 1970) of the last change.
    """

    mark: str
    changes: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one page has shown.

    present   marks of the blocks that were there at the last look
    vanished  mark -> how often that block went away, and the hour (since 1970) when it last did
    shapes    mark of a short text without its digits -> what became of it ("updated 5 minutes ago")
    """

    present: frozenset[str] = frozenset()
    vanished: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The blocks of the main text that are news, in the page's order, a mark that names them together, and the new memory."""

    added: tuple[Block, ...]
    mark: str
    memory: Memory


def mark_of(text: str) -> str:
    """A short name for a text; the same for texts that a reader would call the same."""
    return urlsafe_b64encode(hashlib.blake2b(key_of(text).encode(), digest_size=6).digest()).decode()


def baseline(blocks: Sequence[Block], *, now: datetime) -> Memory:
    """The memory after a first look, of which nothing is news."""
    return compared(Memory(), blocks, now=now).memory


def compared(memory: Memory, blocks: Sequence[Block], *, now: datetime) -> Diff:
    """What `blocks` add to what was seen before.

    Not news are a block that flickers (it went away NOISE times already, or came back within a day) and a restless one:
    short, the only one of its kind on the page, and nothing but its digits changes, time and again.
    """
    hour = int(now.timestamp()) // 3600
    marks = {mark_of(block.text): block for block in blocks}
    shapes = _shapes(memory, marks, hour)
    news = {
        mark: block
        for mark, block in marks.items()
        if block.main
        and mark not in memory.present
        and not _flickers(memory.vanished.get(mark), hour)
        and not _is_restless(shapes.get(_shape(block.text)))
    }
    named = sorted(f"{mark}:{memory.vanished.get(mark, (0, 0))[0]}" for mark in news)
    return Diff(
        added=tuple(news.values()),
        mark=hashlib.blake2b(" ".join(named).encode(), digest_size=16).hexdigest(),
        memory=Memory(present=frozenset(marks), vanished=_gone(memory, marks, hour), shapes=shapes),
    )


def untold(added: Iterable[Block], items: Iterable[Found]) -> tuple[Block, ...]:
    """The blocks that the structured data of the same look does not tell already (a headline, the words of a review)."""
    told = "\n".join(key_of(f"{item.title or ''}\n{item.text}") for item in items)
    return tuple(block for block in added if key_of(block.text) not in told)


def _flickers(vanished: tuple[int, int] | None, hour: int) -> bool:
    return vanished is not None and (vanished[0] >= NOISE or hour - vanished[1] < BACK_AFTER_H)


def _is_restless(shape: Shape | None) -> bool:
    return shape is not None and shape.changes >= NOISE


def _gone(memory: Memory, marks: Mapping[str, Block], hour: int) -> dict[str, tuple[int, int]]:
    gone = {mark: (times, at) for mark, (times, at) in memory.vanished.items() if hour - at < FORGET_AFTER_H}
    restless = {shape.mark for shape in memory.shapes.values() if _is_restless(shape)}  # never seen again
    for mark in sorted(memory.present - marks.keys() - restless):
        times, _ = gone.pop(mark, (0, 0))
        gone[mark] = (times + 1, hour)
    return dict(list(gone.items())[-VANISHED_CAP:])


def _shape(text: str) -> str:
    """The mark of a short text without its digits, or "" where it has none or is long."""
    if len(text) > SHAPED_TEXT or not _DIGITS.search(text):
        return ""
    return mark_of(_DIGITS.sub("#", text))


def _shapes(memory: Memory, marks: Mapping[str, Block], hour: int) -> dict[str, Shape]:
    counts = Counter(shape for block in marks.values() if (shape := _shape(block.text)))
    after = {name: shape for name, shape in memory.shapes.items() if counts[name] < 2}
    for mark, block in marks.items():
        name = _shape(block.text)
        if counts[name] == 1:
            after[name] = _changed(after.pop(name, None), mark, hour)
    return dict(list(after.items())[-SHAPES_CAP:])


def _changed(shape: Shape | None, mark: str, hour: int) -> Shape:
    if shape is None:
        return Shape(mark=mark, changes=0, at=hour)
    if shape.mark == mark:
        return shape
    again = shape.changes + 1 if hour - shape.at < RESTLESS_H else 1
    return Shape(mark=mark, changes=again, at=hour)


def to_json(memory: Memory) -> dict[str, Any]:
    """For the cursor: some tens of kilobytes at most."""
    return {
        "present": "".join(sorted(memory.present)),
        "vanished": {mark: list(gone) for mark, gone in memory.vanished.items()},
        "shapes": {name: [shape.mark, shape.changes, shape.at] for name, shape in memory.shapes.items()},
    }


def from_json(kept: Mapping[str, Any]) -> Memory:
    """The inverse of `to_json`."""
    return Memory(
        present=frozenset(split_marks(kept["present"])),
        vanished={mark: (times, at) for mark, (times, at) in kept["vanished"].items()},
        shapes={
            name: Shape(mark=mark, changes=changes, at=at)
            for name, (mark, changes, at) in kept["shapes"].items()
        },
    )


def split_marks(joined: str) -> tuple[str, ...]:
    """Marks as they are kept: one after the other, without anything between."""
    return tuple(joined[at : at + MARK] for at in range(0, len(joined), MARK))
