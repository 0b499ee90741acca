"""The recordings of every connector file, and how they are played."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.connector import registry, testing
from listener.connector.testing import Kept, Recording, playing
from listener.connector.testing.playing import ids  # noqa: F401 - for tests of single kinds

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
    return playing.played(registry.find(kind), recording, answers=answers)


def searching(kind):
    """The options of its first recording with a query; the test is skipped for kinds that have no search."""
    connector = registry.find(kind)
    asked = [one for path in FILES[kind] if (one := Recording.load(path)).query is not None]
    if connector.search is None:
        pytest.skip(f"{kind} has no search")
    assert asked, f"Put a recording with a query into tests/recorded/{kind}/: {kind} has a search."
    return connector.options(**asked[0].options)


def pages(kind, options, recording, number, last, answers=None, ledger=None) -> list[Kept]:
    connector = registry.find(kind)
    return playing.pages(connector, options, recording, number, last=last, answers=answers, ledger=ledger)


def one_poll(kind: str, path: Path, answers: testing.Answers) -> list[Kept]:
    return playing.first_poll(registry.find(kind), Recording.load(path), answers)
