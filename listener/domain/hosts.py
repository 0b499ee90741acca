"""The hosts that a text names, however their dots are written: `mills.example`, `www.mills[.]example`, `info@mills (dot) example`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from listener.domain.words import UNSPACED

_DOT = r"(?:[.．]|\s{0,3}+[\[({]\s{0,3}+(?:[.．]|[dD][oO][tT])\s{0,3}+[\])}]\s{0,3}+)"
_DOTTED = ".．[](){}"
_LONGEST_LABEL = 63
_LONGEST = 1_000
"""Characters of a host as written: 253, and what stands around its dots."""
_IGNORED = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens and the like: no host has them


@dataclass(frozen=True, slots=True)
class Host:
    """A host in its letters (no punycode, no www.), and where it stands in the raw text."""

    name: str
    start: int
    end: int

    def belongs_to(self, domain: str) -> bool:
        """Whether it is this host, which is in its letters as well, or one below it."""
        return within(self.name, domain)


def within(host: str, domain: str) -> bool:
    """Whether `host` is `domain` or a subdomain of it; both in one spelling."""
    return host == domain or host.endswith("." + domain)


def hosts_in(raw: str) -> Iterator[Host]:
    """Every host with two or more labels that stands in the text, in order; linear in its length."""
    for stretch in _stretch().finditer(raw):
        if stretch.lastindex is None:
            continue  # it holds no dot
        if stretch[0].isascii():
            yield from _hosts(raw, *stretch.span())
        else:
            for run in _run().finditer(raw, *stretch.span()):
                yield from _hosts(raw, *run.span())
                yield from _amid_unspaced(raw, *run.span())


@lru_cache(maxsize=16_384)
def host_form(host: str) -> str:
    """One spelling for a host in letters or in punycode, in any case and width, without www.

    >>> host_form("WWW.xn--mller-kva.Example") == host_form("müller.example")
    True
    """
    labels = [label for label in map(_label, re.split(_DOT, host)) if label]
    return ".".join(labels[1:] if labels[:1] == ["www"] and labels[2:] else labels)


def _hosts(raw: str, start: int, end: int) -> Iterator[Host]:
    """The one host at this place, if it is one: without the _ and - of its surroundings, and not what names somebody before an @."""
    if end - start > _LONGEST or (raw[end : end + 1] == "@" and raw[end + 1 : end + 2].isalnum()):
        return
    while start < end and raw[start] in "_-":
        start += 1
    end = _before_tail(raw, start, end)
    name = host_form(raw[start:end])
    if "." in name:
        yield Host(name, start, end)


def _before_tail(raw: str, start: int, end: int) -> int:
    """Where the last label ends: `mills.example-made` speaks of mills.example, for no name ends in -made; nor in a _."""
    last = re.split(_DOT, raw[start:end])[-1]
    tail = re.match(r"(?!xn--)[^\W_]+([-_].*)", last, re.IGNORECASE | re.DOTALL)
    return end - len(tail[1]) if tail else end


def _amid_unspaced(raw: str, start: int, end: int) -> Iterator[Host]:
    """Hosts within a run of an unspaced script: はmills.exampleで. Not where the host goes on: mills.example.三井."""
    for piece in _spaced().finditer(raw, start, end):
        cut = piece.span() != (start, end)
        if cut and piece[0][0] not in _DOTTED and piece[0][-1] not in _DOTTED:
            yield from _hosts(raw, *piece.span())


def _label(label: str) -> str:
    folded = _fold(re.sub(f"[{_IGNORED}]", "", label))
    if folded.startswith("xn--") and len(folded) <= _LONGEST_LABEL and folded.isascii():
        try:
            return _fold(folded[4:].encode("ascii").decode("punycode"))
        except UnicodeError:
            return folded
    return folded


def _fold(label: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())


@cache
def _stretch() -> re.Pattern[str]:
    """Whatever could be labels, joined by dots: fast, and too wide where it is not ASCII. Its group is there if it has a dot."""
    label = r"[^\x00-,./:-@\[-^`{-\x7f\s．\u2010-\u205f\u2190-\u2bff\u3000-\u3004\u3008-\u3020\U0001f000-\U0001faff]++"
    return re.compile(rf"{label}((?:{_DOT}{label})++)?+")


@cache
def _run() -> re.Pattern[str]:
    """Letters, digits, marks, - and _ joined by dots. Possessive, and begun only where a run begins: no text makes it slow."""
    run = rf"[\w\-{_IGNORED}{_marks()}]"
    return re.compile(rf"(?<!{run}){run}++(?:{_DOT}{run}++)+")


@cache
def _spaced() -> re.Pattern[str]:
    """What stands between characters of unspaced scripts."""
    return re.compile(f"[^{UNSPACED}]+")


@cache
def _marks() -> str:
    """All combining marks, which no letter class holds, as the inside of a character class."""
    return "".join(
        sign for sign in map(chr, range(0x300, 0x1F000)) if unicodedata.category(sign).startswith("M")
    )
