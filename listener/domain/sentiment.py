"""What a text says about a client: a label, or the courage to say unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from listener.domain.client import Client

Label = Literal["negative", "neutral", "positive", "unknown"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A sentiment toward one client.

    `value` lies in [-1, 1] and is None exactly where the label is unknown. `reasons` are short sentences that a person
    can check ("language: de", "mask: Mills"). `scorer` names the scorer and its version.
    """

    label: Label
    value: float | None
    scorer: str
    reasons: tuple[str, ...] = ()


class Scorer(Protocol):
    """Anything that can say what a text says toward a client. Never raises on a text, whatever the text holds."""

    @property
    def version(self) -> str:
        """Name and version; stored with every score."""
        ...

    def score(self, *, text: str, title: str | None, client: Client, language: str | None) -> Score:
        """Score `title` and `text` (plain, possibly long) toward `client`; `language` is the place's own word."""
        ...
