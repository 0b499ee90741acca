"""What of a missing piece is there after all: a part of a longer handle, another spelling, another value of the fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from listener.domain.explain_words import PLACES, listed, named, quoted, reach
from listener.domain.reading import Reading, whole
from listener.domain.tree import Exact, Fact, Followers, Handle, In, Known, Node, Phrase, Tag
from listener.domain.words import normalise

SHOWN = 60
"""Characters of what stands there instead."""

_FACTS: dict[Fact, tuple[str, Callable[[Reading], str | None]]] = {
    "site": ("site", lambda reading: reading.item.site),
    "lang": ("language", lambda reading: reading.facts().language()),
    "source": ("source", lambda reading: reading.item.source),
    "kind": ("kind", lambda reading: reading.item.kind),
    "url": ("address", lambda reading: reading.item.url),
}


def nearly(reading: Reading, piece: Node) -> str | None:
    """How this word, which does not stand there, nearly does; None where nothing like it stands there."""
    if isinstance(piece, In):
        return _in_the_other_part(reading, piece)
    if isinstance(piece, Exact):
        return _otherwise_written(reading, piece)
    if isinstance(piece, Handle | Tag):
        return _part_of_longer(reading, piece)
    return None


def instead(reading: Reading, pieces: Sequence[Node]) -> str | None:
    """What the item has where it should have one of these: facts of one kind, or authors; None for words."""
    kinds = {(type(piece), piece.fact if isinstance(piece, Known) else None) for piece in pieces}
    first = pieces[0]
    if len(kinds) > 1:
        return None
    if isinstance(first, Known):
        name, value_of = _FACTS[first.fact]
        wanted = listed([quoted(piece.value) for piece in pieces if isinstance(piece, Known)], "or")
        return _told(name, value_of(reading), wanted)
    if isinstance(first, Followers):
        return _followers(
            reading.item.reach, [reach(piece) for piece in pieces if isinstance(piece, Followers)]
        )
    authors = [piece.part for piece in pieces if isinstance(piece, In) and piece.where == "author"]
    if len(authors) < len(pieces):
        return None
    return _told(
        "author", next(iter(reading.item.author), None), listed([named(author) for author in authors], "or")
    )


def _told(name: str, value: str | None, wanted: str) -> str:
    return f"the {name} is {quoted(value) if value else 'unknown'}, not {wanted}"


def _followers(count: int | None, wanted: Sequence[str]) -> str:
    if count is None:
        return f"it is not known that the author has {listed(wanted, 'or')}"
    return f"the author has {count:,} followers, not {listed(wanted, 'or')}"


def _otherwise_written(reading: Reading, piece: Exact) -> str | None:
    spans = reading.spans(Phrase(piece.text))
    if not spans:
        return None
    start, end = spans[0]
    there = whole(reading.item.title, reading.item.text)[start:end]
    return f"{quoted(piece.text)} stands only as {quoted(there[:SHOWN])}"


def _part_of_longer(reading: Reading, piece: Handle | Tag) -> str | None:
    wanted = normalise(piece.written)
    longer = re.search(rf"{re.escape(wanted)}[\w.@-]*\w", reading.folded)
    return f"{quoted(piece.written)} stands only inside {quoted(longer[0][:SHOWN])}" if longer else None


def _in_the_other_part(reading: Reading, piece: In) -> str | None:
    """A term that stands in the text and not in the title, or the reverse."""
    if piece.where == "author":
        return None
    other = PLACES["text" if piece.where == "title" else "title"]
    return (
        f"{named(piece.part)} stands{other}, not{PLACES[piece.where]}" if reading.holds(piece.part) else None
    )
