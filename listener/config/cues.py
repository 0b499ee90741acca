"""What is praise or complaint of one client in particular, beyond what is so of any: single terms, as in a context."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from listener.config.part import Part
from listener.config.sentences import quoted, rejection
from listener.config.terms import list_of, one_term, same
from listener.domain.client import Cues
from listener.domain.tree import Handle, Phrase, Prefix, Tag, Term, Word

_SIDES = ("negative", "positive", "neutral")


def _unfit(read: Term) -> str:
    """What can stand in a sentence is fit."""
    if isinstance(read, Word | Phrase | Prefix | Handle | Tag):
        return ""
    return "write a word, several words, word*, @handle or #tag"


_Terms = Annotated[
    tuple[Annotated[str, BeforeValidator(one_term("cue", known_as="cue", unfit=_unfit))], ...],
    BeforeValidator(list_of("cue")),
]


class ClientCues(Part):
    """Words that say something of this client in particular; each entry is one term, which stands on one side only."""

    negative: _Terms = Field(
        (), description="What is a complaint about this client, such as a fault that its trade knows."
    )
    positive: _Terms = Field((), description="What is praise of this client.")
    neutral: _Terms = Field(
        (), description="What says neither here: product names and words of its trade that sound good or bad."
    )

    @model_validator(mode="after")
    def _on_one_side(self) -> ClientCues:
        seen: dict[str, str] = {}
        clashes = []
        for side in _SIDES:
            for at, one in enumerate(getattr(self, side)):
                first = seen.setdefault(same(one), side)
                if first != side:
                    clashes.append(
                        ((side, at), f"{quoted(one)} is in {first} as well: keep it in one of them")
                    )
        if clashes:
            raise rejection(clashes)
        return self

    def to_domain(self) -> Cues:
        return Cues(negative=self.negative, positive=self.positive, neutral=self.neutral)
