"""The reference of the query language keeps its word."""

from pathlib import Path

import pytest

from listener.domain.item import Item
from listener.domain.percolate import Percolator
from listener.domain.query import parse_query

DOCS = Path(__file__).resolve().parents[2] / "docs" / "queries.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in DOCS.read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def test_there_are_examples():
    assert len(ROWS) > 10


@pytest.mark.parametrize(("query", "found", "left"), ROWS)
def test_an_example_does_what_the_reference_says(query, found, left):
    percolator = Percolator([("mills", parse_query(query.strip("`")))])
    assert percolator.matches(Item(text=found))
    assert not percolator.matches(Item(text=left))
