"""What is wrong in a configuration file, each with its line, its path and its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value stands: `("watch_lists", 0, "clients", 2, "query")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to put right. `line` counts from 1; `remedy` is a sentence that says what to do."""

    file: str
    line: int
    path: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.remedy}"


class Mistakes(Exception):  # noqa: N818 - it is what it is called in the whole house
    """The configuration cannot be used; `str()` has every mistake on its line, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes), key=lambda one: (one.line, one.path, one.remedy)))
        super().__init__("\n".join(str(one) for one in self.mistakes))


class Unfit(ValueError):  # noqa: N818 - as Mistakes
    """A value that cannot be used; the text goes on after the quoted value: “is no duration: write 15m”."""


class Whole(Unfit):
    """As Unfit, but the text stands alone: the value says nothing, or is not to be repeated."""


def spelled(path: Path) -> str:
    """The path as a person reads it: `watch_lists[0].clients[2].query`; the whole file is `file`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{plain(part)}" for part in path)
    return text.removeprefix(".") or "file"


def plain(text: str, *, most: int = 60) -> str:
    """Text of the file made fit for a line of a terminal: no controls, no line ends, no password, not endless."""
    text = without_password(text)
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in cut)


def without_password(url: str) -> str:
    """The URL fit to be shown: `://user:***@host`."""
    url = re.sub(r"([?&]password=)[^&\s]*", r"\1***", url)
    return re.sub(r"(://[^/?#@:\s]*):[^/?#\s]*@", r"\1:***@", url)
