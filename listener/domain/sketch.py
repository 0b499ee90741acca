"""Near copies: what is left of a long text to know it again by, and when two of them tell one story (docs/stories.md).

A wire report stands in forty papers, each with other words around it, a shorter end, a few words changed. Its sketch is small and the
same in every process. It says where to look for copies (bands), how much of the wording two texts share (slots), and
whether they speak of the same names and figures (particulars), which two reports of one template do not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from operator import eq
from struct import Struct, pack, unpack
from zlib import crc32

from rensa import RMinHash

from listener.domain.boilerplate import is_boilerplate
from listener.domain.words import LONG, said

READ = 1000
"""Words that are read of a text, so that none costs more than its share."""

ALIKE = 0.35
"""Shared wording from which on two articles are copies. One word in five changed leaves .4 to .5; two reports of one event share under .25."""

QUOTED = 0.9
"""The same where one of them is no article: who quotes another and answers him has words of his own."""

UNNAMED = 0.5
"""The same for articles that name too little to agree on."""

AGREED = 0.8
"""How many of the names and figures of the one that has fewer the other must have too, if it has as much of its wording; one is forgiven."""

_SLOTS = 128
_ROWS = 3  # slots in a band: 42 bands meet in 99 of 100 pairs that share .47 of the wording, in 1 of 3,000 that share .02
_SEED = 1
_DIGEST = Struct(f"<{_SLOTS}I")
_WIDTH = 2 * _ROWS
_BANDS = range(_SLOTS // _ROWS)

_MOST_PARTICULARS = 128
_FEW_PARTICULARS = 3
_OFTEN = 3
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_ENDS = ".!?:"
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»–—‘’“”„…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is left of a text of 40 words or more.

    length       how many pairs of neighbouring words it has
    slots        two bytes for each of 128 random orders of all pairs of words: the end of the pair's number that comes first
    particulars  four bytes for each of at most 128 names and figures, those said most often first
    heroes       how many of them are said three times or more
    bands        42 numbers of 38 bits, made of the slots; two texts that share none are not compared
    """

    length: int
    slots: bytes
    particulars: bytes
    heroes: int
    bands: tuple[int, ...] = ()


def sketch(text: str) -> Sketch | None:
    """The sketch of a text; None where it has under 40 words or is boilerplate, which is never told as a story."""
    read = said(text)[:READ]
    if len(read) < LONG or is_boilerplate(text):
        return None
    pairs = list(map(" ".join, pairwise(read)))
    least = RMinHash(num_perm=_SLOTS, seed=_SEED)
    least.update(pairs)
    slots = memoryview(_DIGEST.pack(*least.digest())).cast("H")[::2].tobytes()
    named = _particulars(text)
    return Sketch(
        length=len(pairs),
        slots=slots,
        particulars=pack(f"<{len(named)}I", *named),
        heroes=sum(times >= _OFTEN for times in named.values()),
        bands=bands(slots),
    )


def bands(slots: bytes) -> tuple[int, ...]:
    """The bands of these slots. Those of another version of the library are others, so that they never meet."""
    version = RMinHash.ALGORITHM_VERSION
    return tuple(crc32(slots[_WIDTH * band : _WIDTH * (band + 1)], version) << 6 | band for band in _BANDS)


def is_near(one: Sketch, other: Sketch, *, articles: bool) -> bool:
    """Whether two texts tell one story; `articles` says that both were published as such."""
    alike = resemblance(one, other)
    if alike < (ALIKE if articles else QUOTED):
        return False
    agreed = _agreed(one, other, alike)
    return alike >= UNNAMED if agreed is None else agreed


def resemblance(one: Sketch, other: Sketch) -> float:
    """How many of the pairs of words in either text are in both, 0 to 1; estimated to within some .04."""
    same: int = sum(map(eq, memoryview(one.slots).cast("H"), memoryview(other.slots).cast("H")))
    return same / _SLOTS


def _agreed(one: Sketch, other: Sketch, alike: float) -> bool | None:
    """Whether both speak of the same; None where one of them names too little to tell.

    In a copy the names are kept as the wording is. In a template filled in twice they are what changed: each text then has
    heroes of whom the other says nothing. (In a copy one side may: its hero enters where the other was cut.)
    """
    mine, yours = _numbers(one), _numbers(other)
    fewer = min(len(mine), len(yours))
    if fewer < _FEW_PARTICULARS:
        return None
    kept = alike / (1 + alike) * (one.length + other.length) / min(one.length, other.length)
    if len({*mine} & {*yours}) < min(AGREED, kept) * fewer - 1:
        return False
    return {*yours}.issuperset(mine[: one.heroes]) or {*mine}.issuperset(yours[: other.heroes])


def _numbers(sketched: Sketch) -> tuple[int, ...]:
    return unpack(f"<{len(sketched.particulars) // 4}I", sketched.particulars)


def _particulars(text: str) -> dict[int, int]:
    """How often each name and figure is said, most often first: the words with a capital that never stand without it, and the numbers."""
    written = text.split(maxsplit=READ)[:READ]
    plain = set(written)
    striking = [  # but for what begins a sentence: that has its capital from there
        word for before, word in pairwise(written) if not word.islower() and before[-1] not in _ENDS
    ]
    lowered = [(word, word.lower()) for word in striking]
    names = [low.strip(_SIGNS) for word, low in lowered if word != low]
    times = Counter(name for name in names if name and name not in plain)
    times.update(_FIGURE.findall(" ".join(striking)))
    most = times.most_common(_MOST_PARTICULARS)
    return {crc32(name.encode("utf-8", "surrogatepass")): count for name, count in most}
