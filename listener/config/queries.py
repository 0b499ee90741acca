"""The text of a client's query: as written, or made of its names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from listener.config.mistakes import Whole, plain
from listener.config.references import Taken
from listener.config.terms import term
from listener.domain.client import Context
from listener.domain.query import Query


def default_query(name: str, aliases: Iterable[str] = ()) -> str:
    """What finds a client that has no query: its name or one of its aliases, each as a phrase."""
    names = dict.fromkeys(" ".join(one.replace('"', " ").split()) for one in (name, *aliases))
    return " OR ".join(f'"{one}"' for one in names)


@lru_cache(maxsize=20_000)
def parsed(text: str) -> Query:
    """The query, read once: loading and planning ask for the same ones."""
    from listener.domain.query import parse_query

    return parse_query(text)


@lru_cache(maxsize=20_000)
def in_context(text: str, context: Context) -> Query:
    """The query with its client's context: what domain.query.client_query makes, read once."""
    query = parsed(text)
    if context == Context():
        return query
    return replace(query, any_of=tuple(map(term, context.any_of)), none_of=tuple(map(term, context.none_of)))


def read_query(raw: object) -> object:
    """For pydantic: the text itself where it can be read, else an error with the place in the query."""
    from listener.domain.query import QueryError

    if not isinstance(raw, str):
        return raw
    try:
        parsed(str(raw))
    except QueryError as error:
        where = f"line {error.line}, column {error.column}"
        said = (
            f"the query that {raw.written} stands for cannot be read at {where}"
            if isinstance(raw, Taken)
            else plain(str(error).rstrip("."), most=300)
        )
        raise Whole(said) from None
    return raw
