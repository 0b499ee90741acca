"""The cues of one client, from the terms of its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from listener.domain.client import Cues
from listener.domain.grammar import parse_term
from listener.domain.tree import Domain, Exact, Handle, Prefix, Tag
from listener.domain.unreadable import QueryError
from listener.scoring.cues.load import STRENGTH, TURNED, Cue
from listener.scoring.cues.phrases import Phrases
from listener.scoring.sentence import read

_KNOWN_WORDS = 2_000
"""Words of texts remembered for each client: there may be thousands of clients."""

_WEIGHT = STRENGTH["strong"]
_SIDES = {"negative": -_WEIGHT, "positive": _WEIGHT, "neutral": 0.0}


def own_cues(cues: Cues) -> Phrases[Cue] | None:
    """The client's own cues, compiled once; None where it has none."""
    return _compiled(cues) if cues.negative or cues.positive or cues.neutral else None


@lru_cache(maxsize=10_000)
def _compiled(cues: Cues) -> Phrases[Cue] | None:
    entries = list(_entries(cues))
    return Phrases(entries, known_words=_KNOWN_WORDS) if entries else None


def _entries(cues: Cues) -> Iterator[tuple[tuple[str, ...], Cue]]:
    for side, weight in _SIDES.items():
        cue = Cue(name="of this client", weight=weight, negated=-TURNED * weight)
        for written in getattr(cues, side):
            if spelling := _spelling(written):
                yield spelling, cue


def _spelling(written: str) -> tuple[str, ...]:
    """The words of a term as a sentence has them; none for what no sentence has, which the configuration refuses."""
    try:
        term = parse_term(written)
    except QueryError:
        return ()
    if isinstance(term, Exact | Domain):
        return ()
    text = term.name if isinstance(term, Handle | Tag) else term.text
    words = tuple(read(text, ()).lowered)
    return (*words[:-1], words[-1] + "*") if isinstance(term, Prefix) else words
