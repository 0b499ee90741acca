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
    given = [one for one in found if one.cue.others]
    quoted = quotations(sentence)
    counted = _by_clause(sentence) if not CLIENT.isdisjoint(sentence.lowered) else None
    if not given and not quoted:
        return counted
    counted = counted or [1.0] * len(sentence.lowered)
    for quotation in quoted:
        for at in quotation.words:
            counted[at] = min(counted[at], quotation.share)
    for one in given:
        behind = one.cue.others == "behind"
        places = range(one.end, len(counted)) if behind else range(one.start - 1, -1, -1)
        _give_away(sentence, counted, places)
    return counted


def _give_away(sentence: Sentence, counted: list[float], places: range) -> None:
    """These words are another's, as far as the next place that names the client."""
    for at in places:
        if sentence.lowered[at] in CLIENT:
            return
        counted[at] = 0.0


def _by_clause(sentence: Sentence) -> list[float] | None:
    """The shares of a sentence some of whose clauses name the client; None where none does, or each, or one speaks to it."""
    clauses = _clauses(sentence)
    if len(clauses) == 1:
        return None
    said = [sentence.lowered[clause.start : clause.stop] for clause in clauses]
    own = [not CLIENT.isdisjoint(words) for words in said]
    if all(own) or not any(own) or any(map(_is_address, said)):
        return None
    counted = [1.0] * len(sentence.lowered)
    known = rivals(sentence)
    rival = False
    for clause, words, theirs in zip(clauses, said, own, strict=True):
        rival = not theirs and ((rival and _goes_on(words)) or not known.isdisjoint(words))
        if not theirs:
            another = rival or _names_another(sentence, clause)
            counted[clause.start : clause.stop] = [NAMING_ANOTHER if another else BESIDE] * len(clause)
    return counted


def _goes_on(words: Sequence[str]) -> bool:
    """Whether a clause is about the same as the one before: "Globex was late *and is rude*"; "Globex, *who are rude*"."""
    return words[0] in _RELATIVE or (len(words) > 1 and words[0] in _AND and words[1] in FINITE)


def _names_another(sentence: Sentence, clause: range) -> bool:
    together = "".join(sentence.tokens[clause.start : clause.stop])
    if together.islower() and "@" not in together:
        return False
    return any(names_another(sentence, at) for at in clause)


def _clauses(sentence: Sentence) -> list[range]:
    joined = [at for at, word in enumerate(sentence.lowered) if word in _JOINS]
    ended = [at for at, ends in enumerate(sentence.ends, 1) if ends]
    length = len(sentence.lowered)
    edges = sorted({0, *joined, *ended, length})
    return [range(start, end) for start, end in pairwise(edges)]


def _is_address(words: Sequence[str]) -> bool:
    """Whether a clause does nothing but speak to the client: "Mills, where is my order?"."""
    return len(words) == words.count(STAND_IN)
