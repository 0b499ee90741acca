"""What to ask a place that has a search: a client's query as words, wider than the query and never narrower."""

from __future__ import annotations

import re

from listener.domain.query import Query

Alternatives = tuple[tuple[str, ...], ...]

_WORD = re.compile(r"\w+")


def alternatives(query: Query) -> Alternatives:
    """Ways to satisfy the query, each of terms that must all be there, as plain words; never empty, none of them empty.

    `@millssupply` and `#mills` become words: few places search for the sign. A way that another, wider one covers is
    left out. A query too wide for this (see Query.needles) becomes each of its terms alone.
    """
    ways = [_said(way) for way in query.needles()]
    if not ways or not all(ways):
        ways = [way for term in query.terms() if (way := _said((term,)))]
    distinct = list(dict.fromkeys(ways))
    return tuple(way for way in distinct if not any(set(wider) < set(way) for wider in distinct))


def rarest(way: tuple[str, ...]) -> str:
    """The term that likely brings least: the most words, then the most letters."""
    return max(way, key=lambda term: (len(term.split()), len(term)))


def _said(way: tuple[str, ...]) -> tuple[str, ...]:
    words = (" ".join(_WORD.findall(term)) for term in way)
    return tuple(dict.fromkeys(word.casefold() for word in words if word))
