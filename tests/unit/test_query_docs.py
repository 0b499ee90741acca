"""The reference of the query language keeps its word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from listener.domain.item import Item
from listener.domain.leaves import FIELDS
from listener.domain.percolate import Percolator
from listener.domain.query import QueryError, parse_query

DOCS = Path(__file__).resolve().parents[2] / "docs" / "queries.md"
PAGE = DOCS.read_text(encoding="utf-8")
PARTS = {
    "title": "title",
    "text": "text",
    "author": "author",
    "site": "site",
    "language": "language",
    "source": "source",
    "kind": "kind",
    "url": "url",
    "links": "links",
    "followers": "reach",
}
_PART = re.compile(rf"({'|'.join(PARTS)}): ")


def rows(columns: int, heading: str) -> list[list[str]]:
    """The rows of the tables of so many columns whose first is named so."""
    tables = re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
    split = [[line.strip("| \n").split(" | ") for line in table.splitlines()] for table in tables]
    return [
        row for table in split if table[0][0] == heading and len(table[0]) == columns for row in table[2:]
    ]


def item(cell: str) -> Item:
    """An item as the page writes it."""
    if not _PART.match(cell):
        return Item(text=cell)
    read: dict[str, object] = {"text": ""}
    for piece in cell.split("; "):
        name, value = piece.split(": ", 1)
        read[PARTS[name]] = int(value) if name == "followers" else value
    several = {name: (read[name],) for name in ("author", "links") if name in read}
    return Item(**read | several)


def test_there_are_examples():
    assert len(rows(3, "query")) > 35
    assert len(rows(2, "query")) > 15


@pytest.mark.parametrize(("query", "found", "left"), rows(3, "query"))
def test_an_example_does_what_the_reference_says(query, found, left):
    percolator = Percolator([("mills", parse_query(query.strip("`")))])
    assert percolator.matches(item(found))
    assert not percolator.matches(item(left))


@pytest.mark.parametrize(("query", "sentence"), rows(2, "query"))
def test_a_mistake_is_told_as_the_reference_says(query, sentence):
    with pytest.raises(QueryError) as told:
        parse_query(query.strip("`"))
    assert str(told.value) == sentence


def test_every_field_is_explained():
    explained = " ".join(row[0] for row in rows(3, "field"))
    assert set(re.findall(r"`(\w+):`", explained)) == set(FIELDS) - {"exact"}
    assert "`exact:IT`" in PAGE


@pytest.mark.parametrize("value", re.findall(r"`([^`]+)`", rows(3, "field")[-1][2]))
def test_every_number_of_followers_is_read(value):
    assert parse_query(f"Mills followers:{value}")


@pytest.mark.parametrize("query", re.findall(r"`(-?(?:lang|site|url):\([^`]+\))`", PAGE))
def test_every_group_of_values_is_read(query):
    assert parse_query(f"Mills {query}")
