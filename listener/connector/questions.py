"""The questions of several clients put into one, for places whose search has an OR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product, zip_longest

from listener.connector.ask import alternatives, rarest, said, widened
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


def _quoted(phrase: str) -> str:
    return phrase if phrase.startswith(("#", "(")) else f'"{phrase}"'


def questions_apart(
    queries: Mapping[str, Query],
    *,
    longest: int,
    most_apart: int,
    most_together: int | None = None,
    between: str = _OR,
    spell: Callable[[str], str] = _quoted,
) -> list[Question]:
    """The same for places that mix no AND with an OR: phrases that must stand together are a question of their own.

    A query with more than `most_apart` of those is asked by the rarest phrase of each way. Others stand side by side, with `between`
    between them, `most_together` at the most; `spell` puts one into the place's syntax.
    """
    asked: dict[str, list[str]] = {}
    unsaid: dict[str, tuple[str, ...]] = {}
    apart: set[str] = set()
    for client, query in queries.items():
        ways = alternatives(query)
        if sum(len(way) > 1 for way in ways) > most_apart:
            ways = tuple((rarest(way),) for way in ways)
        ways = tuple(dict.fromkeys(short for way in ways if (short := _shortened(way, longest))))
        unsaid[client] = widened(query, ways)
        for way in ways:
            text = " ".join(map(spell, way))
            asked.setdefault(text, []).append(client)
            apart |= {text} if len(way) > 1 else set()
    together = (text for text in asked if text not in apart)
    groups = [
        *([text] for text in asked if text in apart),
        *_groups(together, longest, between, most_together),
    ]
    return [_question(group, asked, unsaid, between) for group in groups]


def _question(
    group: list[str],
    asked: Mapping[str, list[str]],
    unsaid: Mapping[str, tuple[str, ...]],
    between: str = _OR,
) -> Question:
    clients = tuple(dict.fromkeys(client for text in group for client in asked[text]))
    return Question(
        text=between.join(group), clients=clients, widened={client: unsaid[client] for client in clients}
    )


def _groups(
    texts: Iterable[str], longest: int, between: str = _OR, most: int | None = None
) -> list[list[str]]:
    groups: list[list[str]] = []
    room = 0
    for text in texts:
        if len(text) + len(between) > room or (most is not None and len(groups[-1]) >= most):
            groups.append([])
            room = longest + len(between)
        room -= len(text) + len(between)
        groups[-1].append(text)
    return groups


def _spelled(way: Way, longest: int) -> str:
    """One way as the place reads it, in parentheses where it has several parts; empty where no part of it is short enough."""
    parts = [_quoted(phrase) for phrase in _shortened(way, longest)]
    return f"({' '.join(parts)})" if len(parts) > 1 else "".join(parts)


def _shortened(way: Way, longest: int) -> Way:
    """As many of its phrases as there is room for, else of the first one so many words: fewer only widen it."""
    phrases: list[str] = []
    room = longest - 2
    for phrase in way:
        if len(_quoted(phrase)) + 1 <= room:
            phrases.append(phrase)
            room -= len(_quoted(phrase)) + 1
    return tuple(phrases) or _cut(way[0], longest)


def _cut(phrase: str, longest: int) -> Way:
    words = [] if phrase.startswith(("#", "(")) else phrase.split()
    while words and len(_quoted(" ".join(words))) > longest:
        words.pop()
    return (" ".join(words),) if words else ()
