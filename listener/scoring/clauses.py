"""Whose each word of a sentence is: what is said of another company in a comparison, or in its own clause, is not the client's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from listener.domain.everyday import everyday
from listener.domain.masking import STAND_IN
from listener.scoring.points import Found
from listener.scoring.sentence import Sentence

NAMING_ANOTHER = 0.3
"""What a clause counts that names somebody else and not the client: "Globex was late, but Mills came on Monday"."""

BESIDE = 0.7
"""What a clause counts that names nobody, beside one that names the client."""

_JOINS = frozenset(
    "and but while whereas although though however yet because since when if after before as who which".split()  # noqa: SIM905 - a list of words reads best as words
)
_FINITE = frozenset("is was are were has have had does did will can would isn't wasn't aren't".split())  # noqa: SIM905 - as above


def shares(sentence: Sentence, found: Collection[Found]) -> Sequence[float] | None:
    """How much each word of the sentence counts toward the client, in [0, 1]; None where all count."""
    given = [one for one in found if one.cue.others]
    counted = _by_clause(sentence) if STAND_IN in sentence.lowered else None
    if not given:
        return counted
    counted = counted or [1.0] * len(sentence.lowered)
    for one in given:
        behind = one.cue.others == "behind"
        places = range(one.end, len(counted)) if behind else range(one.start - 1, -1, -1)
        _give_away(sentence, counted, places)
    return counted


def _give_away(sentence: Sentence, counted: list[float], places: range) -> None:
    """These words are another's, as far as the next place that names the client."""
    for at in places:
        if sentence.lowered[at] == STAND_IN:
            return
        counted[at] = 0.0


def _by_clause(sentence: Sentence) -> list[float] | None:
    """The shares of a sentence some of whose clauses name the client; None where none does, or each, or one speaks to it."""
    clauses = _clauses(sentence)
    if len(clauses) == 1:
        return None
    said = [sentence.lowered[clause.start : clause.stop] for clause in clauses]
    own = [STAND_IN in words for words in said]
    if all(own) or not any(own) or any(map(_is_address, said)):
        return None
    counted = [1.0] * len(sentence.lowered)
    for clause, theirs in zip(clauses, own, strict=True):
        if not theirs:
            small = "".join(sentence.written[clause.start : clause.stop]).islower()
            others = not small and any(_names_another(sentence, at) for at in clause)
            share = NAMING_ANOTHER if others else BESIDE
            counted[clause.start : clause.stop] = [share] * len(clause)
    return counted


def _clauses(sentence: Sentence) -> list[range]:
    clauses = []
    start = 0
    for at, (word, ended) in enumerate(zip(sentence.lowered, sentence.ends, strict=True)):
        if word in _JOINS and at > start:
            clauses.append(range(start, at))
            start = at
        if ended:
            clauses.append(range(start, at + 1))
            start = at + 1
    if start < len(sentence.lowered):
        clauses.append(range(start, len(sentence.lowered)))
    return clauses


def _is_address(words: Sequence[str]) -> bool:
    """Whether a clause does nothing but speak to the client: "Mills, where is my order?"."""
    return len(words) == words.count(STAND_IN)


def _names_another(sentence: Sentence, at: int) -> bool:
    """Whether a word looks like a name. The first of a sentence has a capital anyway: it is one where it does something."""
    word = sentence.written[at]
    if not word[:1].isupper() or word.isupper() or sentence.lowered[at] in everyday():
        return False
    return at > 0 or (len(sentence.lowered) > 1 and sentence.lowered[1] in _FINITE)
