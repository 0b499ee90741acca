"""A text as numbers by name: its words, its runs of letters, its shape, and what the base says of it. What a learned model goes by."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from listener.domain.masking import STAND_IN
from listener.scoring.weighed import Weighed, label_of

READ = 1_500
"""Characters of a text that are read: all that the base scores."""

LETTERS = (2, 3, 4, 5)
"""How long the runs of letters are; each stays within one word and its edges."""

NEAR = 4
"""Words on either side of the client's name that are near it."""

_WORD = re.compile(r"[^\W_](?:[\w'’]*\w)?|[!?]+|[^\w\s]")
_URL = re.compile(r"https?://\S+")
_SELF = frozenset("i my me i'm i've we our us im ive".split())  # noqa: SIM905 - a list of words reads best as words
_OTHER = frozenset("you your u you're ur yours".split())  # noqa: SIM905 - as above
_NOT = frozenset("not no never none nothing cannot".split())  # noqa: SIM905 - as above

Counts = Mapping[str, int]


def words(masked: str) -> Counter[str]:
    """Its words and signs, each two that stand side by side ("on hold"), and what stands near the client's name, with how often."""
    said = _WORD.findall(_plain(masked))
    pairs = (f"{one} {other}" for one, other in itertools.pairwise(said))
    counts = Counter(said)
    counts.update(pairs)
    counts.update(_about(said))
    return counts


def _about(said: Sequence[str]) -> set[str]:
    """What stands before a name of the client, and what after: "late … company", "company … late"."""
    found: set[str] = set()
    for at, one in enumerate(said):
        if one == STAND_IN:
            found.update(f"{word} … {STAND_IN}" for word in said[max(0, at - NEAR) : at])
            found.update(f"{STAND_IN} … {word}" for word in said[at + 1 : at + 1 + NEAR])
    return found


def letters(masked: str) -> Counter[str]:
    """The runs of letters in it, an edge of a word written as "_", with how often."""
    return Counter(itertools.chain.from_iterable(_runs(word[:40]) for word in _plain(masked).split()))


def _plain(masked: str) -> str:
    return _URL.sub(" http ", masked[:READ].lower())


@lru_cache(maxsize=4096)
def _runs(word: str) -> tuple[str, ...]:
    edged = f"_{word}_"
    return tuple(
        edged[at : at + length] for length in LETTERS for at in range(max(0, len(edged) - length + 1))
    )


def facts(weighed: Weighed) -> dict[str, float]:
    """What the base says and what shape the text has, each number within [-2, 2]."""
    value = weighed.value or 0.0
    return {
        "base value": value,
        f"base {label_of(weighed.value)}": 1.0,
        **{f"base's {name}": _near(number) for name, number in weighed.features.items() if number},
        **_shape(weighed.masked[:READ]),
    }


def _shape(text: str) -> dict[str, float]:
    """A question, a link, a first person: what complaints, praise and news look like in any trade."""
    pieces = text.split()
    low = [piece.lower().strip(".,!?\"'") for piece in pieces]
    seen = {
        "a link": "http" in text,
        "a question": "?" in text,
        "an exclamation": "!" in text,
        "a handle": any(piece[0] == "@" for piece in pieces),
        "a tag": "#" in text,
        "a number": any(map(str.isdigit, text)),
        "the writer": not _SELF.isdisjoint(low),
        "the one spoken to": not _OTHER.isdisjoint(low),
        "a negation": any(word in _NOT or "n't" in word or "n’t" in word for word in low),
        "capitals": any(piece.isupper() and len(piece) > 2 for piece in pieces),
        "a quotation": '"' in text or "“" in text,
        "an amount": "%" in text or "$" in text or "£" in text or "€" in text,
        "passed on": text.startswith("RT "),
    }
    length = math.log(max(1, len(pieces))) / 3 - 0.9
    return {"length": length, **{name: 0.5 for name, there in seen.items() if there}}


def _near(number: float) -> float:
    """The number pressed into (-2, 2), steep where it is small."""
    return 2.0 * number / (1.0 + abs(number))
