"""VADER's measure of a text, its numbers to the last digit, in a fraction of its time and linear in the length.

The rules, the lexicon and the tables are those of vaderSentiment 3.3.2 (C.J. Hutto and E.E. Gilbert, "VADER: A Parsimonious Rule-based
Model for Sentiment Analysis of Social Media Text", ICWSM-14), oddities included: `tests/unit/test_valence.py` holds ours to
theirs. What is measured lower-cases each word once and looks only at the words that the lexicon weighs.
"""

from __future__ import annotations

import heapq
import math
import string
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

_CAPITALS = 0.733
_NEGATION = -0.74
_DAMPENED = (1.0, 0.95, 0.9)
_NEVER_SO = frozenset({"so", "this"})
_PUNCTUATION = string.punctuation


@dataclass(frozen=True, slots=True)
class Valence:
    """VADER's four values: shares of negative, neutral and positive words in [0, 1], and the whole in [-1, 1]."""

    negative: float
    neutral: float
    positive: float
    compound: float


@dataclass(frozen=True, slots=True)
class Tables:
    """What words mean: the lexicon, what emoji stand for, and the words that strengthen, weaken or turn others.

    laden      words that have a weight of their own
    idiomatic  words that end an idiom, or what strengthens by several words
    """

    lexicon: Mapping[str, float]
    emojis: Mapping[str, str]
    boosters: Mapping[str, float]
    negations: frozenset[str]
    idioms: Mapping[str, float]
    laden: frozenset[str]
    idiomatic: frozenset[str]


@cache
def tables() -> Tables:
    """Those that come with vaderSentiment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it opens its lexicon by codecs.open
        from vaderSentiment.vaderSentiment import (
            BOOSTER_DICT,
            NEGATE,
            SPECIAL_CASES,
            SentimentIntensityAnalyzer,
        )

        analyzer = SentimentIntensityAnalyzer()
    return Tables(
        lexicon=analyzer.lexicon,
        emojis=analyzer.emojis,
        boosters=BOOSTER_DICT,
        negations=frozenset(NEGATE),
        idioms=SPECIAL_CASES,
        laden=frozenset(analyzer.lexicon.keys() - BOOSTER_DICT.keys()),
        idiomatic=frozenset(said.split()[-1] for said in (*SPECIAL_CASES, *BOOSTER_DICT) if " " in said),
    )


def measure(text: str) -> Valence:
    """What VADER says of a text."""
    text = spelled_out(text).strip()
    words = [_bare(token) for token in text.split()]
    if not words:
        return Valence(0.0, 0.0, 0.0, 0.0)
    weighing = weights(words)
    return _summed(list(weighing.values()), len(words), _emphasis(text))


def spelled_out(text: str) -> str:
    """The text with each emoji as the words that describe it."""
    emojis = tables().emojis
    if text.isascii() or emojis.keys().isdisjoint(text):
        return text
    pieces: list[str] = []
    after_space = True
    for sign in text:
        described = emojis.get(sign)
        if described is None:
            pieces.append(sign)
            after_space = sign == " "
        else:
            pieces.append(described if after_space else " " + described)
            after_space = False
    return "".join(pieces)


def _bare(token: str) -> str:
    """A word without the signs around it; what would shrink to two letters or less may be an emoticon and stays."""
    stripped = token.strip(_PUNCTUATION)
    return token if len(stripped) <= 2 else stripped


def weights(words: Sequence[str]) -> dict[int, float]:
    """The weight of each word that has one, by its place."""
    return weighed([word.lower() for word in words], list(map(str.isupper, words)))


def weighed(lowered: Sequence[str], shouted: Sequence[bool]) -> dict[int, float]:
    """As `weights`, of words in small letters; `shouted` tells which are in capitals."""
    known = tables()
    laden = known.laden
    if laden.isdisjoint(lowered):
        return {}
    idiomatic = not known.idiomatic.isdisjoint(lowered)
    shouts = True in shouted and False in shouted
    reading = _Reading(lowered, shouted, known, shouts, "no" in lowered, idiomatic)
    weights = {
        at: reading.weight(at)
        for at, word in enumerate(lowered)
        if word in laden and not (word == "kind" and _is_kind_of(lowered, at))
    }
    if "but" in lowered:
        _contrast(weights, lowered.index("but"))
    return weights


def _is_kind_of(lowered: Sequence[str], at: int) -> bool:
    return at + 1 < len(lowered) and lowered[at + 1] == "of"


class _Reading(NamedTuple):
    """The words of a text, in small letters and whether in capitals, while those that the lexicon knows are weighed.

    shouts     whether some words, and not all, are in capitals
    denies     whether there is a "no"
    idiomatic  whether a word stands there that ends an idiom
    """

    lowered: Sequence[str]
    shouted: Sequence[bool]
    known: Tables
    shouts: bool
    denies: bool
    idiomatic: bool

    def weight(self, at: int) -> float:
        lowered, known = self.lowered, self.known
        lexicon, boosters, negations = known.lexicon, known.boosters, known.negations
        weight = self._own(at) if self.denies else lexicon[lowered[at]]
        if self.shouts and self.shouted[at]:
            weight += _CAPITALS if weight > 0 else -_CAPITALS
        for back in range(min(3, at)):
            before = lowered[at - back - 1]
            if before in lexicon:
                continue
            if before in boosters:
                weight += self._boost(at - back - 1, weight) * _DAMPENED[back]
            strengthens = back == 2 and lowered[at - 1] in _NEVER_SO
            if strengthens or before in negations or "n't" in before:
                weight = self._turned(weight, at, back)
            if back == 2 and self.idiomatic:
                weight = self._idiom(weight, at)
        return self._least(weight, at) if at and lowered[at - 1] == "least" else weight

    def _own(self, at: int) -> float:
        """The lexicon's number; after "no" it is turned, and a "no" before such a word has none of its own."""
        lowered, lexicon = self.lowered, self.known.lexicon
        weight = lexicon[lowered[at]]
        if lowered[at] == "no" and at + 1 < len(lowered) and lowered[at + 1] in lexicon:
            weight = 0.0
        before = lowered[max(0, at - 3) : at]
        if "no" in before[-2:] or (len(before) == 3 and before[0] == "no" and before[-1] in {"or", "nor"}):
            weight = lexicon[lowered[at]] * _NEGATION
        return weight

    def _boost(self, at: int, weight: float) -> float:
        boost = self.known.boosters[self.lowered[at]]
        if weight < 0:
            boost = -boost
        if self.shouts and self.shouted[at]:
            boost += _CAPITALS if weight > 0 else -_CAPITALS
        return boost

    def _turned(self, weight: float, at: int, back: int) -> float:
        """Negation by the word that stands `back + 1` before, with VADER's exceptions: some of them where it denies nothing."""
        lowered = self.lowered
        if back == 1:
            if lowered[at - 2] == "never" and lowered[at - 1] in _NEVER_SO:
                return weight * 1.25
            if lowered[at - 2] == "without" and lowered[at - 1] == "doubt":
                return weight
        if back == 2:
            # As theirs: "so" or "this" right before strengthens, whether "never" stands before it or not.
            if (lowered[at - 3] == "never" and lowered[at - 2] in _NEVER_SO) or lowered[at - 1] in _NEVER_SO:
                return weight * 1.25
            if lowered[at - 3] == "without" and "doubt" in lowered[at - 2 : at]:
                return weight
        return weight * _NEGATION

    def _idiom(self, weight: float, at: int) -> float:
        lowered, idioms, boosters = self.lowered, self.known.idioms, self.known.boosters
        three, two, one, here = lowered[at - 3 : at + 1]
        past = (f"{three} {two} {one}", f"{three} {two}", f"{two} {one}")
        backward = (f"{one} {here}", f"{two} {one} {here}", past[2], past[0], past[1])
        weight = next((idioms[said] for said in backward if said in idioms), weight)
        ahead = lowered[at : at + 3]
        for length in (2, 3):
            if len(ahead) >= length:
                weight = idioms.get(" ".join(ahead[:length]), weight)
        for said in past:
            weight += boosters.get(said, 0.0)
        return weight

    def _least(self, weight: float, at: int) -> float:
        """After “least” it is turned, but for “at least” and “very least”."""
        if "least" in self.known.lexicon:
            return weight
        turns = at == 1 or self.lowered[at - 2] not in {"at", "very"}
        return weight * _NEGATION if turns else weight


def _contrast(weights: dict[int, float], but: int) -> None:
    """What stands before "but" counts half, what stands behind it one and a half times.

    As theirs, the first place that holds an equal weight is changed, which is not always the one that is looked at.
    """
    places: dict[float, list[int]] = {}
    for at, weight in weights.items():
        places.setdefault(weight, []).append(at)
    for at in list(weights):
        weight = weights[at]
        if weight == 0:
            continue
        holders = places[weight]
        while weights[holders[0]] != weight:
            heapq.heappop(holders)
        first = holders[0]
        if first != but:
            weights[first] = changed = weight * (0.5 if first < but else 1.5)
            heapq.heappush(places.setdefault(changed, []), first)


def _emphasis(text: str) -> float:
    """Exclamation marks, four of them at most, and question marks from two on."""
    questions = text.count("?")
    asked = 0.0 if questions < 2 else questions * 0.18 if questions <= 3 else 0.96
    return min(4, text.count("!")) * 0.292 + asked


def _summed(weights: Sequence[float], words: int, emphasis: float) -> Valence:
    total = float(sum(weights))
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    good = bad = 0.0
    neutral = words
    for weight in weights:
        if weight > 0:
            good += weight + 1
            neutral -= 1
        elif weight < 0:
            bad += weight - 1
            neutral -= 1
    if good > -bad:
        good += emphasis
    elif good < -bad:
        bad -= emphasis
    whole = good - bad + neutral
    compound = max(-1.0, min(1.0, total / math.sqrt(total * total + 15)))
    return Valence(
        negative=round(-bad / whole, 3),
        neutral=round(neutral / whole, 3),
        positive=round(good / whole, 3),
        compound=round(compound, 4),
    )
