"""Invented corrections in a trade that no lexicon knows: what gronks is bad, what snerks is good."""

import random

from builders import client

from listener.scoring.training import Taught

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
