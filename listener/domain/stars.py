"""What stars say: an author's own verdict, beside what a scorer makes of the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from listener.domain.sentiment import Ask, Score, Scorer, scores

BAD_TO = 0.25
"""Two of five stars and fewer are a complaint, whatever the words are taken for."""
GOOD_FROM = 0.75
"""Four of five stars and more are praise, where the words do not clearly complain."""
CLEARLY = -0.5
"""A text toward the client that is worth no more complains clearly."""

_RULE = "stars.1"


def judgements(scorer: Scorer, asks: Sequence[Ask]) -> list[Score]:
    """What is said in each of these toward its client, in order: by its words, and by its stars where there are some."""
    return [rated(score, ask.rating) for score, ask in zip(scores(scorer, asks), asks, strict=True)]


def starred(scorer: str, rating: float | None) -> str:
    """The name and version of a scorer where there were stars: what was labelled without them is labelled anew once."""
    return scorer if rating is None else f"{scorer}+{_RULE}"


def rated(score: Score, rating: float | None) -> Score:
    """The score of a text whose author gave a rating from 0 (worst) to 1 (best) to the client; as it is without one.

    Few stars are a complaint: sarcasm and short words read as praise more often than people miscount. Many are praise, unless
    the text clearly complains: then nobody can tell, and the label is unknown. Stars in the middle leave a label as it is;
    without one they are neutral.
    """
    if rating is None:
        return score
    told = replace(score, scorer=starred(score.scorer, rating))
    said = sentence(rating)
    if rating <= BAD_TO:
        value = rating * 2 - 1 if score.label != "negative" else score.value
        return replace(told, label="negative", value=value, reasons=(*_but(score, said, "negative"),))
    if rating < GOOD_FROM:
        if score.label != "unknown":
            return replace(told, reasons=(*score.reasons, said))
        return replace(told, label="neutral", value=0.0, reasons=(*score.reasons, said))
    if score.value is not None and score.value <= CLEARLY:
        reasons = (*score.reasons, f"{said}, but the text clearly complains")
        return replace(told, label="unknown", value=None, reasons=reasons)
    value = rating * 2 - 1 if score.label != "positive" else score.value
    return replace(told, label="positive", value=value, reasons=(*_but(score, said, "positive"),))


def _but(score: Score, said: str, label: str) -> tuple[str, ...]:
    changed = score.label not in {label, "unknown"}
    return (*score.reasons, f"{said}, though the text reads {score.label}" if changed else said)


def sentence(rating: float) -> str:
    """`1 of 5 stars`; a hundredth where it is no whole or half star."""
    halves = round((rating * 4 + 1) * 2, 6)
    if halves == int(halves):
        return f"{halves / 2:g} of 5 stars"
    return f"rated {round(rating * 100)} of 100"
