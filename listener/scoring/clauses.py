"""Whose each word of a sentence is: what is said of another company in a comparison, or in its own clause, is not the client's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from listener.domain.masking import STAND_IN
from listener.scoring.others import CLIENT, FINITE, names_another, rivals
from listener.scoring.points import Found
from listener.scoring.quoting import quotations
from listener.scoring.sentence import Sentence

NAMING_ANOTHER = 0.3
"""What a clause counts that names somebody else and not the client: "Globex was late, but Mills came on Monday"."""

BESIDE = 0.7
"""What a clause counts that names nobody, beside one that names the client."""

_JOINS = frozenset(
    "and but while whereas although though however yet because since when if after before as who which".split()  # noqa: SIM905 - a list of words reads best as words
)
_RELATIVE = frozenset({"which", "who"})
_AND = frozenset({"and", "but"})


def shares(sentence: Sentence, found: Collection[Found]) -> Sequence[float] | None:
    """How much each word of the sentence counts toward the client, in [0, 1]; None where all count."""
    given = [one for one in found if one[2].others]
    quoted = quotations(sentence)
    counted = _by_clause(sentence) if not CLIENT.isdisjoint(sentence.lowered) else None
    if not given and not quoted:
        return counted
    counted = counted or [1.0] * len(sentence.lowered)
    for quotation in quoted:
        for at in quotation.words:
            counted[at] = min(counted[at], quotation.share)
    for start, end, cue in given:
        behind = cue.others == "behind"
        places = range(end, len(counted)) if behind else range(start - 1, -1, -1)
        _give_away(sentence, counted, places)
    return counted


def _give_away(sentence: Sentence, counted: list[float], places: range) -> None:
    """These words are another's, as far as the next place that names the client."""
    for at in places:
        if sentence.lowered[at] in CLIENT:
            return
        counted[at] = 0.0


def _by_clause(sentence: Sentence) -> list[float] | None:
    """The shares of a sentence some of whose clauses name the client; None where each does, or one does nothing but speak to it:
    "Mills, where is my order?".
    """
    edges = _edges(sentence)
    if len(edges) == 2:
        return None
    said = [sentence.lowered[start:end] for start, end in pairwise(edges)]
    own = [not CLIENT.isdisjoint(words) for words in said]
    if all(own) or any(len(words) == words.count(STAND_IN) for words in said):
        return None
    counted: list[float] = []
    known = rivals(sentence)
    rival = False
    for start, words, theirs in zip(edges, said, own, strict=False):
        rival = not theirs and ((rival and _goes_on(words)) or not known.isdisjoint(words))
        share = 1.0
        if not theirs:
            another = rival or _names_another(sentence, start, start + len(words))
            share = NAMING_ANOTHER if another else BESIDE
        counted += [share] * len(words)
    return counted


def _goes_on(words: Sequence[str]) -> bool:
    """Whether a clause is about the same as the one before: "Globex was late *and is rude*"; "Globex, *who are rude*"."""
    return words[0] in _RELATIVE or (len(words) > 1 and words[0] in _AND and words[1] in FINITE)


def _names_another(sentence: Sentence, start: int, end: int) -> bool:
    together = "".join(sentence.tokens[start:end])
    if together.islower() and "@" not in together:
        return False
    return any(names_another(sentence, at) for at in range(start, end))


def _edges(sentence: Sentence) -> list[int]:
    """Where the clauses of the sentence begin, and where the last one ends."""
    words = zip(sentence.lowered[1:], sentence.ends, strict=False)
    inner = [at for at, (word, ended) in enumerate(words, 1) if ended or word in _JOINS]
    return [0, *inner, len(sentence.lowered)]
