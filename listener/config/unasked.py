"""Doubts about places: those that have a search and cannot be asked for a client's query at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from listener.config.asked import Asked
from listener.config.doubts import Doubt
from listener.config.places import Source


def unasked(one: Asked, sources: Iterable[Source]) -> Iterator[Doubt]:
    """The kinds of its sources that nothing of the query can be asked of: there the client is not heard."""
    kinds = dict.fromkeys(source.connector.kind for source in sources if not _can_be_asked(source, one))
    if kinds:
        said = (
            f"{' and '.join(kinds)} cannot be asked for this, so nothing is heard there: add a word, a phrase, an @handle, "
            "a #tag or a domain that must stand in the item"
        )
        yield one.place, said


def _can_be_asked(source: Source, one: Asked) -> bool:
    search = source.connector.search
    found = search({one.client.key: one.query}, source.options) if search else None
    return found is None or bool(found)  # a place that is read whole is not asked
