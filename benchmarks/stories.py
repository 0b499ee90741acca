"""How well near copies are told from other texts, and what that costs. The table of docs/stories.md is what this prints.

python benchmarks/stories.py [--pairs ../shared/eval/stories/dev.jsonl.gz]

The articles are other people's and no part of this repository; without them only the templates are tried.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.paper import COPIES, TEMPLATES, Dice, reports
from listener.domain.boilerplate import is_boilerplate
from listener.domain.identity import content_hash
from listener.domain.sketch import Sketch, is_near, sketch
from listener.domain.words import LONG, said, words
from listener.store.engine import Database, open_database
from listener.store.stories import Telling, choose

PAIRS = Path(__file__).resolve().parents[2] / "shared" / "eval" / "stories" / "dev.jsonl.gz"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SAME_EVENT = 1.5
"""What people who compared the articles called the same story: at most this, of 1 (same) to 4 (unrelated)."""

SHORT = 60
"""Words of a text as a feed gives it, where it gives no whole article."""

RUN = 5
COPIED = 0.3
"""A pair is a near copy, whatever it is about, if so much of the shorter one's runs of five words stand in the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two articles, and how alike people found what they tell."""

    one: str
    other: str
    overall: float

    @property
    def copied(self) -> float:
        """How many of the shorter one's runs of five words stand in the other, 0 to 1."""
        mine, yours = _runs(self.one), _runs(self.other)
        return len(mine & yours) / max(1, min(len(mine), len(yours)))

    @property
    def joined(self) -> bool:
        """Whether we tell them as one story."""
        return same_story(self.one, self.other)


def same_story(one: str, other: str) -> bool:
    """Whether these texts of two articles make them one story, as the store would find."""
    sketches = sketch(one), sketch(other)
    if None in sketches:
        return content_hash(one) is not None and content_hash(one) == content_hash(other)
    mine, yours = sketches
    return bool({*mine.bands} & {*yours.bands}) and is_near(mine, yours, articles=True)


def _runs(text: str) -> set[tuple[str, ...]]:
    read = said(text)
    return {read[start : start + RUN] for start in range(len(read) - RUN + 1)}


def pairs(path: Path, *, english: bool) -> list[Pair]:
    """The pairs that nobody translated; of those in English, or all of one language."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Pair(one=row["text1"], other=row["text2"], overall=row["overall"])
        for row in rows
        if not row["augmented"] and row["lang1"] == row["lang2"] and (row["lang1"] == "en" or not english)
    ]


def articles(some: Sequence[Pair]) -> list[str]:
    """The different texts of 40 words or more that are no boilerplate, in a fixed order; near copies among them but once."""
    texts = sorted({text for pair in some for text in (pair.one, pair.other)})
    found: dict[str, Sketch] = {}
    for text in texts:
        made = sketch(text)
        if made and not any(is_near(made, other, articles=True) for other in found.values()):
            found[text] = made
    return list(found)


@contextmanager
def database() -> Iterator[Database]:
    """A database with its tables that is gone afterwards."""
    with TemporaryDirectory() as folder:
        opened = open_database(f"sqlite:///{folder}/stories.db")
        yield opened
        opened.close()


def told(database: Database, texts: Sequence[str]) -> list[int]:
    """The story of each of these articles, stored one page after another, without anything else that could tie them."""
    chosen: list[int] = []
    for start in range(0, len(texts), 20):
        page = [Telling(sketch=sketch(text), article=True) for text in texts[start : start + 20]]
        with database.write() as connection:
            chosen += choose(connection, page, now=NOW)
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What came of the copies of one kind: how many there were, how many were tied to their article, and how many to another."""

    tried: int
    found: int
    wrong: int

    @property
    def recall(self) -> float:
        return self.found / self.tried

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.wrong)


def copied(originals: Sequence[str], way: Callable[[str, Dice, Sequence[str]], str], dice: Dice) -> Copied:
    """Store the articles, then a copy of each made this way, and see to which stories they are tied. Copies under 40 words are not tried."""
    vocabulary = [word for text in originals for word in text.split()]
    made = [(number, way(text, dice, vocabulary)) for number, text in enumerate(originals)]
    made = [(number, text) for number, text in made if len(said(text)) >= LONG]
    with database() as opened:
        stories = told(opened, originals)
        known = frozenset(stories)
        verdicts = [
            (story == stories[number], story in known)
            for (number, text), story in zip(
                made, _each_alone(opened, [text for _, text in made]), strict=True
            )
        ]
    found = sum(right for right, _ in verdicts)
    return Copied(tried=len(made), found=found, wrong=sum(old for _, old in verdicts) - found)


def _each_alone(opened: Database, texts: Sequence[str]) -> Iterator[int]:
    """The story that each of these would be tied to, if it were the only one to come."""
    for text in texts:
        with opened.write() as connection:
            (story,) = choose(connection, [Telling(sketch=sketch(text), article=True)], now=NOW)
            yield story
            connection.rollback()


def everything(texts: Sequence[str]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """All pairs of these texts that are near copies by their runs of words, boilerplate left out, and all that we join."""
    kept = [text for text in texts if len(said(text)) >= LONG and not is_boilerplate(text)]
    by_run: dict[tuple[str, ...], list[int]] = {}
    for number, text in enumerate(kept):
        for run in _runs(text):
            by_run.setdefault(run, []).append(number)
    sharing = {two for numbers in by_run.values() for two in combinations(numbers, 2)}
    as_pairs = {(one, other): Pair(one=kept[one], other=kept[other], overall=0) for one, other in sharing}
    copies = {two for two, pair in as_pairs.items() if pair.copied >= COPIED}
    return copies, {two for two, pair in as_pairs.items() if pair.joined}


def templates(dice: Dice) -> Mapping[str, tuple[int, int]]:
    """For each template, how many pairs of its reports there are, and how many of them would be told as one story."""
    made = {name: reports(template, dice) for name, template in TEMPLATES.items()}
    return {
        name: (len(texts) * (len(texts) - 1) // 2, sum(same_story(*two) for two in combinations(texts, 2)))
        for name, texts in made.items()
    }


def per_second(work: Callable[[str], object], texts: Sequence[str], rounds: int = 5) -> float:
    """Texts per second of CPU; the best of some rounds, for other work on the machine only takes away."""
    least = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for text in texts:
            work(text)
        least = min(least, time.process_time() - started)
    return len(texts) / least


def _tell_pairs(title: str, some: Sequence[Pair]) -> None:
    same = [pair for pair in some if pair.overall <= SAME_EVENT]
    copies = [pair for pair in some if pair.copied >= COPIED]
    walls = [pair for pair in copies if is_boilerplate(pair.one) or is_boilerplate(pair.other)]
    real = [pair for pair in copies if pair not in walls]
    joined = [pair for pair in some if pair.joined]
    print(f"{title}: {len(some)} pairs, {len(same)} on one event (overall <= {SAME_EVENT})")
    print(
        f"  near copies ({COPIED:.0%} of runs of {RUN} words shared): {len(copies)}; of those on one event {_of(copies, same)}"
    )
    print(
        f"  of the near copies boilerplate: {len(walls)}, joined {_of(walls, joined)}; articles: {len(real)}, joined {_of(real, joined)}"
    )
    print(
        f"  joined in all: {len(joined)}; near copies {_of(joined, copies)}; on one event {_of(joined, same)}"
    )


def _tell_everything(title: str, some: Sequence[Pair]) -> None:
    texts = sorted({text for pair in some for text in (pair.one, pair.other)})
    copies, joined = everything(texts)
    print(
        f"{title}: {len(texts)} texts, each with each: near copies {len(copies)}, joined {len(joined)}, both {len(copies & joined)}"
    )


def _of(some: Sequence[Pair], others: Sequence[Pair]) -> int:
    return sum(one in others for one in some)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    path = parser.parse_args().pairs
    print("template: pairs of its reports, told as one story")
    for name, (tried, joined) in templates(random.Random(5)).items():
        print(f"  {name:<10} {tried:>4} {joined:>4}")
    if not path.exists():
        print(f"there is no {path}: the articles are not part of this repository")
        return
    _tell_pairs("English", pairs(path, english=True))
    _tell_pairs("all languages", pairs(path, english=False))
    _tell_everything("English", pairs(path, english=True))
    _tell_everything("all languages", pairs(path, english=False))
    originals = articles(pairs(path, english=True))
    print(f"copies of {len(originals)} English articles      tried  recall  precision")
    for name, way in COPIES.items():
        came = copied(originals, way, random.Random(5))
        print(f"  {name:<38} {came.tried:>5}   {came.recall:.3f}      {came.precision:.3f}")
    _tell_speed(originals)


def _tell_speed(originals: Sequence[str]) -> None:
    print("texts per CPU-second   words a text   sketched   words read already   put on the shelf")
    short = [" ".join(text.split()[:SHORT]) for text in originals]
    for texts in (short, originals):
        length = sum(len(said(text)) for text in texts) / len(texts)
        per_second(sketch, texts, rounds=1)  # what is made once is made
        whole, reading = per_second(sketch, texts), per_second(words, texts)
        apart = 1 / (1 / whole - 1 / reading)
        print(f"{length:>35.0f} {whole:>10,.0f} {apart:>20,.0f} {_shelved(texts):>18,.0f}")


def _shelved(texts: Sequence[str]) -> float:
    """Stories chosen, and sketches stored, per second of CPU, in pages of twenty, on SQLite; sketching left out."""
    made = [Telling(sketch=sketch(text), article=True) for text in texts]
    with database() as opened:
        started = time.process_time()
        for start in range(0, len(made), 20):
            with opened.write() as connection:
                choose(connection, made[start : start + 20], now=NOW)
        return len(made) / (time.process_time() - started)


if __name__ == "__main__":
    main()
