"""The files of cues: `<language>/*.yaml`, each a list of groups of phrases with what they say; `emoji.yaml` has the emoji."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from listener.domain.masking import STAND_IN
from listener.scoring.cues.phrases import Phrases, spellings

STRENGTH: Mapping[str, float] = {"severe": 3.0, "strong": 2.2, "plain": 1.4, "slight": 0.7}
"""What a cue weighs, on the scale of the lexicon: "good" is 1.9 there, "horrible" -2.5."""

TURNED = 0.6
"""The share of its weight with which a negated cue says the opposite: "no delay" is a slight praise."""

Others = Literal["", "before", "behind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What a phrase says of the client.

    name     of its group, shown in reasons
    weight   on the scale of the lexicon, below zero for a complaint, zero where it only takes its words from the lexicon
    negated  its weight behind a negation
    others   whose the rest of the sentence on that side is: not the client's
    """

    name: str
    weight: float
    negated: float
    others: Others = ""


@cache
def cues(language: str) -> Phrases[Cue]:
    """The cues of a language, compiled once."""
    return Phrases(_entries(language))


@cache
def emoji(language: str) -> Mapping[str, float]:
    """What emoji weigh."""
    classes: Mapping[str, str] = _read(language, "emoji.yaml")
    return {sign: _emoji_weight(said) for said, signs in classes.items() for sign in signs.split()}


def _emoji_weight(said: str) -> float:
    strength, _, side = said.rpartition(" ")
    return {"praise": 1.0, "complaint": -1.0, "nothing": 0.0}[side] * STRENGTH[strength or "plain"]


def _entries(language: str) -> Iterator[tuple[tuple[str, ...], Cue]]:
    for name in ("toward.yaml", "complaints.yaml", "praise.yaml", "news.yaml", "plain.yaml"):
        for group in _read(language, name):
            cue = cue_of(group)
            for phrase in group["phrases"]:
                for spelling in spellings(phrase.replace("CLIENT", STAND_IN)):
                    yield spelling, cue


def cue_of(group: Mapping[str, Any]) -> Cue:
    side = {"negative": -1.0, "positive": 1.0, "nothing": 0.0}[group["says"]]
    weight = side * STRENGTH[group.get("strength", "plain")]
    return Cue(
        name=group["cue"],
        weight=weight,
        negated=-TURNED * weight if "negated" in group else weight,
        others=group.get("others", ""),
    )


def _read(language: str, name: str) -> Any:  # noqa: ANN401 - as YAML has it
    import yaml

    text = (resources.files(__package__) / language / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)
