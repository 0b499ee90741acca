"""Whether what was read is no article but the page speaking of itself: a consent or pay wall, a robot check, an error.

Such pages are word for word alike, whatever they stand in front of. Taken for copies they would tie, or even merge, articles that have
nothing in common.
"""

from __future__ import annotations

from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from listener.domain.boilerplate_phrases import PHRASES
from listener.domain.words import said, words

REACH = 110
"""Characters before and after a phrase that are taken to be of its kind: about the sentence that it stands in."""

SHARE = 0.6
"""How much of a text must be of that kind. An article below a consent banner, or above a pay wall, stays an article."""

_BRIEF = 160
"""Characters under which one phrase will do; a longer text must hold two different ones."""


@lru_cache(maxsize=4)  # asked for the keys of its story, for those it is merged by, and for its sketch
def is_boilerplate(text: str) -> bool:
    """Whether most of a text stands near to phrases by which pages speak of themselves."""
    read = f" {' '.join(said(text))} "
    hits = _automaton().find_matches_as_indexes(read, overlapping=True)
    if len({which for which, _, _ in hits}) < (1 if len(read) < _BRIEF else 2):
        return False
    covered = end = 0
    for _, first, last in sorted(hits, key=lambda hit: hit[1]):
        covered += max(0, min(last + REACH, len(read)) - max(first - REACH, end, 0))
        end = max(end, last + REACH)
    return covered >= SHARE * len(read)


@cache
def _automaton() -> AhoCorasick:
    phrases = (one for line in PHRASES.splitlines() if not line.startswith("#") for one in line.split("|"))
    return AhoCorasick(sorted({f" {' '.join(words(one))} " for one in phrases if one.strip()}))
