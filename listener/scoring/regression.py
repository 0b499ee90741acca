"""A regression on texts as vectors, with scikit-learn (the extra `learn`): fitted, measured on what it has not seen, turned into plain data.

The texts are few and their grams many, so it is fitted among the texts: the inner products of their vectors say all that it needs, and
what it finds is turned back into a weight for each gram. The same lessons give the same weights.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from listener.scoring.grams import facts
from listener.scoring.learned import BLOCKS, Gram, Model, Three, base_odds, blocks, norm, rated
from listener.scoring.lessons import CLASSES, Lesson

Array = np.ndarray[Any, np.dtype[Any]]

MOST_GRAMS = 20_000
"""Of each block; the most frequent ones stay."""

LOOSENESS = 1.0
"""How freely the weights may leave 0 (scikit-learn's C)."""

TURNS = 500
"""Steps that the regression may take: it stands still long before."""

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """The lessons as vectors: each a mapping from the names of `learned.parts` to numbers; and how rare each gram is, by block."""

    vectors: list[dict[str, float]]
    rarities: Mapping[str, Mapping[str, float]]


def rows(lessons: Sequence[Lesson]) -> Rows:
    """What the words and letters of the lessons are, by their rarity among them."""
    counted = [blocks(one.weighed.masked) for one in lessons]
    rarities = {block: _rarities([each[block] for each in counted]) for block in BLOCKS}
    vectors = []
    for one, each in zip(lessons, counted, strict=True):
        vector = {f"facts {name}": number for name, number in facts(one.weighed).items()}
        for block, counts in each.items():
            rarity = rarities[block]
            present = {name: rated(count, rarity[name]) for name, count in counts.items() if name in rarity}
            length = norm(present.values())
            vector |= {f"{block} {name}": BLOCKS[block] * it / length for name, it in present.items()}
        vectors.append(vector)
    return Rows(vectors, rarities)


def _rarities(texts: Sequence[Mapping[str, int]]) -> dict[str, float]:
    seen = Counter(name for counts in texts for name in counts)
    kept = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:MOST_GRAMS]
    return {name: math.log((1 + len(texts)) / (1 + count)) + 1.0 for name, count in kept}


@dataclass(frozen=True, slots=True)
class Space:
    """The lessons as points among themselves: `points` have the inner products of the vectors (`matrix`, a row a lesson)."""

    names: list[str]
    points: Array
    matrix: Any
    turn: Array

    def columns(self, weights: Array) -> Array:
        """Weights of the points (3 x points) as weights of the names (names x 3)."""
        return np.asarray(self.matrix.T @ (self.turn @ weights.T))


def space(vectors: Sequence[Mapping[str, float]]) -> Space:
    """The lessons among themselves; costs the cube of their number."""
    from sklearn.feature_extraction import DictVectorizer

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(vectors)
    values, directions = np.linalg.eigh((matrix @ matrix.T).toarray())
    real = values > values[-1] * 1e-10
    spread = np.sqrt(values[real])
    return Space(
        names=list(vectorizer.get_feature_names_out()),
        points=directions[:, real] * spread,
        matrix=matrix,
        turn=directions[:, real] / spread,
    )


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the points (3 x points) and where each class starts; a class that no lesson shows starts far away."""

    weights: Array
    start: Array


ABSENT = -7.0


def fit(points: Array, says: Array, trust: Array) -> Fitted:
    """The regression; seldom classes count more, by the root of how seldom, for each class is to be found as well as the others."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    counts = np.bincount(says, weights=trust, minlength=len(CLASSES))
    present = np.flatnonzero(counts)
    weights, start = np.zeros((len(CLASSES), points.shape[1])), np.full(len(CLASSES), ABSENT)
    if len(present) == 1:
        start[present] = 0.0
        return Fitted(weights, start)
    share = np.sqrt(trust.sum() / (len(present) * np.maximum(counts, 1e-9)))
    model = LogisticRegression(C=LOOSENESS, max_iter=TURNS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # one that nearly stands still is good enough
        model.fit(points, says, sample_weight=trust * share[says])
    if len(present) == 2:  # one row of weights then: for the second class against the first
        weights[present], start[present] = (
            np.vstack([-model.coef_, model.coef_]) / 2,
            np.array([-1, 1]) * model.intercept_ / 2,
        )
    else:
        weights[present], start[present] = model.coef_, model.intercept_
    return Fitted(weights, start)


def odds(fitted: Fitted, points: Array) -> Array:
    """The logarithms of how likely each class is, a row a point."""
    raw = points @ fitted.weights.T + fitted.start
    raw -= raw.max(axis=1, keepdims=True)
    return np.asarray(np.maximum(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)), math.log(1e-9)))


def base_of(lessons: Sequence[Lesson]) -> Array:
    """The logarithms of how likely each class is by the base, a row a lesson."""
    return np.array([base_odds(one.weighed) for one in lessons])


def unseen(points: Array, says: Array, trust: Array, *, turn: int) -> Array:
    """How likely each class of each lesson is by a regression that has not seen it."""
    out = np.zeros((len(says), len(CLASSES)))
    folds = folded(says, turn)
    for fold in range(FOLDS):
        kept = folds == fold
        out[kept] = odds(fit(points[~kept], says[~kept], trust[~kept]), points[kept])
    return out


def folded(says: Array, turn: int) -> Array:
    """The fold of each lesson: chance decides, the same at each run, and each fold has its part of every class."""
    order = np.random.default_rng(turn).permutation(len(says))
    order = order[np.argsort(says[order], kind="stable")]
    folds = np.empty(len(says), dtype=int)
    folds[order] = np.arange(len(says)) % FOLDS
    return folds


def model_of(fitted: Fitted, found: Space, made: Rows, *, base: str, lean: float) -> Model:
    """The regression as plain data, its weights rounded to what counts."""
    columns = found.columns(fitted.weights)
    by_name = {name: _three(columns[at]) for at, name in enumerate(found.names)}
    return Model(
        base=base,
        lean=lean,
        start=_three(fitted.start),
        facts={name[6:]: three for name, three in by_name.items() if name.startswith("facts ")},
        grams={
            block: {
                name: Gram(rarity=round(rarity, 4), adds=by_name[f"{block} {name}"])
                for name, rarity in rarities.items()
            }
            for block, rarities in made.rarities.items()
        },
    )


def _three(numbers: Array) -> Three:
    first, second, third = (float(f"{number:.5g}") for number in numbers)
    return first, second, third
