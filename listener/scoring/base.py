"""The base: what is said about the client goes to the scorer of its language; where there is none, the label is unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from listener.domain.client import Client
from listener.domain.sentiment import Ask, Score
from listener.scoring import tongues
from listener.scoring.language import UNCLEAR
from listener.scoring.language_names import called
from listener.scoring.tongue import Said, Tongue, said
from listener.scoring.weighed import Weighed, label_of

FALLBACK = "en"
"""Asked where a text is too short to tell its language: it weighs such a text only on words that are its own."""

Find = Callable[[str], Tongue | None]


def weigh(
    *, text: str, title: str | None, client: Client, language: str | None, find: Find = tongues.find
) -> Weighed:
    """What the text says toward the client, before it is a label; `language` is the place's own word."""
    spoken = said(text=text, title=title, client=client, language=language)
    weighed = _weighed(spoken, find)
    return Weighed(
        masked=weighed.masked,
        value=weighed.value,
        features=weighed.features,
        reasons=(*met(spoken), *weighed.reasons),
    )


def _weighed(spoken: Said, find: Find) -> Weighed:
    if spoken.language == UNCLEAR:
        return Weighed(masked=spoken.masked, value=None)
    code = spoken.language.code or FALLBACK
    tongue = find(code)
    if tongue is None:
        return Weighed(masked=spoken.masked, value=None, reasons=(f"no scorer for {called(code)}",))
    return tongue.weigh(spoken)


def met(spoken: Said) -> tuple[str, ...]:
    """The reasons that hold in any language."""
    reasons = [str(spoken.language)]
    if spoken.named:
        reasons.append("masked: " + ", ".join(dict.fromkeys([place.name for place in spoken.named])))
    if spoken.quotes:
        reasons.append("quoted: the earlier words that it answers do not count")
    return tuple(reasons)


@cache
def version() -> str:
    """Of the base with every language that has a scorer."""
    found = (tongues.find(code) for code in tongues.codes())
    return "+".join(["base.1", *(f"{one.code}.{one.version}" for one in found if one)])


@dataclass(frozen=True, slots=True)
class BaseScorer:
    """The base behind the domain's Scorer. Under 50 ms for any text."""

    version: str = field(default_factory=version)

    def version_for(self, client: Client) -> str:  # noqa: ARG002 - the same for all
        return self.version

    def score(self, *, text: str, title: str | None, client: Client, language: str | None) -> Score:
        spoken = said(text=text, title=title, client=client, language=language)
        weighed = _weighed(spoken, tongues.find)
        return Score(
            label=label_of(weighed.value),
            value=weighed.value,
            scorer=self.version,
            reasons=(*met(spoken), *weighed.reasons),
        )

    def weigh_all(self, asks: Sequence[Ask]) -> list[Weighed]:
        """What these weigh, in order."""
        return [
            weigh(text=ask.text, title=ask.title, client=ask.client, language=ask.language) for ask in asks
        ]
