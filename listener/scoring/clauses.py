"""Whose each word of a sentence is: what is said of another company in a comparison, or in its own clause, is not the client's."""

from __future__ import annotations

from collections.abc import Collection

from listener.scoring.points import Found
from listener.scoring.sentence import Sentence


def shares(sentence: Sentence, found: Collection[Found]) -> list[float]:
    """How much each word of the sentence counts toward the client, in [0, 1]."""
    counted = [1.0] * len(sentence.lowered)
    for one in found:
        if one.cue.others == "behind":
            _give_away(sentence, counted, range(one.end, len(counted)))
        elif one.cue.others == "before":
            _give_away(sentence, counted, range(one.start - 1, -1, -1))
    return counted


def _give_away(sentence: Sentence, counted: list[float], places: range) -> None:
    """These words are another's, as far as the next place that names the client."""
    for at in places:
        if sentence.names_client(at):
            return
        counted[at] = 0.0
