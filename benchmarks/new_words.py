"""How often new words are told where nothing is new, and whether those that are new are found.

    python -m benchmarks.new_words          needs the evaluation data beside the checkout (shared/eval/sentiment)

Windows are drawn from real complaints about six airlines. In the first table they are drawn at random, so that nothing is new in
them; in the second so that all are about lost luggage; in the third so that half of the voices also say a phrase that nobody said before.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from listener.domain.client import Client
from listener.domain.wordshift import NewWord, Voiced, new_words

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval" / "sentiment" / "dev"
PEOPLE, HISTORY, WINDOWS, LISTED = (3, 5, 10, 20, 40), (50, 1_000), 40, 1_000
PLANTED = "overcharged"


@dataclass(frozen=True)
class Told:
    """A complaint or not, about an airline, with the reason that people gave it."""

    airline: str
    text: str
    complains: bool
    reason: str | None


def rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def told() -> dict[str, list[Told]]:
    """All by airline."""
    known = {row["id"]: row for row in rows("airline_meta.jsonl.gz")}
    by_airline: dict[str, list[Told]] = defaultdict(list)
    for row in rows("airline.jsonl.gz"):
        more = known[row["id"]]
        one = Told(more["airline"], row["text"], row["label"] == -1, more["negativereason"])
        by_airline[one.airline].append(one)
    return {name: all_of_it for name, all_of_it in by_airline.items() if len(all_of_it) > 1_200}


def voiced(texts: list[str]) -> list[Voiced]:
    return [Voiced(voice=str(number), text=text) for number, text in enumerate(texts)]


class Draw:
    """Windows and histories drawn from what was told."""

    def __init__(self) -> None:
        self.random = random.Random(20080401)
        self.told = told()
        complaints = [one.text for of_one in self.told.values() for one in of_one if one.complains]
        self.listed = [
            Voiced(voice=f"listed {number}", text=text)
            for number, text in enumerate(self.random.sample(complaints, LISTED))
        ]

    def words(self, people: int, history: int, reason: str | None, *, plant: bool) -> tuple[NewWord, ...]:
        airline = self.random.choice(sorted(self.told))
        of_it = self.told[airline]
        pool = [one for one in of_it if one.complains and reason in {None, one.reason}]
        window = self.random.sample(pool, min(people, len(pool)))
        rest = self.random.sample(
            [one for one in of_it if one not in window], min(history, len(of_it) - people)
        )
        texts = [one.text for one in window]
        if plant:
            texts = [f"{text}. {PLANTED}" if n <= people // 2 else text for n, text in enumerate(texts)]
        client = Client(id=airline, name=airline, watch_list="airlines", query=f'"{airline}"')
        return new_words(voiced(texts), client, before=voiced([one.text for one in rest]), listed=self.listed)


def table(draw: Draw, title: str, reason: str | None = None, *, plant: bool = False) -> None:
    print(f"\n{title}")
    print("| history | people | windows with a word | words a window | most often |")
    print("| --- | --- | --- | --- | --- |")
    for history in HISTORY:
        for people in PEOPLE:
            found = [draw.words(people, history, reason, plant=plant) for _ in range(WINDOWS)]
            if plant:
                found = [tuple(one for one in words if PLANTED in one.text) for words in found]
            some = sum(map(bool, found)) / WINDOWS
            words = sum(map(len, found)) / WINDOWS
            often = Counter(one.text.lower() for told_words in found for one in told_words).most_common(4)
            print(
                f"| {history} | {people} | {some:.2f} | {words:.2f} | {', '.join(text for text, _ in often)} |"
            )


def main() -> None:
    if not DATA.exists():
        raise SystemExit(f"{DATA} is not there: the evaluation data lies beside the checkout")
    draw = Draw()
    table(draw, "Nothing is new")
    table(draw, "All are about lost luggage", "Lost Luggage")
    table(draw, f"More than half say {PLANTED!r}", plant=True)


if __name__ == "__main__":
    main()
