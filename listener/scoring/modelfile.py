"""A model as plain data: JSON with a checksum, written here and believed only after every part of it was looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from listener.scoring.learned import BLOCKS, Gram, Model, Three

FORMAT = 2
LONGEST = 16 * 2**20
"""Characters of a model; ours have 4 million at most."""

MOST_ENTRIES = 20_000
"""Grams of a block, and facts."""

LONGEST_NAME = 200
GREATEST = 1e4
"""No weight of ours is anywhere near it."""


class Unusable(ValueError):  # noqa: N818 - said of the model: its text is the reason, for a person
    """What was to be a model is none of ours, or is damaged."""


def written(model: Model) -> tuple[str, str]:
    """The model as text, and the checksum of that text."""
    data = {
        "format": FORMAT,
        "base": model.base,
        "lean": model.lean,
        "start": model.start,
        "facts": dict(model.facts),
        "grams": {
            block: {name: [gram.rarity, *gram.adds] for name, gram in grams.items()}
            for block, grams in model.grams.items()
        },
    }
    text = json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
    return text, checksum(text)


def checksum(text: str) -> str:
    """SHA-256 of the text, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(text: str, check: str, *, base: str) -> Model:
    """The model, made for this version of the base. Raises Unusable with the reason."""
    if len(text) > LONGEST:
        raise Unusable(f"the model has {len(text)} characters, and {LONGEST} are the most")
    if checksum(text) != check:
        raise Unusable("the model is damaged: its checksum is not the one that was written with it")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Unusable("the model is no JSON") from None
    model = _model(data)
    if model.base != base:
        raise Unusable(f"the model leans on the base {model.base}, and this is {base}")
    return model


def _model(data: object) -> Model:
    fields = _mapping(data, "the model")
    if repr(fields.get("format")) != repr(FORMAT):
        raise Unusable(f"the model has the format {fields.get('format')!r}, and {FORMAT} is known")
    base, lean = fields.get("base"), fields.get("lean")
    if not isinstance(base, str) or len(base) > LONGEST_NAME:
        raise Unusable("the model does not say which base it leans on")
    grams = _mapping(fields.get("grams"), "its grams")
    if set(grams) != set(BLOCKS):
        raise Unusable("the model has other grams than words and letters")
    return Model(
        base=base,
        lean=_number(lean, "how much it counts", least=0.0, most=1.0),
        start=_three(fields.get("start"), "its start"),
        facts={name: _three(it, "a fact") for name, it in _entries(fields.get("facts"), "its facts").items()},
        grams={
            block: {name: _gram(it) for name, it in _entries(grams[block], f"its {block}").items()}
            for block in BLOCKS
        },
    )


def _mapping(data: object, what: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Unusable(f"{what} is no JSON object")
    return data


def _entries(data: object, what: str) -> Mapping[str, Any]:
    entries = _mapping(data, what)
    if len(entries) > MOST_ENTRIES:
        raise Unusable(f"{what} are {len(entries)}, and {MOST_ENTRIES} are the most")
    if any(len(name) > LONGEST_NAME for name in entries):
        raise Unusable(f"{what} have a name of more than {LONGEST_NAME} characters")
    return entries


def _gram(data: object) -> Gram:
    if not isinstance(data, list) or len(data) != 4:
        raise Unusable("a gram has not its four numbers")
    return Gram(rarity=_number(data[0], "a rarity"), adds=_three(data[1:], "a gram"))


def _three(data: object, what: str) -> Three:
    if not isinstance(data, list) or len(data) != 3:
        raise Unusable(f"{what} has not three numbers")
    return _number(data[0], what), _number(data[1], what), _number(data[2], what)


def _number(data: object, what: str, *, least: float = -GREATEST, most: float = GREATEST) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or data != data:  # noqa: PLR0124 - not a number
        raise Unusable(f"{what} holds what is no number")
    if not least <= data <= most:
        raise Unusable(f"{what} holds a number beyond {least:g} to {most:g}")
    return float(data)
