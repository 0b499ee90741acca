"""English: the lexicon of VADER, the cues of complaint and praise, emoji, and what of each sentence is about the client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from listener.scoring.clauses import NAMING_ANOTHER, shares
from listener.scoring.cues.load import Cue
from listener.scoring.cues.own import own_cues
from listener.scoring.cues.phrases import Phrases
from listener.scoring.points import Point, cues_in, points, signs
from listener.scoring.quoting import quotes
from listener.scoring.quoting import told as quoted
from listener.scoring.sentence import MOST_WORDS, Sentence, read
from listener.scoring.tongue import Said, Tongue
from listener.scoring.verdict import Features, Sums, Weight, summed
from listener.scoring.weighed import Weighed

_SHOWN = 8
"""Words, and cues, that a reason names."""

STRONG = 2.0
APART = 0.15
"""Praise and complaint that are both this strong, and nearer to each other than this share, contradict each other."""


def weigh(said: Said) -> Weighed:
    weights = _weights(said.masked, own_cues(said.client.cues))
    found = [point for one in weights for point in one.points]
    if not said.language.code and not found:
        return Weighed(masked=said.masked, value=None, reasons=("no English word that says good or bad",))
    sums = summed(weights)
    reasons = _reasons(found)
    if quotes(said.masked):
        reasons += tuple(_quoted(weights))
    told = Features(weights, sums)
    if _contradict(sums):
        reasons += (f"contradictory: praise {sums.good:.1f} beside complaint {sums.bad:.1f}",)
        return Weighed(masked=said.masked, value=None, features=told, reasons=reasons)
    return Weighed(masked=said.masked, value=sums.value, features=told, reasons=reasons)


def _weights(text: str, own: Phrases[Cue] | None) -> list[Weight]:
    """Each line of the text with what counts in it; at most 250 words of the whole."""
    room, known = MOST_WORDS, signs().keys()
    weights = []
    for line in text.split("\n"):
        sentence = read(line, known, room)
        room -= len(sentence.lowered)
        weights.append(Weight(sentence, _counted(sentence, own)))
    return weights


def _counted(sentence: Sentence, own: Phrases[Cue] | None) -> Sequence[Point]:
    found = cues_in(sentence, own)
    weighing = points(sentence, found)
    counted = shares(sentence, found) if weighing else None
    if counted is None:
        return weighing
    if NAMING_ANOTHER in counted and "but" in sentence.lowered:
        weighing = points(sentence, found, contrast=False)
    return [
        one if share == 1.0 else Point(one.at, one.weight * share, one.kind, one.said, one.name)
        for one in weighing
        if (share := counted[one.at])
    ]


def _contradict(sums: Sums) -> bool:
    good, bad = sums
    return good >= STRONG and bad >= STRONG and abs(good - bad) <= APART * max(good, bad)


def _reasons(found: Sequence[Point]) -> tuple[str, ...]:
    if not found:
        return ("words: none that says good or bad",)
    cued: dict[str, None] = {}
    words: dict[str, None] = {}
    for point in found:
        if point.kind == "cue":
            cued[f"{point.name} ({'+' if point.weight > 0 else '−'}: {point.said})"] = None
        else:
            words[point.said] = None
    told = (("cues: ", cued), ("words: ", words))
    return tuple(kind + ", ".join(list(shown)[:_SHOWN]) for kind, shown in told if shown)


def _quoted(weights: Sequence[Weight]) -> Iterator[str]:
    said = [one for weight in weights for one in quoted(weight.sentence)]
    if said:
        yield "quoted: " + ", ".join(said[:_SHOWN])


TONGUE = Tongue(code="en", name="English", version="english.2", weigh=weigh)
