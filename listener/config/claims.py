"""Doubts about names: common or short ones without a context, names that two clients claim, queries that cost much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from listener.config.asked import Asked, Name, enough
from listener.config.doubts import Doubt
from listener.config.mistakes import Path, plain
from listener.domain.frequency import RATES
from listener.domain.needle import needle
from listener.domain.pricing import price
from listener.domain.tree import Exact, Phrase, Prefix, Word
from listener.domain.words import is_unspaced

FEWEST_LETTERS = 4
MOST_NAMED = 3
DEAR_ANYWAY = 10.0
"""Of 1,000 texts: a query that is asked of so many is told even where a context tells its matches apart."""

Claimant = tuple[Asked, Name]


def ambiguous(one: Asked) -> Iterator[Doubt]:
    """Names that stand for other things as well, where nothing else is asked for; else what the query costs, where that is much."""
    doubtful = (
        {} if one.query.none_of else {_key(name): name for name in enough(one.query) if _is_plain(name)}
    )
    told = [(name, said) for name in doubtful.values() if (said := _doubtful(name))]
    for name, said in told[:MOST_NAMED]:
        yield one.place_of(name), said
    if told:
        return
    priced = price(one.query)
    if priced.advice and (not _told_apart(one) or priced.per_thousand >= DEAR_ANYWAY):
        yield one.place, priced.advice.rstrip(".")


def _told_apart(one: Asked) -> bool:
    """Whether the person has seen to it already: by a context, or by asking for a name to the letter."""
    by_letter = any(isinstance(name, Exact) for name in enough(one.query))
    return by_letter or bool(one.query.any_of or one.query.none_of)


def _is_plain(name: Name) -> bool:
    return isinstance(name, Word | Phrase | Prefix)


def _doubtful(name: Name) -> str | None:
    folded = needle(name.written.removesuffix("*")).text
    shown = f"“{plain(name.written)}”"
    if rate := RATES.get(folded):
        return (
            f"{shown} is an everyday word, in about {rate:g} of 1,000 texts about anything, and alone it is enough: "
            "add a context (any_of), or ask for more than this word"
        )
    spelt = any(map(str.isalnum, folded)) and not any(map(is_unspaced, folded))
    if spelt and len(folded) < FEWEST_LETTERS:
        instead = "" if isinstance(name, Prefix) else f', or ask for exact:"{plain(name.written)}"'
        return f"{shown} has under four letters and stands for many things, and alone it is enough: add a context{instead}"
    return None


def claimed_twice(queries: Iterable[Asked], line: Callable[[Path], int]) -> Iterator[Doubt]:
    """Names that are enough for two clients: told at the second, once for each pair of clients."""
    first: dict[str, Claimant] = {}
    shared: dict[tuple[Path, Path], list[Claimant]] = {}
    for one in queries:
        for name in enough(one.query):
            holder, _ = first.setdefault(_key(name), (one, name))
            if holder.path != one.path:
                shared.setdefault((one.path, holder.path), []).append((one, name))
    holders = {holder.path: holder for holder, _ in first.values()}
    for (_, before), claims in shared.items():
        one, name = claims[0]
        yield one.place_of(name), _both(claims, holders[before], line(before))


def _both(claims: list[Claimant], before: Asked, line: int) -> str:
    names = dict.fromkeys(f"“{plain(name.written)}”" for _, name in claims)
    shown = " or ".join(list(names)[:MOST_NAMED])
    return (
        f"{shown} alone is enough for {plain(before.client.name)} (line {line}) as well: what says it is stored for both; "
        "ask for more in one of them, or give it a context"
    )


def _key(name: Name) -> str:
    """Equal for names that stand in the same texts."""
    if isinstance(name, Exact):
        return f"= {name.text}"
    return f"{needle(name.written).text}{'*' if isinstance(name, Prefix) else ''}"
