"""The recordings of every connector file, and how they are played."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.connector import registry, testing
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Kept, Recording

ROOT = Path(__file__).resolve().parents[1]
KINDS = sorted(path.stem for path in (ROOT / "connectors").glob("*.py") if not path.stem.startswith("_"))
FILES = {kind: sorted((ROOT / "tests" / "recorded" / kind).glob("*.json")) for kind in KINDS}
CASES = [
    pytest.param(kind, path, id=f"{kind}-{path.stem}") for kind, paths in FILES.items() for path in paths
]
FIRST = [pytest.param(kind, paths[0], id=kind) for kind, paths in FILES.items() if paths]

each_kind = pytest.mark.parametrize("kind", KINDS)
each_recording = pytest.mark.parametrize(("kind", "path"), CASES)
once_a_kind = pytest.mark.parametrize(("kind", "path"), FIRST)


def played(kind: str, recording: Recording, *, answers: testing.Answers | None = None) -> list[list[Kept]]:
    """The pages of every poll of every search of a recording, each poll going on where the one before ended."""
    connector = registry.find(kind)
    polls: list[list[Kept]] = []
    for options in recording.searches(connector):
        last, ledger = None, LedgerHere()
        for number in range(recording.polls):
            polls.append(pages(kind, options, recording, number, last, answers, ledger))
            last = polls[-1][-1] if polls[-1] else last
    return polls


def searching(kind):
    """The options of its first recording with a query; the test is skipped for kinds that have no search."""
    connector = registry.find(kind)
    asked = [one for path in FILES[kind] if (one := Recording.load(path)).query is not None]
    if connector.search is None:
        pytest.skip(f"{kind} has no search")
    assert asked, f"Put a recording with a query into tests/recorded/{kind}/: {kind} has a search."
    return connector.options(**asked[0].options)


def pages(kind, options, recording, number, last, answers=None, ledger=None) -> list[Kept]:
    return list(
        testing.poll(
            registry.find(kind),
            options,
            answers or testing.recorded(recording),
            now=recording.at(number),
            number=number,
            cursor=last.cursor if last else None,
            validators=last.validators if last else {},
            ledger=ledger,
        )
    )


def ids(kept: list[Kept]) -> list[str]:
    return [found.external_id for one in kept for found in one.page.found]


def one_poll(kind: str, path: Path, answers: testing.Answers) -> list[Kept]:
    recording = Recording.load(path)
    return [kept for poll in played(kind, recording, answers=answers)[:1] for kept in poll]
