"""The examples of a configuration as cases that are run: those of the file, and the marks beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from listener.config.examples import Example, Examples
from listener.config.load import Loaded
from listener.config.mistakes import Mistake, Path
from listener.config.model import WatchedClient
from listener.config.placed import query_of
from listener.config.sentences import quoted
from listener.domain.explain import explain
from listener.domain.query import Query
from listener.domain.reading import Reading

Tell = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example, the query it is a test of, and where it stands: in the configuration, or beside it where `marked`."""

    client: WatchedClient
    query: Query
    example: Example
    about: bool
    path: Path
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case that does not hold: `said` names its line and what is wrong, `why` explains it."""

    case: Case
    said: Mistake
    why: str


def cases(loaded: Loaded) -> Iterator[Case]:
    """Every example of every client, in the order of the file; the marks of a client after its own."""
    config = loaded.config
    for at, one in enumerate(config.watch_lists):
        for index, client in enumerate(one.clients):
            marked = config.marks.of(client.key).examples
            if client.examples == Examples() and not (marked.match or marked.not_match):
                continue
            query = query_of(client, config.marks)
            path: Path = ("watch_lists", at, "clients", index, "examples")
            yield from _of(client, query, client.examples, path, marked=False)
            yield from _of(client, query, marked, ("clients", client.key, "examples"), marked=True)


def failures(loaded: Loaded, tell: Tell | None) -> tuple[int, list[Failure]]:
    """How many cases there are, and those that do not hold. `tell` finds out the language of texts that name none."""
    count, failed = 0, []
    for case in cases(loaded):
        count += 1
        if failure := _asked(loaded, case, tell):
            failed.append(failure)
    return count, failed


def _of(
    client: WatchedClient, query: Query, examples: Examples, path: Path, *, marked: bool
) -> Iterator[Case]:
    for about, side, name in ((True, examples.match, "match"), (False, examples.not_match, "not_match")):
        for at, example in enumerate(side):
            yield Case(
                client=client,
                query=query,
                example=example,
                about=about,
                path=(*path, name, at),
                marked=marked,
            )


def _asked(loaded: Loaded, case: Case, tell: Tell | None) -> Failure | None:
    reading = Reading(case.example.to_item(), tell)
    if reading.holds(case.query.asked) is case.about:
        return None
    told = explain(case.client.key, case.query, reading)
    wanted = "must match and does not" if case.about else "must not match and does"
    sentence = f"{case.client.name} {wanted}: {quoted(case.example.shown)}"
    said = (loaded.said_of_mark if case.marked else loaded.said_of)(case.path, sentence)
    return Failure(case=case, said=said, why=told.reason)
