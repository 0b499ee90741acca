"""What a text says about one client: the sentences about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from listener.domain.client import Client
from listener.domain.masking import addresses, names
from listener.domain.words import normalise

CAP = 1_500
"""Characters that are scored; a text says what it says about a client well within them."""

READ = 20_000
"""Characters that are searched for sentences about the client: a long article."""

_PRONOUNS = frozenset(
    """
    it its it's they they're they've their them he he's his she she's her this that that's these
    those
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_ABBREVIATIONS = frozenset(
    """
    inc ltd llc co corp bros mr mrs ms dr st jr sr vs no dept est approx etc e.g i.e u.s u.k a.m p.m
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def about(title: str | None, text: str, client: Client, *, cap: int = CAP) -> str:
    """The title and the sentences about the client, in order, at most `cap` characters, cut at a sentence where possible.

    A sentence is about the client where it names it, and so are those after it that begin with a pronoun. The whole text is where
    it is addressed to the client (`@mills …`), and where no sentence names it (a review at its own place, an article that
    names it in the title only).
    """
    sentences = list(_sentences(text[:READ]))
    heading = " ".join(title[:READ].split()) if title else ""
    if heading and sentences and sentences[0].startswith(heading):
        heading = ""
    if len(sentences) < 2 and not heading:
        return _capped(sentences, cap)
    chosen = iter(sentences) if addresses(text[:READ], client) else _about(sentences, client)
    first = next(chosen, None)
    said = sentences if first is None else chain((first,), chosen)
    return _capped(chain((heading,), said) if heading else said, cap)


def _about(sentences: Iterable[str], client: Client) -> Iterator[str]:
    follows = False
    for sentence in sentences:
        follows = names(sentence, client) or (follows and _begins_with_pronoun(sentence))
        if follows:
            yield sentence


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
    for found in _boundaries().finditer(text):
        boundary, end = found.span(found.lastindex or 0)
        if _ends_sentence(text, boundary, end):
            if sentence := _collapsed(text[start:boundary]):
                yield sentence
            start = end
    if sentence := _collapsed(text[start:]):
        yield sentence


def _collapsed(text: str) -> str:
    if text.isprintable() and "  " not in text:  # no white space but single spaces
        return text.strip(" ")
    return " ".join(text.split())


def _ends_sentence(text: str, start: int, end: int) -> bool:
    """Not after an abbreviation or an initial, nor where a name with a sign goes on (`Yahoo! is`)."""
    if start == end or "\n" in text[start:end]:
        return True
    if text[start - 1] == ".":
        word = text[max(0, start - 12) : start - 1].rpartition(" ")[2].casefold()
        return word not in _ABBREVIATIONS and (len(word) != 1 or not word.isalpha())
    return not text[end : end + 1].islower()


@cache
def _boundaries() -> re.Pattern[str]:
    """The white space between sentences, or nothing behind a sign that needs none, is the last group. It begins with the sign, for which
    a text is searched fast.
    """
    return re.compile(r"[.!?…\n。！？](?:(?<=[.!?…])[\"'”’)\]]?(\s+)|(?<=[\n。！？])(\n*))")
