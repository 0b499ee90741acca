"""What to ask a place that has a search: a client's query as words, wider than the query and never narrower."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from listener.connector.contract import O, Search
from listener.domain.explain_words import listed, quoted
from listener.domain.query import Query
from listener.domain.tree import (
    And,
    Domain,
    Exact,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Tag,
    Term,
    any_of,
    printed,
    terms,
)
from listener.domain.ways import MOST, Say, Way, Ways, together, ways

Alternatives = Ways

_SHOWN = 60
_NO_LETTERS = {ord(sign): " " for sign in "™℠"}
_OURS = "is left to our matcher"
_OURS_ARE = "are left to our matcher"


def alternatives(query: Query, *, context: bool = False, say: Say | None = None) -> Alternatives:
    """Ways to satisfy the query, each of phrases of plain words that must all be there; none of them is empty.

    Empty where nothing is left that a place could look for, such as a query of wildcards: no search stands for it.
    With `context`, one term of the client's context is asked for as well, where that does not make too many ways.
    A way that another, wider one covers is left out. `say` is for places that have more signs than plain words.
    """
    say = say or said
    found = ways(query.tree, say)
    beside = ways(any_of(query.any_of), say) if context and query.any_of else None
    if found and beside and len(found) * len(beside) <= MOST:
        found = together([found, beside])
    return _widest(found or ())


def _widest(ways: Alternatives) -> Alternatives:
    """Without those that another covers, which asks for some of the same phrases and no more."""
    asked_in = Counter(phrase for way in ways for phrase in way)
    by_seldom: dict[str, list[frozenset[str]]] = {}
    for way in dict.fromkeys(ways):
        by_seldom.setdefault(min(way, key=asked_in.__getitem__), []).append(frozenset(way))
    return tuple(
        way
        for way in dict.fromkeys(ways)
        if not any(wider < set(way) for phrase in way for wider in by_seldom.get(phrase, ()))
    )


def domains(query: Query) -> tuple[str, ...]:
    """The hosts that a query asks for, to be looked for in links by places that can: no way of words finds a link."""
    named = [term.host for term, positive in terms(query.tree) if positive and isinstance(term, Domain)]
    return tuple(dict.fromkeys(named))


def rarest(way: Way) -> str:
    """The term that likely brings least: the most words, then the most letters."""
    return max(way, key=lambda term: (len(term.split()), len(term)))


def said(term: Term) -> Way | None:
    """A term as phrases of plain words, without the signs that few places search for, or None where no word stands for it.

    A beginning of a word is none: places that find beginnings do so for the last word only, or not at all. Of a domain
    each label is asked for by itself, for its dots are written in many ways.
    """
    if isinstance(term, Prefix):
        return None
    if isinstance(term, Domain):
        return _labels(term.host)
    words = _words(term.name if isinstance(term, Handle | Tag) else term.text)
    return (words,) if words else None


def widened(query: Query, asked: Alternatives, *, say: Say | None = None) -> tuple[str, ...]:
    """What of the query these alternatives do not say, each as a sentence for a person."""
    say = say or said
    phrases = {phrase for way in asked for phrase in way}
    lost = dict.fromkeys(
        quoted(term.written)
        for term, positive in terms(query.tree)
        if positive and (words := say(term)) and not phrases.issuperset(words)
    )
    sentences = dict.fromkeys(_sentences(query.tree, say))
    if lost:
        sentences[f"{listed(tuple(lost))} {_OURS if len(lost) == 1 else _OURS_ARE}."] = None
    if query.any_of and not any(phrases.issuperset(say(term) or ("",)) for term in query.any_of):
        sentences["The context is left to our matcher."] = None
    if query.none_of:
        sentences["What the context excludes is left to our matcher."] = None
    return tuple(sentences)


def _sentences(node: Node, say: Say) -> Iterator[str]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _sentences(part, say)
    elif isinstance(node, Near):
        yield f"{_short(node)} is asked as its words, however far apart."
        yield from _sentences(node.left, say)
        yield from _sentences(node.right, say)
    elif isinstance(node, In) and node.where != "author":
        yield f"{_short(node)} is asked of title and text alike."
        yield from _sentences(node.part, say)
    elif isinstance(node, Not | In | Known | Followers):
        yield f"{_short(node)} {_OURS}."
    elif instead := _instead(node, say):
        yield f"{_short(node)} {instead}."


def _instead(term: Term, say: Say) -> str | None:
    """How a term is asked for, where that is not as it is written."""
    words = say(term)
    if words is None:
        return _OURS
    if isinstance(term, Exact | Domain | Handle | Tag) and words != (term.written.casefold(),):
        return f"is asked as {' and '.join(f'“{word}”' for word in words)}"
    return None


def _short(node: Node) -> str:
    text = printed(node)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _labels(host: str) -> Way | None:
    """The labels but the last, which alone would find half the world; None where one is written in two ways."""
    labels = host.split(".")[:-1]
    named = tuple(words for label in labels if not label.startswith("xn--") and (words := _words(label)))
    return named or None


def _words(text: str) -> str:
    """The words of a text in plain spelling, with one space between."""
    plain = unicodedata.normalize("NFKC", text.translate(_NO_LETTERS)).casefold()
    return " ".join("".join(sign if _in_word(sign) else " " for sign in plain if not _unseen(sign)).split())


def _in_word(sign: str) -> bool:
    return sign == "_" or sign.isalnum() or unicodedata.category(sign).startswith("M")


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf"


def one_by_one(
    queries: Mapping[str, Query], options: O, write: Callable[[Way], str], *, most: int = 8
) -> list[Search[O]]:
    """One search for each way to satisfy a query, for places without an OR; what two clients ask alike is asked once.

    `write` puts a way into the place's syntax; options take it as `search`. A query of more than `most` ways is asked by its
    rarest terms.
    """
    asked: dict[str, list[str]] = {}
    unsaid: dict[str, tuple[str, ...]] = {}
    for client, query in queries.items():
        found = alternatives(query)
        if len(found) > most:
            found = tuple(dict.fromkeys((rarest(way),) for way in found))
        unsaid[client] = widened(query, found)
        for said_so in dict.fromkeys(map(write, found)):
            asked.setdefault(said_so, []).append(client)
    return [
        Search(
            options=options.model_copy(update={"search": words}),
            clients=tuple(clients),
            widened={client: unsaid[client] for client in clients},
        )
        for words, clients in asked.items()
    ]
