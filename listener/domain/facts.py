"""What is known of an item besides its words, and what a query may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from listener.domain.item import Item
from listener.domain.needle import needle
from listener.domain.tree import Fact, Followers, Known
from listener.domain.words import normalise

Tell: TypeAlias = Callable[[str], str | None]
"""Tells the language of a text, or None where it cannot."""


class Facts:
    """The facts of one item. Its language is found out at most once, and only if it is asked for and the place told none."""

    __slots__ = ("_language", "_tell", "_text", "item")

    def __init__(self, item: Item, text: str, tell: Tell | None) -> None:
        self.item = item
        self._text = text
        self._tell = tell
        self._language = item.language

    def within(self, asked: Followers) -> bool:
        """Whether the author's reach is known and in the range."""
        reach = self.item.reach
        if reach is None or (asked.least is not None and reach < asked.least):
            return False
        return asked.most is None or reach <= asked.most

    def holds(self, asked: Known) -> bool:
        return _HOLDS[asked.fact](self, asked.value)

    def language(self) -> str | None:
        """By the word of the place, else by the text's own letters."""
        if not self._language and self._tell is not None:
            self._language = self._tell(self._text)
            self._tell = None
        return self._language


def _site(facts: Facts, host: str) -> bool:
    wanted, site = host.lower(), (facts.item.site or "").lower()
    return site == wanted or site.endswith("." + wanted)


def _lang(facts: Facts, tag: str) -> bool:
    """`en` is also en-CA; `en-CA` is not en."""
    said, wanted = ((each or "").lower().replace("_", "-") for each in (facts.language(), tag))
    return said == wanted or said.startswith(wanted + "-")


def _source(facts: Facts, name: str) -> bool:
    return needle(name).occurs(normalise(facts.item.source))


def _kind(facts: Facts, kind: str) -> bool:
    return facts.item.kind == kind


def _url(facts: Facts, part: str) -> bool:
    return part.lower() in (facts.item.url or "").lower()


_HOLDS: dict[Fact, Callable[[Facts, str], bool]] = {
    "site": _site,
    "lang": _lang,
    "source": _source,
    "kind": _kind,
    "url": _url,
}
