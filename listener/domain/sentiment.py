"""What a text says about a client: a label, or the courage to say unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

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
        """Name and version, with all that it labels by."""
        ...

    def version_for(self, client: Client) -> str:
        """The name and version that is stored with a score toward this client."""
        ...

    def score(self, *, text: str, title: str | None, client: Client, language: str | None) -> Score:
        """Score `title` and `text` (plain, possibly long) toward `client`; `language` is the place's own word."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One text to be scored toward one client, as `Scorer.score` takes it, and the rating that stands beside it."""

    text: str
    title: str | None
    client: Client
    language: str | None
    rating: float | None = None


@runtime_checkable
class ManyAtOnce(Protocol):
    """A scorer that is faster on several texts at once."""

    def score_all(self, asks: Sequence[Ask]) -> list[Score]:
        """The scores of these, in order; each what `score` would say."""
        ...


def scores(scorer: Scorer, asks: Sequence[Ask]) -> list[Score]:
    """The scores of several texts, in order: all at once where the scorer can."""
    if isinstance(scorer, ManyAtOnce):
        return scorer.score_all(asks)
    return [
        scorer.score(text=ask.text, title=ask.title, client=ask.client, language=ask.language) for ask in asks
    ]
