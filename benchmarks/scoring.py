"""What a score costs: texts a second on one core, mask, language and cues included, beside the library that the base stands on.

python -m benchmarks.scoring [--texts 4000] [--runs 5]

The texts are made here, 90 characters each on average. Given is CPU time, the best of several runs: what others do on the machine
slows the caches all the same.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.domain.client import Client, Own
from listener.scoring.base import BaseScorer
from listener.scoring.valence import measure

GOAL = 8_000
GOAL_COST = 2.3
"""The same beside what vaderSentiment costs, for machines that others use too."""

CLIENT = Client(
    id="mills",
    name="Mills Supply",
    watch_list="shops",
    query='"Mills Supply" OR Mills',
    aliases=("Mills",),
    own=Own(handles={"x": "millshelp"}, sites=("mills.example",)),
)
WHO = ("@millshelp", "Mills Supply", "Mills", "The Mills shop in Leeds")
WHAT = (
    "never sent my refund and nobody answers the phone, this is the third time",
    "opens a new store in the town on Monday, says the paper this morning",
    "was great today, thanks for fixing the order so quickly, would recommend",
    "has been down for two hours now, still waiting on hold and it is not funny",
    "and four others were in the market when we came by with the children",
    "sold me a saw that works well, but the delivery was a week late again",
)


def main() -> int:
    """Print texts a second of ours and theirs, and whether the numbers agree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    texts = list(_texts(arguments.texts))
    scorer, theirs = BaseScorer(), SentimentIntensityAnalyzer()

    def whole(text: str) -> None:
        scorer.score(text=text, title=None, client=CLIENT, language=None)

    print(
        f"{len(texts)} texts of {statistics.fmean(map(len, texts)):.0f} characters, CPU time, best of {arguments.runs}"
    )
    score, ours, reference = _rates((whole, measure, theirs.polarity_scores), texts, arguments.runs)
    print(
        f"{'score (mask, language, cues)':32} {score:8.0f} texts/s   {reference / score:.1f} times their cost, goal {GOAL} or {GOAL_COST} times"
    )
    print(f"{'lexicon alone, ours':32} {ours:8.0f} texts/s   {reference / ours:.1f} times their cost")
    print(f"{'lexicon alone, vaderSentiment':32} {reference:8.0f} texts/s")
    same = sum(measure(text).compound == theirs.polarity_scores(text)["compound"] for text in texts)
    print(f"{'same value to the last digit':32} {same:8d} of {len(texts)}")
    return 0 if same == len(texts) else 1


def _rates(ways: Sequence[Callable[[str], object]], texts: Sequence[str], runs: int) -> list[float]:
    """Texts a second by each way, in turn within each run: what slows the machine for a while slows all."""
    spent: list[list[float]] = [[] for _ in ways]
    for _ in range(runs):
        for times, do in zip(spent, ways, strict=True):
            do(texts[0])
            began = time.process_time()
            for text in texts:
                do(text)
            times.append(time.process_time() - began)
    return [len(texts) / min(times) for times in spent]


def _texts(count: int) -> Iterator[str]:
    """No two are alike, as no two posts are."""
    dice = random.Random(4)
    for number in range(count):
        yield f"{dice.choice(WHO)} {dice.choice(WHAT)} {dice.choice('!.?')} {number}"


if __name__ == "__main__":
    sys.exit(main())
