"""A person's word on what a mention says about a client: it is a score like any other, and wins over every scorer."""

from __future__ import annotations

from types import MappingProxyType

from listener.domain.sentiment import Label, Score

PERSON = "person"
"""What stands where a scorer's name and version would."""

_VALUES = MappingProxyType({"negative": -1.0, "neutral": 0.0, "positive": 1.0, "unknown": None})


def word_of(who: str, label: Label) -> Score:
    """The score that a person's label is."""
    return Score(label=label, value=_VALUES[label], scorer=PERSON, reasons=(f"labelled {label} by {who}",))
