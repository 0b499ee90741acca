"""All that is doubtful in the queries of a configuration. Asked for by `listener check`; a daemon that starts has no need of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from listener.config.asked import Asked, asked
from listener.config.claims import ambiguous, claimed_twice
from listener.config.doubts import Doubt
from listener.config.hollow import hollow, never
from listener.config.load import Loaded
from listener.config.mistakes import Mistake
from listener.config.unasked import unasked


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """What is doubtful about one client's query, with its line."""

    client: str
    said: Mistake


def review(loaded: Loaded) -> list[Doubtful]:
    """Every doubt, in the order of the file."""
    queries = list(asked(loaded.config))
    names = {one.path: one.client.name for one in queries}
    doubts = [
        Doubtful(client=names[path[:4]], said=loaded.said_of(path, said))
        for path, said in _doubts(queries, loaded)
    ]
    return sorted(doubts, key=lambda one: one.said.line)


def _doubts(queries: list[Asked], loaded: Loaded) -> Iterator[Doubt]:
    for one in queries:
        if reason := never(one):
            yield reason
        else:
            yield from hollow(one)
            yield from ambiguous(one)
            yield from unasked(
                one, (*loaded.config.watch_lists[int(one.path[1])].sources, *one.client.sources)
            )
    yield from claimed_twice(queries, lambda path: loaded.document.line((*path, "name")))
