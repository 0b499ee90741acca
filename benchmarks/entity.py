"""How well a proposal from twenty marks tells a company from what shares its name, on sentences it has not seen.

python -m benchmarks.entity [--seeds 10]

Reads shared/eval/entity beside the checkout. For each word and seed the sentences are split: seven of ten are the client's stored matches,
of which some are marked as they are labelled, the rest is the test. The proposal is then written into the client's context and the
real percolator decides on the test.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from listener.domain.client import Client, Context
from listener.domain.item import Item
from listener.domain.percolate import Percolator
from listener.domain.proposal import MOST_TERMS, Mark, Proposal, propose
from listener.domain.query import client_query
from listener.domain.suggestion import suggest

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval" / "entity" / "dev"
ABOUT = {
    "apple": "apple_apple_inc.",
    "square": "square_square_(company)",
    "arm": "arm_arm_architecture",
    "java": "java_java_(programming_language)",
    "bank": "bank_bank",
    "club": "club_nightclub",
    "seal": "seal_seal_(musician)",
    "spring": "spring_spring_(device)",
}
Sentence = tuple[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One word learned once. `stored` bounds the pool; `chosen`: which are marked, random ones, those that suggest() asks for, or
    random ones that are not about the company.
    """

    word: str
    seed: int
    stored: int | None = None
    marks: int = 20
    most: int = MOST_TERMS
    chosen: str = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    accuracy: float
    as_is: float
    majority: float
    precision: float
    recall: float
    terms: int
    seconds: float
    kind: str


def sentences(word: str) -> list[Sentence]:
    """The sentences with whether the company is meant; "apple tweets" are tweets about Apple or not."""
    if word == "apple tweets":
        return [(row["text"], bool(row["company"])) for row in _rows("apple_tweets")]
    return [(row["text"], row["sense"] == ABOUT[word]) for row in _rows("coarsewsd") if row["word"] == word]


@cache
def _rows(name: str) -> list[dict]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tried(trial: Trial) -> Outcome:
    """Split, mark, propose, apply."""
    dice = random.Random(trial.seed)
    rows = sentences(trial.word)
    dice.shuffle(rows)
    cut = round(len(rows) * 0.7)
    stored, unseen = rows[:cut][: trial.stored], rows[cut:]
    marks = _suggested_marks(trial, stored) if trial.chosen == "asked" else _random_marks(trial, stored, dice)
    started = time.process_time()
    proposal = propose(marks, [text for text, _ in stored], own_terms=_name(trial), most=trial.most)
    seconds = time.process_time() - started
    return _scored(
        applied(_name(trial)[0], proposal, [text for text, _ in unseen]), unseen, proposal, seconds
    )


def applied(name: str, proposal: Proposal | None, texts: list[str]) -> list[bool]:
    """Which texts a client of this name matches with the proposed context, by the real machinery."""
    context = Context(
        any_of=tuple(clue.term for clue in proposal.any_of) if proposal else (),
        none_of=tuple(clue.term for clue in proposal.none_of) if proposal else (),
    )
    client = Client(id="client", name=name, watch_list="bench", query=name, context=context)
    percolator = Percolator([("client", client_query(client))])
    return [bool(percolator.matches(Item(text=text))) for text in texts]


def _name(trial: Trial) -> list[str]:
    return [trial.word.split()[0]]


def _random_marks(trial: Trial, stored: list[Sentence], dice: random.Random) -> list[Mark]:
    among = [row for row in stored if not row[1]] if trial.chosen == "wrong" else stored
    drawn = dice.sample(among, min(trial.marks, len(among)))
    return [Mark(text=text, about=about) for text, about in drawn]


def _suggested_marks(trial: Trial, stored: list[Sentence]) -> list[Mark]:
    marks: list[Mark] = []
    pool = [text for text, _ in stored]
    while len(marks) < min(trial.marks, len(stored)):
        asked = suggest(marks, pool, own_terms=_name(trial), count=5)
        marks += [Mark(text=stored[index][0], about=stored[index][1]) for index in asked]
    return marks


def _scored(matched: list[bool], rows: list[Sentence], proposal: Proposal | None, seconds: float) -> Outcome:
    truth = [about for _, about in rows]
    both = sum(said and about for said, about in zip(matched, truth, strict=True))
    share = sum(truth) / len(truth)
    return Outcome(
        accuracy=sum(said == about for said, about in zip(matched, truth, strict=True)) / len(truth),
        as_is=share,
        majority=max(share, 1 - share),
        precision=both / max(1, sum(matched)),
        recall=both / max(1, sum(truth)),
        terms=len(proposal.any_of) + len(proposal.none_of) if proposal else 0,
        seconds=seconds,
        kind="nothing" if proposal is None else "require" if proposal.any_of else "exclude",
    )


def line(seeds: int, **facts: object) -> list[Outcome]:
    """Print one row of the table."""
    outcomes = [tried(Trial(seed=seed, **facts)) for seed in range(seeds)]
    trial = Trial(seed=0, **facts)
    accuracies = [outcome.accuracy for outcome in outcomes]

    def mean(fact: str) -> float:
        return statistics.fmean(getattr(outcome, fact) for outcome in outcomes)

    kinds = ", ".join(
        f"{kind} {count}" for kind, count in Counter(one.kind for one in outcomes).most_common()
    )
    print(
        f"{trial.word:<13}{trial.stored or 'all':>6}{trial.marks:>6}{trial.chosen:>8}{trial.most:>5}"
        f"{mean('as_is'):>7.3f}{mean('majority'):>9.3f}{mean('accuracy'):>9.3f} ±{statistics.pstdev(accuracies):.3f}{min(accuracies):>8.3f}"
        f"{mean('precision'):>8.3f}{mean('recall'):>8.3f}{mean('terms'):>7.1f}{mean('seconds'):>7.2f}  {kinds}",
        flush=True,
    )
    return outcomes


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--seeds", type=int, default=10)
    seeds = options.parse_args().seeds
    if not DATA.exists():
        sys.exit(f"There is no evaluation data: {DATA} is read, and it is not part of this repository.")
    print(
        "word         stored marks  chosen most  as is majority accuracy  spread lowest  precis  recall  terms   CPU s"
    )
    for word in ("apple", "square"):
        for stored in (None, 1_000, 200, 50) if word == "apple" else (None, 200, 50):
            for chosen in ("random", "asked"):
                line(seeds, word=word, stored=stored, chosen=chosen)
        for marks in (1, 20):
            line(seeds, word=word, marks=marks, chosen="wrong")
        for marks in (5, 10, 40):
            line(seeds, word=word, marks=marks)
        for most in (10, 20, 60):
            line(seeds, word=word, most=most)
    for word in (*list(ABOUT)[2:], "apple tweets"):
        line(seeds, word=word, stored=1_500)
    line(seeds, word="bank", stored=1_500, marks=5, chosen="wrong")


if __name__ == "__main__":
    main()
