"""Trains a model on corrections, and lets it count only as far as texts that it has not seen show that it is worth it.

How much it may count against the base grows with the corrections, whatever the figures say: a handful can look good by chance.
Imports numpy and scikit-learn (the extra `learn`): import this where it is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from listener.domain.client import Client
from listener.domain.sentiment import Label
from listener.scoring.base import version, weigh
from listener.scoring.figures import Figures
from listener.scoring.learned import Model
from listener.scoring.lessons import CLASSES, MOST, Correction, Lesson, lessons
from listener.scoring.regression import Array, base_of, fit, model_of, rows, space, unseen

LEAST = 30
"""Distinct texts from which on a model is tried."""

LEAST_EACH = 5
"""Texts of each class from which on it can be said that the model finds it, too; from HALFWAY on a class may be as seldom as it is."""

HALFWAY = 200
"""Distinct texts with which model and base may count alike."""

HIGHEST = 0.7
"""The model never counts more than this against the base."""

DRAWS = 200
ROUNDS = 2
SURE, SURER = 0.25, 12.5
"""How many standard deviations of chance the gain must be above 0: for many texts, and how much more for few, divided by their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A text as it came, and what a person says it says about the client."""

    text: str
    title: str | None
    client: Client
    language: str | None
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What came of it; `model` is None where nothing is taken over."""

    figures: Figures
    model: Model | None


def train(taught: Sequence[Taught]) -> Trained:
    """Learn from what people said, leaning on the built-in base; the newest word last."""
    those = [
        Correction(
            weighed=weigh(text=one.text, title=one.title, client=one.client, language=one.language),
            label=one.label,
        )
        for one in taught[-MOST:]
    ]
    return train_on(those, given=len(taught), base=version())


def train_on(corrections: Sequence[Correction], *, given: int, base: str) -> Trained:
    """Learn from corrections as the scorer of the version `base` weighed them, the newest last, MOST at most; they were the
    newest of so many as were given. Deterministic; half a minute of one core at most.
    """
    found = lessons(corrections)
    figures = Figures(corrections=given, texts=len(found))
    wanting = _wanting(found)
    if wanting:
        return Trained(figures=replace(figures, reason=wanting), model=None)
    return _fitted(found, figures, base)


def _wanting(found: Sequence[Lesson]) -> str:
    """What is lacking for a model; "" if nothing is."""
    if len(found) < LEAST:
        return f"{len(found)} distinct texts are of use, and {LEAST} are where learning begins"
    counts = Counter(CLASSES[one.says] for one in found)
    if len(counts) == 1:
        return f"all say {next(iter(counts))}, which tells nothing apart"
    seldom = [name for name in CLASSES if counts[name] < LEAST_EACH]
    if seldom and len(found) < HALFWAY:
        return f"fewer than {LEAST_EACH} of {len(found)} texts say {' or '.join(seldom)}"
    return ""


def lean(texts: int) -> float:
    """How much a model of so many distinct texts counts against the base."""
    return round(min(HIGHEST, texts / (texts + HALFWAY)), 4)


def _fitted(found: Sequence[Lesson], figures: Figures, base: str) -> Trained:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # the machine has others to serve
        made = rows(found)
        spread = space(made.vectors)
        says, trust = np.array([one.says for one in found]), np.array([one.trust for one in found])
        tries = [unseen(spread.points, says, trust, turn=turn) for turn in range(ROUNDS)]
        figures = _measured(found, says, tries, figures)
        if not figures.taken:
            return Trained(figures=figures, model=None)
        fitted = fit(spread.points, says, trust)
        return Trained(figures=figures, model=model_of(fitted, spread, made, base=base, lean=figures.lean))


def _measured(found: Sequence[Lesson], says: Array, tries: Sequence[Array], figures: Figures) -> Figures:
    """Base and model, blended as they would be, on texts unseen by the model; chance by drawing texts anew."""
    much, base = lean(len(found)), base_of(found)
    drawn = np.random.default_rng(0).multinomial(len(says), np.full(len(says), 1 / len(says)), size=DRAWS)
    verdicts = np.array([one.weighed.value is not None for one in found])
    every = (
        np.vstack([np.ones(len(says)), drawn]) * verdicts
    )  # what the base has no verdict on says not which of them is better
    of_base = macro_f1(base.argmax(axis=1), says, every)
    blends = [(much * own + (1 - much) * base).argmax(axis=1) for own in tries]
    of_model = np.mean([macro_f1(labels, says, every) for labels in blends], axis=0)
    gains = (of_model - of_base)[1:]
    noise = float(gains.std())
    return replace(
        figures,
        base=round(float(of_base[0]), 4),
        model=round(float(of_model[0]), 4),
        noise=round(noise, 4),
        lean=much,
        taken=bool(gains.mean() > (SURE + SURER / len(says)) * noise and of_model[0] > of_base[0]),
    )


def macro_f1(labels: Array, says: Array, weights: Array) -> Array:
    """The mean F1 of the classes that occur, for each row of weights of the texts."""
    parts = []
    for at in np.unique(says):
        hit = weights @ ((labels == at) & (says == at))
        both = weights @ (labels == at).astype(float) + weights @ (says == at).astype(float)
        parts.append(2 * hit / np.maximum(both, 1e-9))
    return np.asarray(np.mean(parts, axis=0))
