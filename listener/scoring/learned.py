"""A model learned from corrections: plain data that leans on the base, read without the libraries that trained it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from listener.scoring.grams import Counts, facts, letters, words
from listener.scoring.lessons import CLASSES
from listener.scoring.weighed import Weighed, label_of

Three = tuple[float, float, float]
"""A number for each of CLASSES."""

DECIDES_FROM = 0.5
"""How likely a class must be to be the label of a text of which the base has no verdict."""

BLOCKS = {"words": 2.4, "letters": 2.0}
"""How long the words of a text, and its runs of letters, are as vectors."""

_BASE: Mapping[str, Three] = {
    "negative": (0.60, 0.25, 0.15),
    "neutral": (0.20, 0.60, 0.20),
    "positive": (0.15, 0.25, 0.60),
    "unknown": (1 / 3, 1 / 3, 1 / 3),
}
"""How likely each class is where the base says the first word: what labels of many sets come to, and near enough for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gram:
    """What a word or a run of letters counts: its rarity, and what it adds to each class."""

    rarity: float
    adds: Three


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was learned. `lean` in [0, 1] is how much the model counts against the base; `grams` are by block and name."""

    base: str
    lean: float
    start: Three
    facts: Mapping[str, Three]
    grams: Mapping[str, Mapping[str, Gram]]


def base_odds(weighed: Weighed) -> Three:
    """The logarithms of how likely each class is by the base alone; without a verdict each is as likely as the others."""
    return _logs(_BASE[label_of(weighed.value)])


def told(model: Model, weighed: Weighed) -> Three:
    """How likely each class is by base and model together; the base must be able to read the text."""
    own = _log_shares(_raw(model, weighed))
    base = base_odds(weighed)
    return _shares(
        tuple(model.lean * one + (1.0 - model.lean) * other for one, other in zip(own, base, strict=True))
    )


def _raw(model: Model, weighed: Weighed) -> Three:
    """The sum of `parts`, in one go: this is what each text costs."""
    bad, even, good = model.start
    for name, number in facts(weighed).items():
        if (weights := model.facts.get(name)) is not None:
            bad, even, good = (
                bad + number * weights[0],
                even + number * weights[1],
                good + number * weights[2],
            )
    for block, counts in blocks(weighed.masked).items():
        present, scale = _present(model, block, counts)
        for number, gram in present:
            by, adds = number * scale, gram.adds
            bad, even, good = bad + by * adds[0], even + by * adds[1], good + by * adds[2]
    return bad, even, good


def _present(model: Model, block: str, counts: Counts) -> tuple[list[tuple[float, Gram]], float]:
    """The grams that the model knows, each with what it counts in this text, and the scale of all."""
    known = model.grams[block]
    present = [
        (rated(count, gram.rarity), gram)
        for name, count in counts.items()
        if (gram := known.get(name)) is not None
    ]
    return present, BLOCKS[block] / norm(number for number, _ in present)


def parts(model: Model, weighed: Weighed) -> Iterator[tuple[str, Three]]:
    """What each fact, word and run of letters of the text adds to each class, by its name ("words on hold")."""
    for name, number in facts(weighed).items():
        if (weights := model.facts.get(name)) is not None:
            yield f"facts {name}", _times(weights, number)
    for block, counts in blocks(weighed.masked).items():
        yield from _parts(model, block, counts)


def word_parts(model: Model, weighed: Weighed) -> Iterator[tuple[str, Three]]:
    """What each word and pair of words adds to each class."""
    for name, adds in _parts(model, "words", words(weighed.masked)):
        yield name.removeprefix("words "), adds


def _parts(model: Model, block: str, counts: Counts) -> Iterator[tuple[str, Three]]:
    names = [name for name in counts if name in model.grams[block]]
    present, scale = _present(model, block, counts)
    for name, (number, gram) in zip(names, present, strict=True):
        yield f"{block} {name}", _times(gram.adds, number * scale)


def blocks(masked: str) -> dict[str, Counts]:
    """The words and the runs of letters of a text, by block."""
    return {"words": words(masked), "letters": letters(masked)}


def rated(count: int, rarity: float) -> float:
    """What a gram that stands so often in a text counts there."""
    return rarity if count == 1 else (1.0 + math.log(count)) * rarity


def norm(numbers: Iterable[float]) -> float:
    """The length of a vector; 1 for one that is empty."""
    return math.sqrt(sum(number * number for number in numbers)) or 1.0


def says(chances: Three) -> int:
    """The place of the likeliest class."""
    return max(range(len(CLASSES)), key=lambda at: chances[at])


def decides(chances: Three, weighed: Weighed) -> bool:
    """Whether a label follows: of what the base cannot read never, of what contradicts itself where a class is likely enough."""
    return weighed.value is not None or (weighed.readable and max(chances) >= DECIDES_FROM)


def _times(three: Three, by: float) -> Three:
    return three[0] * by, three[1] * by, three[2] * by


def _logs(three: Three) -> Three:
    return math.log(three[0]), math.log(three[1]), math.log(three[2])


def _shares(odds: Iterable[float]) -> Three:
    numbers = list(odds)
    raised = [math.exp(number - max(numbers)) for number in numbers]
    first, second, third = (number / sum(raised) for number in raised)
    return first, second, third


def _log_shares(odds: Three) -> Three:
    shares = _shares(odds)
    return _logs((max(shares[0], 1e-9), max(shares[1], 1e-9), max(shares[2], 1e-9)))
