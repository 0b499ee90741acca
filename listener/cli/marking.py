"""A text with the places that a query found in it marked: for a terminal that can underline, or in brackets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TextIO

from listener.cli.output import printable
from listener.domain.explain import Marked

WHOLE = 400
"""Characters up to which a text is shown whole; of a longer one what stands around the marks."""

AROUND = 80
BEGINNING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What stands before and behind a place that was asked for, and one that must not be there."""

    asked: tuple[str, str]
    excluded: tuple[str, str]


BRACKETS = Style(asked=("[[", "]]"), excluded=("{{", "}}"))
UNDERLINED = Style(asked=("\x1b[1;4m", "\x1b[0m"), excluded=("\x1b[7m", "\x1b[0m"))


def style_for(out: TextIO) -> Style:
    """Bold and underlined, or in reverse, on a terminal; brackets in a file and where the terminal can do nothing."""
    able = out.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}
    return UNDERLINED if able else BRACKETS


def marked_lines(title: str | None, text: str, marks: Sequence[Marked], style: Style) -> list[str]:
    """Title and text, each on one line that cannot speak to a terminal. Marks count in title, line end and text together."""
    if not title:
        return [_marked(text, marks, style)]
    first = len(title) + 1
    inside = [one for one in marks if one.end < first]
    behind = [_moved(one, first) for one in marks if one.start >= first]
    lines = [_marked(title, inside, style)]
    return [*lines, _marked(text, behind, style)] if text else lines


def _moved(mark: Marked, by: int) -> Marked:
    return Marked(start=mark.start - by, end=mark.end - by, term=mark.term, excluded=mark.excluded)


def _marked(text: str, marks: Sequence[Marked], style: Style) -> str:
    runs = _runs(marks)
    windows = _windows(len(text), runs)
    shown = ["…"] if windows[0][0] else []
    for start, end in windows:
        inside = [run for run in runs if start <= run[0] and run[1] <= end]
        shown.append("".join(_pieces(text, start, end, inside, style)).strip())
    return " ".join(shown)


def _pieces(
    text: str, start: int, end: int, runs: Iterable[tuple[int, int, bool]], style: Style
) -> Iterator[str]:
    at = start
    for first, last, excluded in runs:
        before, behind = style.excluded if excluded else style.asked
        yield from (_plain(text[at:first]), before, _plain(text[first:last]), behind)
        at = last
    yield _plain(text[at:end]) + (" …" if end < len(text) else "")


def _runs(marks: Iterable[Marked]) -> list[tuple[int, int, bool]]:
    """The marked stretches in order, none over another; where two overlap they are one, excluded if either is."""
    runs: list[tuple[int, int, bool]] = []
    for one in sorted(marks, key=lambda mark: (mark.start, mark.end)):
        if runs and one.start < runs[-1][1]:
            start, end, excluded = runs[-1]
            runs[-1] = (start, max(end, one.end), excluded or one.excluded)
        else:
            runs.append((one.start, one.end, one.excluded))
    return runs


def _windows(size: int, runs: Sequence[tuple[int, int, bool]]) -> list[tuple[int, int]]:
    """Which stretches of a text are shown."""
    if size <= WHOLE or not runs:
        return [(0, size if size <= WHOLE else BEGINNING)]
    around = [(max(0, start - AROUND), min(size, end + AROUND)) for start, end, _ in runs]
    cuts = [index for index, (one, other) in enumerate(pairwise(around), start=1) if other[0] > one[1]]
    bounds = [0, *cuts, len(around)]
    return [(around[first][0], around[last - 1][1]) for first, last in pairwise(bounds)]


def _plain(piece: str) -> str:
    """The piece on one line without controls, with the space at its ends kept as one."""
    if piece.isspace():
        return " "
    return " " * piece[:1].isspace() + printable(piece) + " " * piece[-1:].isspace()
