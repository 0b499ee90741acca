"""The context of a client whose name others bear as well: single terms that tell it from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from listener.config.mistakes import Unfit, Whole
from listener.config.part import Part
from listener.config.references import Taken
from listener.config.sentences import quoted, rejection
from listener.domain.client import Context
from listener.domain.needle import needle
from listener.domain.tree import Term

_OPERATORS = ("AND", "OR", "NOT")

Validator = Callable[[object], object]


@lru_cache(maxsize=20_000)
def term(text: str) -> Term:
    """One term of a context, read once. Raises QueryError."""
    from listener.domain.grammar import parse_term

    return parse_term(text)


def same(text: str) -> str:
    """What two spellings of one term have in common."""
    read = term(text)
    return f"{type(read).__name__} {needle(read.written).text}"


def one_term(noun: str, *, known_as: str, unfit: Callable[[Term], str] = lambda _: "") -> Validator:
    """For pydantic: lets a text through that is one term, for which `unfit` has nothing to say; else raises a sentence.

    `noun` is what an entry of the list is called ("cue"), `known_as` what a wrong one is said not to be ("term of a context").
    """

    def read(raw: object) -> object:
        if not isinstance(raw, str):
            return raw
        text = " ".join(str(raw).split())
        said = f"the term that {raw.written} stands for" if isinstance(raw, Taken) else quoted(raw)
        if '"' not in text and (operator := next((one for one in text.split() if one in _OPERATORS), None)):
            raise Whole(
                f"{said} holds {operator}: write each {noun} as an entry of its own, or put it in quotes to mean the words"
            )
        why = _why_not(text, unfit, shown=not isinstance(raw, Taken))
        if why is not None:
            raise Whole(f"{said} is no {known_as}" + (why and f": {why}"))
        return text

    return read


def _why_not(text: str, unfit: Callable[[Term], str], *, shown: bool) -> str | None:
    """Why it is none, as the end of a sentence; None where it is one. What may not be `shown` is in no word of it."""
    from listener.domain.query import QueryError

    try:
        return unfit(term(text)) or None
    except QueryError as error:
        sentence = str(error).partition(": ")[2].rstrip(".") if shown else ""
        return sentence[:1].lower() + sentence[1:]


def list_of(noun: str) -> Validator:
    """For pydantic: one entry may stand without its brackets; several behind commas are told apart."""

    def listed(raw: object) -> object:
        if raw == []:
            raise Whole(f"there is no {noun} here: write one or more, or leave the key out")
        if isinstance(raw, str) and "," in raw:
            raise Unfit(f"is one text and not a list: write [{raw.partition(',')[0].strip()}, …]")
        return [raw] if isinstance(raw, str) else raw

    return listed


Terms = Annotated[
    tuple[Annotated[str, BeforeValidator(one_term("term", known_as="term of a context"))], ...],
    BeforeValidator(list_of("term")),
]


class ContextTerms(Part):
    """What tells a client with an ambiguous name from others of that name; each entry is one term."""

    any_of: Terms = Field((), description="Terms of which a text must hold at least one.")
    none_of: Terms = Field((), description="Terms of which a text must hold none.")

    @model_validator(mode="after")
    def _on_one_side(self) -> Self:
        wanted = {same(one): one for one in self.any_of}
        clashes = [(at, one) for at, one in enumerate(self.none_of) if same(one) in wanted]
        if clashes:
            raise rejection(
                (("none_of", at), f"{quoted(one)} is in any_of as well: keep it in one of them")
                for at, one in clashes
            )
        return self

    def to_domain(self, further: ContextTerms | None = None) -> Context:
        """These terms and those that were accepted later, each once."""
        later = further or ContextTerms()
        return Context(
            any_of=_once((*self.any_of, *later.any_of)), none_of=_once((*self.none_of, *later.none_of))
        )


def _once(texts: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[Any, str] = {}
    for one in texts:
        first.setdefault(same(one), one)
    return tuple(first.values())
