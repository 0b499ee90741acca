"""The context of a client whose name others bear as well: single terms that tell it from them."""

from __future__ import annotations

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


@lru_cache(maxsize=20_000)
def term(text: str) -> Term:
    """One term of a context, read once. Raises QueryError."""
    from listener.domain.grammar import parse_term

    return parse_term(text)


def same(text: str) -> str:
    """What two spellings of one term have in common."""
    read = term(text)
    return f"{type(read).__name__} {needle(read.written).text}"


def _read(raw: object) -> object:
    """For pydantic: the text where it is one term, else a sentence."""
    from listener.domain.query import QueryError

    if not isinstance(raw, str):
        return raw
    text = " ".join(str(raw).split())
    said = f"the term that {raw.written} stands for" if isinstance(raw, Taken) else quoted(raw)
    if '"' not in text and (operator := next((one for one in text.split() if one in _OPERATORS), None)):
        raise Whole(
            f"{said} holds {operator}: write each term as an entry of its own, or put it in quotes to mean the words"
        )
    try:
        term(text)
    except QueryError as error:
        sentence = str(error).partition(": ")[2].rstrip(".")
        why = "" if isinstance(raw, Taken) else f": {sentence[:1].lower()}{sentence[1:]}"
        raise Whole(f"{said} is no term of a context{why}") from None
    return text


def _listed(raw: object) -> object:
    """One term may stand without its brackets; several behind commas are told apart."""
    if raw == []:
        raise Whole("there is no term here: write one or more, or leave the key out")
    if isinstance(raw, str) and "," in raw:
        raise Unfit(f"is one text and not a list: write [{raw.partition(',')[0].strip()}, …]")
    return [raw] if isinstance(raw, str) else raw


Terms = Annotated[tuple[Annotated[str, BeforeValidator(_read)], ...], BeforeValidator(_listed)]


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
