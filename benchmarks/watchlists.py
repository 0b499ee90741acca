"""Invented watch lists, and real texts to ask them of."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from listener.domain.frequency import RATES

SHARED = Path(__file__).resolve().parents[2] / "shared" / "eval"
SHORT = ("airline", "tweeteval", "sanders", "dong2014", "sxsw_brand", "xlmt_english")
EVERYDAY = 0.01
"""The share of names that are everyday words, from the whole of domain/frequency.py."""

_HEADS = [*"bcdfghjklmnprstvwz", "br", "ch", "cl", "dr", "fl", "gr", "kr", "pl", "qu", "sh", "st", "th", "tr"]
_TAILS = ["", "", "n", "r", "l", "s", "x", "nd", "rt", "ck"]
_TRADES = ["supply", "foods", "bank", "air", "hotels", "media", "hardware", "motors", "energy", "clinic"]
_TROUBLE = ["refund", "late", "broken", "scam", "delivery", "charged", "cancelled", "rude", "queue", "outage"]
_OTHERS = ["movie", "song", "actor", "football", "recipe", "museum", "novel", "river", "county", "band"]


def queries(count: int, seed: int = 7) -> Iterator[str]:
    """Queries as people write them, each with two names of its own; the first are the same whatever the count."""
    dice = random.Random(seed)
    everyday = sorted(word for word in RATES if len(word) > 3 and word.isalpha())
    for _ in range(count):
        name, other = (
            dice.choice(everyday) if dice.random() < EVERYDAY else _invented(dice) for _ in range(2)
        )
        yield _query(dice, name, other)


def _query(dice: random.Random, name: str, other: str) -> str:
    trade, trouble, more, unlike, hardly = (
        dice.choice(_TRADES),
        *dice.sample(_TROUBLE, 2),
        *dice.sample(_OTHERS, 2),
    )
    shapes = (
        f'{name} OR "{other} {trade}" OR @{name}{trade}',
        f'("{name} {trade}" OR {other}) NOT {unlike}',
        f"{name} AND ({trouble} OR {more})",
        f'{name} NOT {unlike} NOT "{hardly} {other}"',
        f"{name} NEAR/5 ({trouble} OR {more} OR {trade})",
        f'({name} OR #{other}) ({trouble} OR "{more} {trade}") -{unlike}',
        f'"{name} {other}" OR ({name} ONEAR/3 {trade})',
        f"{name} OR {other}",
    )
    return dice.choice(shapes)


def _invented(dice: random.Random) -> str:
    """A name of two to four syllables that is no everyday word."""
    name = ""
    while not name or name in RATES:
        name = "".join(
            dice.choice(_HEADS) + dice.choice("aeiou") + dice.choice(_TAILS)
            for _ in range(dice.choice((2, 2, 3, 4)))
        )
    return name


def short_texts() -> list[str]:
    """Posts of real people."""
    return [row["text"] for name in SHORT for row in _rows(SHARED / "sentiment" / "dev" / f"{name}.jsonl.gz")]


def news_texts() -> list[str]:
    """Articles, English and others, each once."""
    rows = [row for row in _rows(SHARED / "stories" / "dev.jsonl.gz") if not row["augmented"]]
    return list(dict.fromkeys(text for row in rows for text in (row["text1"], row["text2"])))


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
