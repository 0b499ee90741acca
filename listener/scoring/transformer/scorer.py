"""The bigger scorer: the model's word where the text is in a language that it reads, another scorer's elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from listener.domain.client import Client
from listener.domain.masking import STAND_IN, cover
from listener.domain.sentiment import Ask, Score
from listener.scoring.base import met
from listener.scoring.tongue import Said, said
from listener.scoring.transformer.files import Files
from listener.scoring.transformer.network import Chances, Network
from listener.scoring.weighed import BAD_FROM, GOOD_FROM, Weighed, Weigher, as_score

ANY = "any"
"""Among the languages: every language that can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the model is asked.

    languages  that it was trained on, as two letters; ANY for all
    pair       whether it takes the client as a second text; otherwise the client's names are masked
    tweets     whether it was trained on posts with @user and http in the place of handles and links
    sure_from  the chance below which its word is none
    batch      texts that it reads at a time
    """

    languages: tuple[str, ...] = ("en",)
    pair: bool = False
    tweets: bool = False
    sure_from: float = 0.5
    batch: int = 16

    @property
    def print(self) -> str:
        """Changes with all that can change a number."""
        told = repr((self.languages, self.pair, self.tweets, self.sure_from))
        return hashlib.sha256(told.encode()).hexdigest()[:4]


@dataclass(frozen=True, kw_only=True)
class TransformerScorer:
    """A model behind the domain's Scorer. Takes as long as the model does, which may be a good part of a second a text."""

    network: Network = field(repr=False)
    files: Files
    otherwise: Weigher
    manner: Manner = field(default_factory=Manner)

    @cached_property
    def version(self) -> str:
        return f"{self.files.name}@{self.files.fingerprint}.{self.manner.print}+{self.otherwise.version}"

    def version_for(self, client: Client) -> str:  # noqa: ARG002 - the same for all
        return self.version

    def score(self, *, text: str, title: str | None, client: Client, language: str | None) -> Score:
        return self.score_all([Ask(text=text, title=title, client=client, language=language)])[0]

    def score_all(self, asks: Sequence[Ask]) -> list[Score]:
        """The scores of several texts, in order; the model reads them `batch` at a time."""
        return [as_score(one, self.version) for one in self.weigh_all(asks)]

    def weigh_all(self, asks: Sequence[Ask]) -> list[Weighed]:
        """As the other scorer weighs them, with the model's value and reasons where it reads the language."""
        spoken = [
            said(text=ask.text, title=ask.title, client=ask.client, language=ask.language) for ask in asks
        ]
        readable = [self._reads(one) for one in spoken]
        questions = [self._question(one) for one, reads in zip(spoken, readable, strict=True) if reads]
        told = self.network.read(questions, batch=self.manner.batch)
        return [
            self._told(other, one, next(told)) if reads else other
            for other, one, reads in zip(self.otherwise.weigh_all(asks), spoken, readable, strict=True)
        ]

    def _reads(self, one: Said) -> bool:
        languages = self.manner.languages
        told = one.language.code
        return bool(told and one.about and (told in languages or ANY in languages))

    def _question(self, one: Said) -> tuple[str, str | None]:
        """The text as the model reads it, and the client where it takes two."""
        if self.manner.pair:
            return self._spelled(one.about), self._spelled(one.client.name)
        return self._spelled(cover(one.about, one.named, "@user" if self.manner.tweets else STAND_IN)), None

    def _spelled(self, text: str) -> str:
        """Without half surrogate pairs, on which tokenizers raise."""
        clean = " ".join(text.encode("utf-8", "ignore").decode("utf-8").replace("\0", " ").split())
        if not self.manner.tweets:
            return clean
        return re.sub(r"(?<!\w)@\w+", "@user", re.sub(r"https?://\S+", "http", clean))

    def _told(self, weighed: Weighed, one: Said, chances: Chances) -> Weighed:
        """The other scorer's mask and features stay, for a learned model to go by."""
        sure = chances.surest >= self.manner.sure_from
        says = f"{'says' if sure else 'is not sure:'} {chances.best} ({chances.surest:.2f})"
        reasons = [*met(one), f"model: {self.files.name} {says}"]
        if chances.cut:
            reasons.append(f"read: the first {self.network.most_tokens} tokens of what is about the client")
        return replace(weighed, value=value_of(chances) if sure else None, reasons=tuple(reasons))


def value_of(chances: Chances) -> float:
    """In [-1, 1], on the side of the likeliest label."""
    leaning = chances.positive - chances.negative
    if chances.best == "neutral":
        return round(leaning * min(GOOD_FROM, -BAD_FROM) * 0.99, 4)
    return round(max(leaning, GOOD_FROM) if chances.best == "positive" else min(leaning, BAD_FROM), 4)
