"""What the words of an English sentence are worth: the lexicon's words, the cues that take their place, and emoji."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Literal, NamedTuple, TypeAlias

from listener.scoring.cues.load import Cue, cues, emoji
from listener.scoring.cues.phrases import Phrases
from listener.scoring.sentence import Sentence
from listener.scoring.valence import tables, weighed, weights

BEFORE = 3
"""Words before a cue in which a negation turns it, within its clause."""

_TURNS = frozenset(
    [
        "no",
        "not",
        "never",
        "without",
        "nor",
        "neither",
        "zero",
        "hardly",
        "barely",
        "cannot",
        "cant",
        "dont",
        "doesnt",
        "didnt",
        "isnt",
        "wasnt",
        "wont",
        "aint",
    ]
)

_UNTURNED = {"but": "and", "But": "and"}

Kind = Literal["word", "cue", "emoji"]


class Point(NamedTuple):
    """What stands at a word and speaks for (weight > 0) or against the company, on the lexicon's scale; `name` is a cue's group."""

    at: int
    weight: float
    kind: Kind
    said: str
    name: str = ""


Found: TypeAlias = tuple[int, int, Cue]
"""A cue and where it stands: from a word to another, the last not included."""


def points(sentence: Sentence, found: Collection[Found], *, contrast: bool = True) -> list[Point]:
    """Everything in the sentence that weighs. A word within a cue is read by the cue alone.

    Without `contrast` a "but" between what is said of two companies makes neither count more.
    """
    if contrast:
        weights_by_place = weighed(sentence.small, sentence.shouted)
    else:
        weights_by_place = weights([_UNTURNED.get(word, word) for word in sentence.written])
    weighing: list[Point] = []
    if weights_by_place:
        taken = _taken(found)
        weighing += [
            Point(at, weight, "word", sentence.lowered[at])
            for at, weight in weights_by_place.items()
            if weight and at not in taken
        ]
    for start, end, cue in found:
        if weight := _weight(cue, start, sentence):
            weighing.append(Point(start, weight, "cue", _quoted(sentence, start, end), cue.name))
    if not sentence.text.isascii():
        weighing += _emoji(sentence)
    return weighing


def cues_in(sentence: Sentence, further: Phrases[Cue] | None = None) -> list[Found]:
    """The cues of the sentence, in order; a client's own, `further`, go before those of the language where they overlap."""
    own = [] if further is None else further.found(sentence.lowered, sentence.ends)
    general = cues("en").found(sentence.lowered, sentence.ends)
    if not own:
        return general
    taken = _taken(own)
    left = [one for one in general if taken.isdisjoint(range(one[0], one[1]))]
    return sorted((*own, *left), key=itemgetter(0))


def _taken(found: Collection[Found]) -> set[int]:
    """The words of these cues."""
    return {at for start, end, _ in found for at in range(start, end)}


@cache
def signs() -> Mapping[str, float]:
    """Every emoji with its weight: our own, else that of the words which the lexicon describes it by."""
    described = {sign: sum(weights(said.split()).values()) for sign, said in tables().emojis.items()}
    return {**described, **emoji("en")}


def _weight(cue: Cue, start: int, sentence: Sentence) -> float:
    return cue.negated if cue.negated != cue.weight and _turned(sentence, start) else cue.weight


def _turned(sentence: Sentence, start: int) -> bool:
    lowered, ends = sentence.lowered, sentence.ends
    for at in range(start - 1, max(-1, start - 1 - BEFORE), -1):
        if ends[at]:
            return False
        if lowered[at] in _TURNS or lowered[at].endswith("n't"):
            return True
    return False


def _emoji(sentence: Sentence) -> Iterator[Point]:
    """Each sign once: a row of ten hearts says no more than one."""
    known = signs()
    for sign in dict.fromkeys(sentence.lowered):
        if weight := known.get(sign):
            yield Point(sentence.lowered.index(sign), weight, "emoji", sign)


def _quoted(sentence: Sentence, start: int, end: int) -> str:
    """The cue's words as they stand, those that may not be safe to show left out."""
    words = sentence.lowered[start:end]
    said = " ".join(words)
    if said.isascii() and said.isprintable():
        return said
    return " ".join(word if word.isascii() and word.isprintable() else "…" for word in words)
