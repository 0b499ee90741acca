"""What is praise or complaint of one client in particular, beyond what is so of any: single terms, as in a context."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from listener.config.mistakes import Unfit, Whole
from listener.config.part import Part
from listener.config.references import Taken
from listener.config.sentences import quoted, rejection
from listener.config.terms import same, term
from listener.domain.client import Cues
from listener.domain.query import QueryError
from listener.domain.tree import Handle, Phrase, Prefix, Tag, Word

_OPERATORS = ("AND", "OR", "NOT")
_SIDES = ("negative", "positive", "neutral")


def _read(raw: object) -> object:
    """For pydantic: the text where it is one term that can stand in a sentence, else a sentence."""
    if not isinstance(raw, str):
        return raw
    text = " ".join(str(raw).split())
    said = f"the term that {raw.written} stands for" if isinstance(raw, Taken) else quoted(raw)
    if '"' not in text and any(one in _OPERATORS for one in text.split()):
        raise Whole(
            f"{said} holds an operator: write each cue as an entry of its own, or put it in quotes to mean the words"
        )
    try:
        read = term(text)
    except QueryError as error:
        why = "" if isinstance(raw, Taken) else f": {str(error).partition(': ')[2].rstrip('.')}"
        raise Whole(f"{said} is no cue{why}") from None
    if not isinstance(read, Word | Phrase | Prefix | Handle | Tag):
        raise Whole(f"{said} is no cue: write a word, several words, word*, @handle or #tag")
    return text


def _listed(raw: object) -> object:
    """One cue may stand without its brackets; several behind commas are told apart."""
    if raw == []:
        raise Whole("there is no cue here: write one or more, or leave the key out")
    if isinstance(raw, str) and "," in raw:
        raise Unfit(f"is one text and not a list: write [{raw.partition(',')[0].strip()}, …]")
    return [raw] if isinstance(raw, str) else raw


_Terms = Annotated[tuple[Annotated[str, BeforeValidator(_read)], ...], BeforeValidator(_listed)]


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
