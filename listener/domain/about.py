"""What a text says about one client: the sentences about it, and its names masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, takewhile

from listener.domain.client import Client
from listener.domain.needle import Needle, needle
from listener.domain.words import normalise, offsets

STAND_IN = "company"
"""What a client's name becomes: a word that says nothing good or bad."""

CAP = 1_500
"""Characters that are scored; a text says what it says about a client well within them."""

READ = 20_000
"""Characters that are searched for sentences about the client: a long article."""

_PRONOUNS = frozenset(
    [
        "it",
        "its",
        "it's",
        "they",
        "they're",
        "they've",
        "their",
        "them",
        "he",
        "he's",
        "his",
        "she",
        "she's",
        "her",
        "this",
        "that",
        "that's",
        "these",
        "those",
    ]
)
_ABBREVIATIONS = frozenset(
    [
        "inc",
        "ltd",
        "llc",
        "co",
        "corp",
        "bros",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "jr",
        "sr",
        "vs",
        "no",
        "dept",
        "est",
        "approx",
        "etc",
        "e.g",
        "i.e",
        "u.s",
        "u.k",
        "a.m",
        "p.m",
    ]
)


@dataclass(frozen=True, slots=True)
class Named:
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
    taken = bytearray(len(folded))
    places: list[tuple[int, int, str]] = []
    for name, wanted in _needles(client):
        if wanted.text not in folded:
            continue
        for start, end in wanted.spans(folded):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                places.append((start, end, name))
    if not places:
        return ()
    starts, ends = offsets(text, folded)
    return tuple(Named(starts[start], ends[end - 1], name) for start, end, name in sorted(places))


def cover(text: str, named: Iterable[Named], stand_in: str) -> str:
    """The text with each of these places replaced by `stand_in`."""
    pieces: list[str] = []
    last = 0
    for place in named:
        pieces += (text[last : place.start], stand_in)
        last = place.end
    return "".join((*pieces, text[last:]))


def about(title: str | None, text: str, client: Client, *, cap: int = CAP) -> str:
    """The title and the sentences about the client, in order, at most `cap` characters, cut at a sentence where possible.

    A sentence is about the client where it names it, and so are those after it that begin with a pronoun. The whole text is where
    it is addressed to the client (`@mills …`), and where no sentence names it (a review at its own place, an article that
    names it in the title only).
    """
    sentences = list(_sentences(text[:READ]))
    heading = " ".join((title or "")[:READ].split())
    if heading and sentences and sentences[0].startswith(heading):
        heading = ""
    chosen = iter(sentences) if _addresses(text[:READ], client) else _about(sentences, client)
    first = next(chosen, None)
    said = sentences if first is None else chain((first,), chosen)
    return _capped(chain((heading,), said) if heading else said, cap)


def _about(sentences: Iterable[str], client: Client) -> Iterator[str]:
    follows = False
    for sentence in sentences:
        follows = _names(sentence, client) or (follows and _begins_with_pronoun(sentence))
        if follows:
            yield sentence


def _addresses(text: str, client: Client) -> bool:
    """Whether the client's handle is among those that the text begins or ends with."""
    if "@" not in text:
        return False
    pieces = normalise(text).split()
    ends = (*takewhile(_is_handle, pieces), *takewhile(_is_handle, reversed(pieces)))
    return any(
        wanted.text[0] == "@" and wanted.occurs(piece) for piece in ends for _, wanted in _needles(client)
    )


def _is_handle(piece: str) -> bool:
    return "@" in piece[:2]


def _names(sentence: str, client: Client) -> bool:
    folded = normalise(sentence)
    return any(wanted.text in folded and wanted.occurs(folded) for _, wanted in _needles(client))


def _begins_with_pronoun(sentence: str) -> bool:
    first = sentence.split(maxsplit=1)[0]
    return normalise(first).strip("\"'“”,") in _PRONOUNS


def _capped(sentences: Iterable[str], cap: int) -> str:
    kept: list[str] = []
    room = cap
    for sentence in sentences:
        if len(sentence) > room:
            if not kept:
                kept.append(sentence[:room].rpartition(" ")[0] or sentence[:room])
            break
        kept.append(sentence)
        room -= len(sentence) + 1
    return "\n".join(kept)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each with its white space collapsed. Linear in the length."""
    start = 0
    for boundary in _boundaries().finditer(text):
        if _ends_sentence(text, boundary):
            yield from _collapsed(text[start : boundary.start()])
            start = boundary.end()
    yield from _collapsed(text[start:])


def _collapsed(piece: str) -> Iterator[str]:
    if sentence := " ".join(piece.split()):
        yield sentence


def _ends_sentence(text: str, boundary: re.Match[str]) -> bool:
    """Not after an abbreviation or an initial, nor where a name with a sign goes on (`Yahoo! is`)."""
    if "\n" in boundary[0] or not boundary[0]:
        return True
    last = text[max(0, boundary.start() - 12) : boundary.start()].rpartition(" ")[2]
    if last.endswith("."):
        word = last[:-1].casefold()
        return word not in _ABBREVIATIONS and (len(word) != 1 or not word.isalpha())
    following = text[boundary.end() : boundary.end() + 1]
    return not following.islower()


@cache
def _boundaries() -> re.Pattern[str]:
    """Each alternative is anchored by what stands before it, so that no run is read twice."""
    return re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)\]])\s+|\n+|(?<=[。！？])")


def _needles(client: Client) -> tuple[tuple[str, Needle], ...]:
    own = client.own
    return _compiled(client.name, client.aliases, tuple(own.handles.values()), own.sites)


@lru_cache(maxsize=16_384)
def _compiled(
    name: str, aliases: tuple[str, ...], handles: tuple[str, ...], sites: tuple[str, ...]
) -> tuple[tuple[str, Needle], ...]:
    """Every form of a client's names, the longest first: each with its joined `@` and `#` forms."""
    forms: dict[str, str] = {}
    for written in (name, *aliases, *(handle.lstrip("@") for handle in handles)):
        joined = "".join(written.split())
        for form in (written, "@" + joined, "#" + joined):
            forms.setdefault(normalise(form), form)
    for site in sites:
        forms.setdefault(normalise(site), site)
    longest = sorted((form for form in forms if form.strip("@#")), key=len, reverse=True)
    return tuple((forms[form], needle(forms[form])) for form in longest)
