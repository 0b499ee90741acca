"""What corrections are worth: macro-F1 on every labelled set after 10 to 500 of them, beside the base. `make eval` runs it last.

    python -m benchmarks.learning [--sets airline,sanders] [--sizes 10,100] [--draws 5] [--texts 1000]

For each draw so many corrections are taken at random, a model is trained as `listener learn` does, and it labels others of the set.
"unknown" counts as neutral, as in the evaluation's own script. The data is read from beside the checkout.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from listener.domain.client import Client
from listener.domain.sentiment import Label
from listener.scoring.base import weigh
from listener.scoring.learned import decides, says, told
from listener.scoring.lessons import CLASSES
from listener.scoring.training import Taught, Trained, train
from listener.scoring.weighed import Weighed, label_of

DATA = Path(__file__).resolve().parents[2] / "shared" / "eval" / "sentiment" / "dev"
TUNED_ON = ("airline", "sanders", "finphrase", "tweeteval", "newsmtsc", "dong2014")
OTHERS = ("semeval14_rest", "semeval14_laptop", "sxsw_brand", "apple_dfe")
SIZES = (10, 20, 50, 100, 500)


@dataclass(frozen=True, slots=True)
class Row:
    taught: Taught
    weighed: Weighed


def rows(name: str, *, most: int) -> list[Row]:
    """A random part of the set, always the same, weighed."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        labelled = [one for line in lines if (one := _taught(name, json.loads(line)))]
    chosen = random.Random(0).sample(labelled, min(most, len(labelled)))
    return [Row(one, weigh(text=one.text, title=None, client=one.client, language=None)) for one in chosen]


def _taught(name: str, row: dict) -> Taught | None:
    label, client = _label(row), _client(name, row)
    if label is None or not row["text"]:
        return None
    about = Client(id=client, name=client, watch_list="", query="")
    return Taught(text=row["text"], title=None, client=about, language=None, label=label)


def _label(row: dict) -> Label | None:
    if "label" in row:
        return CLASSES[row["label"] + 1]
    if "emotion" in row:
        kinds = {"Negative emotion": 0, "No emotion toward brand or product": 1, "Positive emotion": 2}
        at = kinds.get(row["emotion"])
    else:
        at = {"1": 0, "3": 1, "5": 2}.get(row["sentiment"])
    return None if at is None else CLASSES[at]


def _client(name: str, row: dict) -> str:
    if name == "airline":
        return row["group"]
    if name == "apple_dfe":
        return "Apple"
    extra = str(row.get("extra", ""))
    return json.loads(extra)["mention"] if extra.startswith("{") else row.get("target") or ""


def base_label(row: Row) -> Label:
    return label_of(row.weighed.value)


def labels(trained: Trained, given: Sequence[Row]) -> Iterator[Label]:
    for one in given:
        chances = told(trained.model, one.weighed) if trained.model is not None else None
        if chances is None or not decides(chances, one.weighed):
            yield base_label(one)
        else:
            yield CLASSES[says(chances)]


def macro_f1(given: Sequence[Row], answered: Sequence[Label]) -> float:
    """As the evaluation's script has it."""
    pairs = [
        (row.taught.label, "neutral" if label == "unknown" else label)
        for row, label in zip(given, answered, strict=True)
    ]
    parts = []
    for name in CLASSES:
        both = sum(want == name for want, _ in pairs) + sum(got == name for _, got in pairs)
        parts.append(2 * sum(want == got == name for want, got in pairs) / both if both else 0.0)
    return statistics.fmean(parts)


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: macro-F1 of the base and after learning, whether a model was taken over, and the seconds of CPU that training took."""

    base: float
    learned: float
    taken: bool
    cpu_s: float


def draw(given: Sequence[Row], size: int, seed: int, *, texts: int) -> Draw:
    shuffled = random.Random(seed).sample(given, len(given))
    rest = shuffled[size : size + texts]
    began = process_time()
    trained = train([one.taught for one in shuffled[:size]])
    took = process_time() - began
    base = macro_f1(rest, [base_label(one) for one in rest])
    return Draw(base, macro_f1(rest, list(labels(trained, rest))), trained.model is not None, took)


def table(names: Sequence[str], sizes: Sequence[int], *, draws: int, texts: int) -> Iterator[str]:
    """A row a set: the mean of the base, then for each size the mean, the worst draw's difference, and how many models counted."""
    yield f"| set | base | {' | '.join(f'after {size}' for size in sizes)} |"
    yield "| --- " * (len(sizes) + 2) + "|"
    slowest = 0.0
    for name in names:
        given = rows(name, most=max(sizes) + 3 * texts)
        cells, bases = [], []
        for size in sizes:
            drawn = [draw(given, size, seed, texts=texts) for seed in range(draws)]
            bases += [one.base for one in drawn]
            gain = statistics.fmean(one.learned - one.base for one in drawn)
            worst = min(one.learned - one.base for one in drawn)
            slowest = max(slowest, *(one.cpu_s for one in drawn))
            cells.append(
                f"{statistics.fmean(one.learned for one in drawn):.3f} ({gain:+.3f}, worst {worst:+.3f}, "
                f"{sum(one.taken for one in drawn)}/{draws})"
            )
        yield f"| {name} | {statistics.fmean(bases):.3f} | {' | '.join(cells)} |"
    yield f"\nslowest training: {slowest:.1f} s of CPU"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", default=",".join(TUNED_ON + OTHERS))
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--texts", type=int, default=1000)
    given = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"the labelled sets are not there: {DATA}")
    sizes = [int(size) for size in given.sizes.split(",")]
    for line in table(given.sets.split(","), sizes, draws=given.draws, texts=given.texts):
        print(line, flush=True)


if __name__ == "__main__":
    main()
