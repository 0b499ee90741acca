"""The questions of several clients put into one, for places whose search has an OR."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product, zip_longest

from listener.connector.ask import alternatives, said, widened
from listener.domain.query import Query
from listener.domain.tree import Domain, Term, Word
from listener.domain.ways import Say, Way

_OR = " OR "
_MOST_LABELS = 4  # of a domain that is asked for in all its ways to be written


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked at once, the clients that it covers, and what of each one's query it leaves to our matcher."""

    text: str
    clients: tuple[str, ...]
    widened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def with_addresses(term: Term) -> Way | None:
    """As every place is asked, but a domain as it is written (`mills.example`, `mills[.]example`, `mills (dot) example`) or linked to.

    For places that pay no heed to signs inside of a phrase, and find links by `url:`; its labels alone would find half the world.
    """
    plain = said(term)
    if not isinstance(term, Domain) or not plain:
        return plain
    labels = [words for label in term.host.split(".") for words in (said(Word(label)) or ())]
    if not 2 <= len(labels) <= _MOST_LABELS:
        return plain
    dots = product((" ", " dot "), repeat=len(labels) - 1)
    written = ["".join(map("".join, zip_longest(labels, between, fillvalue=""))) for between in dots]
    either = [*(f'"{one}"' for one in written), f'url:"{term.host}"']
    return (f"({_OR.join(either)})",)


def questions(queries: Mapping[str, Query], *, longest: int, say: Say | None = None) -> list[Question]:
    """As few questions as these queries fit into, none of more than `longest` characters.

    The ways to satisfy each query stand side by side with OR between them, what two clients ask alike only once; a way that is too
    long by itself loses phrases, which widens it. A phrase stands in quotes; what `say` begins with # or ( is left as it is.
    """
    say = say or said
    asked: dict[str, list[str]] = {}
    unsaid: dict[str, tuple[str, ...]] = {}
    for client, query in queries.items():
        ways = alternatives(query, say=say)
        unsaid[client] = widened(query, ways, say=say)
        for way in ways:
            if text := _spelled(way, longest):
                asked.setdefault(text, []).append(client)
    return [_question(group, asked, unsaid) for group in _groups(asked, longest)]


def _question(
    group: list[str], asked: Mapping[str, list[str]], unsaid: Mapping[str, tuple[str, ...]]
) -> Question:
    clients = tuple(dict.fromkeys(client for text in group for client in asked[text]))
    return Question(
        text=_OR.join(group), clients=clients, widened={client: unsaid[client] for client in clients}
    )


def _groups(texts: Mapping[str, object], longest: int) -> list[list[str]]:
    groups: list[list[str]] = []
    room = 0
    for text in texts:
        if len(text) + len(_OR) > room:
            groups.append([])
            room = longest + len(_OR)
        room -= len(text) + len(_OR)
        groups[-1].append(text)
    return groups


def _spelled(way: Way, longest: int) -> str:
    """One way as the place reads it, in parentheses where it has several parts; empty where no part of it is short enough."""
    parts: list[str] = []
    room = longest - 2
    for part in (phrase if phrase.startswith(("#", "(")) else f'"{phrase}"' for phrase in way):
        if len(part) + 1 <= room:
            parts.append(part)
            room -= len(part) + 1
    if not parts:
        return _cut(way[0], longest)
    return f"({' '.join(parts)})" if len(parts) > 1 else parts[0]


def _cut(phrase: str, longest: int) -> str:
    """As many of its words as there is room for: fewer only widen it."""
    words = [] if phrase.startswith(("#", "(")) else phrase.split()
    while words and len(" ".join(words)) + 2 > longest:
        words.pop()
    return f'"{" ".join(words)}"' if words else ""
