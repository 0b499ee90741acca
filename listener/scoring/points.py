"""What the words of an English sentence are worth: the lexicon's words, the cues that take their place, and emoji."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from listener.scoring.cues.load import Cue, cues, emoji
from listener.scoring.cues.phrases import Phrases
from listener.scoring.sentence import Sentence
from listener.scoring.valence import tables, weights

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


class Found(NamedTuple):
    """A cue and where it stands: words `start` to `end`, the last not included."""

    start: int
    end: int
    cue: Cue


def points(sentence: Sentence, found: Collection[Found], *, contrast: bool = True) -> Iterator[Point]:
    """Everything in the sentence that weighs. A word within a cue is read by the cue alone.

    Without `contrast` a "but" between what is said of two companies makes neither count more.
    """
    lowered = sentence.lowered
    written = sentence.written if contrast else [_UNTURNED.get(word, word) for word in sentence.written]
    weighed = weights(written)
    if weighed:
        taken = {at for one in found for at in range(one.start, one.end)}
        for at, weight in weighed.items():
            if weight and at not in taken:
                yield Point(at, weight, "word", lowered[at])
    for one in found:
        if weight := _weight(one, sentence):
            yield Point(one.start, weight, "cue", _quoted(sentence, one), one.cue.name)
    if not sentence.text.isascii():
        yield from _emoji(sentence)


def cues_in(sentence: Sentence, further: Phrases[Cue] | None = None) -> list[Found]:
    """The cues of the sentence, in order; a client's own, `further`, go before those of the language where they overlap."""
    own = [] if further is None else [Found(*hit) for hit in further.found(sentence.lowered, sentence.ends)]
    general = [Found(*hit) for hit in cues("en").found(sentence.lowered, sentence.ends)]
    if not own:
        return general
    taken = {at for one in own for at in range(one.start, one.end)}
    left = [one for one in general if taken.isdisjoint(range(one.start, one.end))]
    return sorted((*own, *left), key=lambda one: one.start)


@cache
def signs() -> Mapping[str, float]:
    """Every emoji with its weight: our own, else that of the words which the lexicon describes it by."""
    described = {sign: sum(weights(said.split()).values()) for sign, said in tables().emojis.items()}
    return {**described, **emoji("en")}


def _weight(found: Found, sentence: Sentence) -> float:
    cue = found.cue
    return cue.negated if cue.negated != cue.weight and _turned(sentence, found.start) else cue.weight


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


def _quoted(sentence: Sentence, found: Found) -> str:
    """The cue's words as they stand, those that may not be safe to show left out."""
    words = sentence.lowered[found.start : found.end]
    said = " ".join(words)
    if said.isascii() and said.isprintable():
        return said
    return " ".join(word if word.isascii() and word.isprintable() else "…" for word in words)
