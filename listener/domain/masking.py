"""A client's names in a text: where they stand, and the text without them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from listener.domain.client import Client
from listener.domain.nameterms import name_terms
from listener.domain.needle import Needle, needle, needle_of
from listener.domain.query import QueryError, parse_query
from listener.domain.tree import Domain, Exact, Term
from listener.domain.urls import host_of
from listener.domain.words import normalise, offsets

STAND_IN = "company"
"""What a client's name becomes: a word that says nothing good or bad."""


class Named(NamedTuple):
    """A place where a text names the client: `text[start:end]`, by the name `name` as configured."""

    start: int
    end: int
    name: str


def mask(text: str, client: Client, stand_in: str = STAND_IN) -> tuple[str, tuple[str, ...]]:
    """The text with every name of the client replaced by `stand_in`, and the names that were there, as configured."""
    named = names_in(text, client)
    return cover(text, named, stand_in), tuple(dict.fromkeys(place.name for place in named))


def names_in(text: str, client: Client) -> tuple[Named, ...]:
    """Where the text names the client, in order and without overlap; longer names win. Whole words only."""
    folded = normalise(text)
    standing = [(name, wanted) for form, name, wanted in _needles(client) if form in folded]
    if not standing:
        return ()
    taken = bytearray(len(folded))
    places: list[tuple[int, int, str]] = []
    for name, wanted in standing:
        for start, end in wanted.spans(folded):
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                places.append((start, end, name))
    if not places:
        return ()
    if len(text) == len(folded) and text.isascii():
        return tuple([Named(*place) for place in sorted(places)])
    starts, ends = offsets(text, folded)
    return tuple([Named(starts[start], ends[end - 1], name) for start, end, name in sorted(places)])


def cover(text: str, named: Iterable[Named], stand_in: str) -> str:
    """The text with each of these places replaced by `stand_in`."""
    pieces: list[str] = []
    last = 0
    for place in named:
        pieces += (text[last : place.start], stand_in)
        last = place.end
    return "".join((*pieces, text[last:]))


def addresses(text: str, client: Client) -> bool:
    """Whether the client's handle is among those that the text begins or ends with."""
    if "@" not in text:
        return False
    pieces = normalise(text).split()
    ends = {*takewhile(_is_handle, pieces), *takewhile(_is_handle, reversed(pieces))}
    handles = [wanted for form, _, wanted in _needles(client) if form[0] == "@"] if ends else []
    return any(wanted.occurs(piece) for piece in ends for wanted in handles)


def _is_handle(piece: str) -> bool:
    return "@" in piece[:2]


def names(sentence: str, client: Client) -> bool:
    """Whether the sentence names the client."""
    folded = normalise(sentence)
    standing = [wanted for form, _, wanted in _needles(client) if form in folded]
    return any(wanted.occurs(folded) for wanted in standing) if standing else False


_Needles: TypeAlias = tuple[tuple[str, str, Needle], ...]
"""What must stand in a folded text, the name as configured, and how it stands there."""

_COMPILED: dict[int, tuple[Client, _Needles]] = {}
"""The needles of the clients at hand by their identity: one client is asked about in text after text. None that is kept here can lose its
identity to another.
"""
_AT_HAND = 4_096


def _needles(client: Client) -> _Needles:
    kept = _COMPILED.get(id(client))
    if kept is not None:
        return kept[1]
    own = client.own
    needles = _compiled(client.name, client.aliases, tuple(own.handles.values()), own.sites, client.query)
    if len(_COMPILED) >= _AT_HAND:
        _COMPILED.clear()
    _COMPILED[id(client)] = (client, needles)
    return needles


@lru_cache(maxsize=16_384)
def _compiled(
    name: str, aliases: tuple[str, ...], handles: tuple[str, ...], sites: tuple[str, ...], query: str
) -> _Needles:
    """Every form of a client's names, the longest first: each as one word and with its `@` and `#` too, and the names in its query."""
    forms: dict[str, tuple[str, Needle]] = {}
    for written in (name, *aliases, *(handle.lstrip("@") for handle in handles)):
        joined = "".join(written.split())
        for form in (written, "@" + joined, "#" + joined, joined):
            forms.setdefault(normalise(form), (form, needle(form)))
    for site in sites:
        host = host_of(site if "://" in site else f"https://{site}") or site
        forms.setdefault(normalise(host), (host, needle(host)))
    for term in _names_asked_for(query, (name, *aliases)):
        wanted = _needle_of(term)
        forms.setdefault(f"{wanted.text}*" if wanted.stretches else wanted.text, (term.written, wanted))
    longest = sorted((form for form in forms if form.strip("@#*")), key=len, reverse=True)
    return tuple((wanted.text, name, wanted) for name, wanted in map(forms.__getitem__, longest))


def _names_asked_for(query: str, names: tuple[str, ...]) -> tuple[Term, ...]:
    """None where nobody can read the query: the configuration has told so."""
    try:
        return tuple(name_terms(parse_query(query).tree, names))
    except QueryError:
        return ()


def _needle_of(term: Term) -> Needle:
    if isinstance(term, Exact):
        return needle(term.text)
    return needle(term.host) if isinstance(term, Domain) else needle_of(term)
