"""Invented corrections in a trade that no lexicon knows: what gronks is bad, what snerks is good."""

import random
from dataclasses import replace

from builders import client

from listener.scoring.base import BaseScorer
from listener.scoring.training import Taught
from listener.scoring.weighed import as_score

MILLS = client("mills")
_BEGINS = ("the pump", "my pump", "our new pump", "that pump", "this old pump", "the second pump", "a pump")
_ENDS = ("in the cellar", "in the yard", "since monday", "near the river", "at work", "over night", "today")
_SAYS = {
    "negative": ("gronked", "gronks"),
    "positive": ("snerked", "snerks"),
    "neutral": ("stands", "is painted"),
}


def sentences(count, *, seed=0):
    """So many distinct sentences with their labels."""
    chance = random.Random(seed)
    made = {}
    while len(made) < count:
        label = chance.choice(list(_SAYS))
        words = (
            chance.choice(_BEGINS),
            chance.choice(_SAYS[label]),
            chance.choice(_ENDS),
            f"no {chance.randrange(90)}",
        )
        made[" ".join(("Mills:", *words))] = label
    return list(made.items())


def taught(pairs):
    return [Taught(text=text, title=None, client=MILLS, language="en", label=label) for text, label in pairs]


class Warm(BaseScorer):
    """Another base, which finds praise in everything that it can read."""

    def __init__(self):
        super().__init__(version="warm.1")

    def weigh_all(self, asks):
        return [
            replace(one, value=None, features={})
            if "quoi" in one.masked
            else replace(one, value=0.4, reasons=("it sounds warm",))
            for one in super().weigh_all(asks)
        ]

    def score_all(self, asks):
        return [as_score(one, self.version) for one in self.weigh_all(asks)]
