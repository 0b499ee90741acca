"""What a text costs with 100 to 100,000 queries, in one run; and that one scan answers as asking every query would.

python benchmarks/percolator.py [REPETITIONS]
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from watchlists import SHARED, news_texts, queries, short_texts

from listener.domain.item import Item
from listener.domain.percolate import Percolator
from listener.domain.query import Query, parse_query
from listener.domain.reading import Reading

SIZES = (100, 1_000, 10_000, 100_000)
ASKED = 2_000_000
"""Pairs of a text and a query that are asked one by one, for each size."""


def parsed(count: int) -> list[tuple[str, Query]]:
    return [(str(number), parse_query(text)) for number, text in enumerate(queries(count))]


def weigh(count: int) -> dict[str, float]:
    """In a process of its own: seconds to parse and to build, and what the memory grew by for each."""
    parse_query("warm")
    Percolator([]).matches(Item(text="warm"))
    sizes, times = [_rss_mb()], [time.process_time()]
    held = parsed(count)
    sizes.append(_rss_mb())
    times.append(time.process_time())
    percolator = Percolator(held)
    sizes.append(_rss_mb())
    times.append(time.process_time())
    assert len(percolator) == count
    return {
        "parse_s": times[1] - times[0],
        "build_s": times[2] - times[1],
        "queries_mb": sizes[1] - sizes[0],
        "compiled_mb": sizes[2] - sizes[1],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def weighed(count: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, "weigh", str(count)], capture_output=True, check=True)
    return json.loads(done.stdout)


def _rss_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def reload(count: int) -> None:
    """Reads and compiles so many new queries in a thread, as a reload does, while the old ones go on answering."""
    running = Percolator(parsed(count))
    items = [Item(text=text) for text in short_texts()]
    fresh = list(queries(count, seed=8))
    took: list[float] = []

    def make() -> None:
        begun = time.thread_time()
        Percolator([(str(number), parse_query(text)) for number, text in enumerate(fresh)])
        took.append(time.thread_time() - begun)

    maker = threading.Thread(target=make)
    maker.start()
    answered, longest, last = 0, 0.0, time.monotonic()
    while maker.is_alive():
        running.matches(items[answered % len(items)])
        answered += 1
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    maker.join()
    print(
        f"\n{count:,} new queries read and compiled beside the running ones in {took[0]:.2f} CPU-seconds; meanwhile"
    )
    print(f"{answered:,} texts were answered, and none waited longer than {1000 * longest:.0f} ms")


def rates(percolators: Sequence[Percolator], items: Sequence[Item], repetitions: int) -> list[float]:
    """Texts per CPU-second for each, the best of several rounds in which they take turns."""
    best = [float("inf")] * len(percolators)
    for _ in range(repetitions):
        for number, percolator in enumerate(percolators):
            begun = time.process_time()
            for item in items:
                percolator.matches(item)
            best[number] = min(best[number], time.process_time() - begun)
    return [len(items) / seconds for seconds in best]


def candidates(percolator: Percolator, items: Sequence[Item]) -> float:
    """How many queries are asked of a text, on average."""
    return sum(len(percolator._candidates(Reading(item))) for item in items) / len(items)  # noqa: SLF001 - the figure is of its inside


def compare(
    percolator: Percolator, held: Sequence[tuple[str, Query]], items: Sequence[Item]
) -> tuple[int, int]:
    """Asks every query of some of the texts; how many answers were compared, and how many of them were yes."""
    asked = [(client, query.asked) for client, query in held]
    some = items[:: max(1, len(items) * len(held) // ASKED)]
    found = 0
    for item in some:
        reading = Reading(item)
        wanted = [client for client, tree in asked if reading.holds(tree)]
        assert [match.client_id for match in percolator.matches(item)] == wanted, item
        found += len(wanted)
    return len(some) * len(held), found


def table(
    title: str,
    items: Sequence[Item],
    built: Sequence[tuple[list[tuple[str, Query]], Percolator]],
    repetitions: int,
) -> None:
    percolators = [percolator for _, percolator in built]
    found = rates(percolators, items, repetitions)
    length = sum(len(item.text) for item in items) / len(items)
    print(f"\n{title}: {len(items):,} texts of {length:,.0f} characters on average")
    print(
        f"{'queries':>9}{'texts per CPU-s':>17}{'us per text':>13}{'times 100':>11}{'asked per text':>16}{'matches per text':>18}{'compared':>12}"
    )
    for (held, percolator), rate in zip(built, found, strict=True):
        matches = sum(len(percolator.matches(item)) for item in items) / len(items)
        compared, _ = compare(percolator, held, items)
        print(
            f"{len(held):>9,}{rate:>17,.0f}{1e6 / rate:>13.1f}{found[0] / rate:>11.2f}{candidates(percolator, items):>16.3f}{matches:>18.3f}{compared:>12,}",
            flush=True,
        )


def main(repetitions: int = 5) -> None:
    if not SHARED.exists():
        sys.exit(f"the real texts are not at {SHARED}")
    print(f"{'queries':>9}{'parse s':>10}{'build s':>10}{'queries MB':>12}{'compiled MB':>13}")
    for count in SIZES:
        one = weighed(count)
        print(
            f"{count:>9,}{one['parse_s']:>10.2f}{one['build_s']:>10.2f}{one['queries_mb']:>12.1f}{one['compiled_mb']:>13.1f}",
            flush=True,
        )
    reload(10_000)
    all_of_them = parsed(SIZES[-1])
    built = [(all_of_them[:count], Percolator(all_of_them[:count])) for count in SIZES]
    gc.freeze()
    table("short", [Item(text=text) for text in short_texts()], built, repetitions)
    table("news", [Item(text=text) for text in news_texts()], built, repetitions)
    print("\nevery answer compared was the same as that of asking the query")


if __name__ == "__main__":
    if sys.argv[1:2] == ["weigh"]:
        print(json.dumps(weigh(int(sys.argv[2]))))
    else:
        main(*map(int, sys.argv[1:]))
