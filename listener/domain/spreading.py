"""What a few marks say of the texts that nobody marked: naive Bayes, taught by the marks, then by its own answers.

Nigam, McCallum, Thrun and Mitchell, "Text Classification from Labeled and Unlabeled Documents using EM" (2000): twenty marks hold
few words, but the words that stand beside them in hundreds of unmarked texts are many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import exp, log

from listener.domain.naming import Names, is_telling

LEARNED_FROM = 3_000
ROUNDS = 12
UNMARKED_COUNTS = 0.5
SMOOTHING = 1.0  # less of it, and the unmarked texts drift to a division of their own
PRESUMED = 0.9  # what matches is about the client, until marks say otherwise
A_HINT_SAYS = 3.0  # log odds: nineteen of twenty hints are right
TOO_COMMON = 0.5
FEW_TEXTS = 400


def spread(texts: Sequence[Names], marks: Mapping[int, bool], hints: Mapping[int, bool]) -> list[float]:
    """For each text how likely it is about the client, 0 to 1; a marked one (by index) is what its mark says.

    `hints` speak for or against unmarked texts without deciding. Learns from the marks and from at most 3,000 of the texts, evenly taken.
    """
    learned = sample(len(texts), marks)
    known = _known([texts[index] for index in learned])
    kept = [tuple(name for name in text if name in known) for text in texts]
    belief = [float(marks.get(index, hints.get(index, PRESUMED))) for index in range(len(texts))]
    both_kinds = len(set(marks.values())) == 2
    taught_by = [index for index in learned if index in marks or index in hints] if both_kinds else learned
    usual = _usual(marks)
    swayed = {index: A_HINT_SAYS if about else -A_HINT_SAYS for index, about in hints.items()}
    for _ in range(ROUNDS):
        leaning = _leanings(kept, belief, taught_by, marks, len(known))
        for index in learned:
            belief[index] = _judged(kept[index], leaning, usual + swayed.get(index, 0.0))
        belief = _corrected(belief, marks)
        taught_by = learned
    leaning = _leanings(kept, belief, taught_by, marks, len(known))
    judged = [_judged(text, leaning, usual + swayed.get(index, 0.0)) for index, text in enumerate(kept)]
    return _corrected(judged, marks)


def sample(count: int, always: Mapping[int, bool], most: int = LEARNED_FROM) -> list[int]:
    """At most `most` of the indexes below `count`, evenly taken, and those that are always wanted, in order."""
    step = max(1.0, count / most)
    return sorted({int(number * step) for number in range(min(count, most))} | set(always))


def _known(texts: Sequence[Names]) -> frozenset[str]:
    """The words worth learning: in some texts, and not in most of them."""
    least = 2 if len(texts) < FEW_TEXTS else 3
    most = max(least, TOO_COMMON * len(texts))
    counts = Counter(name for text in texts for name in text)
    return frozenset(name for name, count in counts.items() if least <= count <= most and is_telling(name))


def _usual(marks: Mapping[int, bool]) -> float:
    """How much more often a text is about the client than not, as log odds: as among the marks, if they are of both kinds."""
    about = sum(marks.values())
    if about in {0, len(marks)}:
        return log(PRESUMED / (1 - PRESUMED))
    return log((about + 1) / (len(marks) - about + 1))


def _leanings(
    texts: Sequence[Names],
    belief: Sequence[float],
    taught_by: Sequence[int],
    marks: Mapping[int, bool],
    size: int,
) -> dict[str, float]:
    """For each word how much it speaks for the client (above 0) or against."""
    about: defaultdict[str, float] = defaultdict(float)
    other: defaultdict[str, float] = defaultdict(float)
    for index in taught_by:
        counts = 1.0 if index in marks else UNMARKED_COUNTS
        likely, unlikely = counts * belief[index], counts * (1 - belief[index])
        for name in texts[index]:
            about[name] += likely
            other[name] += unlikely
    room = SMOOTHING * max(size, 1)
    longer = log(sum(other.values()) + room) - log(sum(about.values()) + room)
    return {name: longer + log((about[name] + SMOOTHING) / (other[name] + SMOOTHING)) for name in about}


def _corrected(belief: list[float], marks: Mapping[int, bool]) -> list[float]:
    for index, about in marks.items():
        belief[index] = float(about)
    return belief


def _judged(text: Names, leaning: Mapping[str, float], usual: float) -> float:
    odds = usual + sum(_said(text, leaning))
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


def _said(text: Names, leaning: Mapping[str, float]) -> Iterator[float]:
    return (leaning[name] for name in text if name in leaning)
