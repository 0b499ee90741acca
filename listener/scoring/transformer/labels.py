"""What a model's own classes mean, told by what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

Meaning = Literal["negative", "neutral", "positive"]

_CALLED: Mapping[str, Meaning] = {
    "negative": "negative", "neg": "negative", "very negative": "negative", "bad": "negative",
    "neutral": "neutral", "neu": "neutral", "mixed": "neutral",
    "positive": "positive", "pos": "positive", "very positive": "positive", "good": "positive",
    "1 star": "negative", "2 stars": "negative", "3 stars": "neutral", "4 stars": "positive", "5 stars": "positive",
}  # fmt: skip

_NUMBERED: Mapping[int, tuple[Meaning, ...]] = {
    2: ("negative", "positive"),
    3: ("negative", "neutral", "positive"),
    5: ("negative", "negative", "neutral", "positive", "positive"),
}
"""What LABEL_0, LABEL_1, … stand for in models that do not name their classes."""


class StrangeLabels(ValueError):  # noqa: N818 - named for what it says
    """The model's classes are not those of sentiment; the message names them."""


def meanings(names: Sequence[str]) -> tuple[Meaning, ...]:
    """What each class of a model means, in its order. Raises StrangeLabels."""
    if all(re.fullmatch(r"LABEL_\d+", name) for name in names) and len(names) in _NUMBERED:
        return _NUMBERED[len(names)]
    told = [_CALLED.get(" ".join(name.lower().replace("_", " ").split())) for name in names]
    known = tuple(meaning for meaning in told if meaning)
    if len(known) != len(names) or not {"negative", "positive"} <= set(known):
        raise StrangeLabels(
            f"its classes are {', '.join(names) or 'none'}: take a model that tells negative, neutral and positive"
        )
    return known
