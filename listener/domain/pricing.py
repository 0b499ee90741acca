"""What a query costs: how many of 1,000 texts hold one of its anchors and are then asked in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from listener.domain.anchors import Anchor, anchors
from listener.domain.frequency import RATES
from listener.domain.needle import Needle
from listener.domain.query import Query
from listener.domain.words import words

DEAR = 0.5
"""Of 1,000 texts: an anchor that stands in more is a common or a short word."""

_BY_LENGTH = (1000.0, 10.0, 1.5, 0.6, 0.3, 0.15)
_RARE = 0.05
_MOST_SHARED = 5.0
_ANOTHER_WORD = 0.2
_NAMED = 0.1
_ADDRESS = 10.0
_SITE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What is expected of a query.

    per_thousand   of 1,000 texts about anything, how many hold one of its anchors
    anchors        what it is looked up by, folded, the commonest first
    advice         where it has only common or short words to be looked up by, a sentence that says what to add
    """

    per_thousand: float
    anchors: tuple[str, ...]
    advice: str | None


def price(query: Query) -> Priced:
    """The price of a query by itself, guessed from how common its words are in English; words we do not know, by their length."""
    found = anchors(query.asked, expected) or frozenset()
    rates: dict[str, float] = {}
    for anchor in found:
        shown = (
            anchor.needle.text if anchor.place in {"text", "link"} else f"{anchor.place}:{anchor.needle.text}"
        )
        rates[shown] = max(rates.get(shown, 0.0), expected(anchor))
    ordered = sorted(rates, key=lambda shown: (-rates[shown], shown))
    return Priced(
        per_thousand=min(1000.0, sum(rates.values())),
        anchors=tuple(ordered),
        advice=_advice({shown: rates[shown] for shown in ordered if rates[shown] > DEAR}),
    )


def expected(anchor: Anchor, shared: Mapping[str, int] | None = None) -> float:
    """Of 1,000 texts, how many hold the anchor. `shared` says how many queries name a folded term: where many do, it is common."""
    text = anchor.needle.text
    if anchor.place == "site":
        return _SITE
    if anchor.place == "url":
        return min(1000.0, _by_length(text) * _ADDRESS)
    rate = _rate(anchor.needle)
    if shared and text not in RATES:
        rate = max(rate, min(rate * shared.get(text, 1), _MOST_SHARED))
    return rate if anchor.place == "text" else rate * _NAMED


@lru_cache(maxsize=65_536)
def _rate(needle: Needle) -> float:
    if needle.whole:
        return max(_RARE, _word(needle.text[1:]) * _NAMED)
    pieces = needle.text.split(" ")
    if len(pieces) > 1:
        return min(map(_word, pieces)) * _ANOTHER_WORD ** min(len(pieces) - 1, 3)
    if needle.left and needle.right:
        return _word(needle.text)
    return _within(needle)


def _word(piece: str) -> float:
    """A word without white space in it, signs and all."""
    if piece in RATES:
        return RATES[piece]
    inner = words(piece)
    if len(inner) == 1 and inner[0] in RATES:
        return RATES[inner[0]] * _ANOTHER_WORD
    return _by_length(piece)


def _within(needle: Needle) -> float:
    """What may go on at its edges stands in every longer word as well."""
    text = needle.text
    longer = (
        rate for word, rate in RATES.items() if (word.startswith(text) if needle.left else text in word)
    )
    return min(1000.0, _by_length(text) + sum(longer))


def _by_length(text: str) -> float:
    """An ideograph or a kana says as much as two letters; an emoji as three."""
    size = (
        len(text)
        if text.isascii()
        else sum(1 if sign < "\u0e00" else 2 if sign < "\U00010000" else 3 for sign in text)
    )
    return _BY_LENGTH[size] if size < len(_BY_LENGTH) else _RARE


def _advice(dear: Mapping[str, float]) -> str | None:
    if not dear:
        return None
    named = ", ".join(f"“{shown}”" for shown in list(dear)[:5])
    total = min(1000.0, sum(dear.values()))
    often = f"{total:.1f}" if total < 10 else f"{total:.0f}"
    stand = "stands" if len(dear) == 1 else "stand"
    return (
        f"{named} {stand} in about {often} of 1,000 texts about anything, so the query is asked of many that are not about "
        "the client: join a rarer word by AND, write the name as a longer phrase, or add a context with any_of."
    )
