"""What `listener connector new` writes: a connector that works on recordings, to be changed line by line into a real one."""

from __future__ import annotations

from pathlib import Path

from listener import __version__

CODE = '''\
"""__Kind__: what people write at __host__. Free, without a key."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from listener.connector import JSON, Author, Connector, Found, Http, OptionsModel, Page, TryLater
from listener.connector.plain import one_line, plain


class __Kind__Options(OptionsModel):
    """One book of the place."""

    book: str = Field(description="The name of the book, as in its address.", examples=["mills"])


def fetch(http: Http, options: __Kind__Options, cursor: JSON) -> Iterator[Page]:
    """Entries after the last one that was stored, a page at a time."""
    after = cursor["after"] if cursor else "0"
    while True:
        answer = http.get(
            "https://__host__/api/entries",
            params={"book": options.book, "after": after},
            conditional=False,
        ).json()
        entries = answer.get("entries") if isinstance(answer, dict) else None
        if not isinstance(entries, list) or not all(
            isinstance(entry, dict) and "id" in entry for entry in entries
        ):
            raise TryLater("__host__ answered without entries: it is asked again later.")
        if not entries:
            return
        if str(entries[-1]["id"]) == after:
            raise TryLater("__host__ gives the same page again and again: it is asked again later.")
        after = str(entries[-1]["id"])
        yield Page(found=tuple(map(_found, entries)), cursor={"after": after})


def _found(entry: dict[str, JSON]) -> Found:
    by = one_line(str(entry.get("by") or ""))
    return Found(
        external_id=one_line(str(entry["id"])),
        text=plain(str(entry.get("text") or "")),
        author=Author(key=by, handle=by) if by else None,
        author_hidden=not by,
    )


CONNECTOR = Connector(
    kind="__kind__",
    summary="What people write at __host__.",
    terms="Ask the place: whether its items may be kept, and what deleting there asks of us.",
    options=__Kind__Options,
    scope=lambda options: options.book,
    fetch=fetch,
    short="book",
)
'''

RECORDING = """\
{
  "options": {"book": "mills"},
  "now": "2026-11-20T08:00:00+00:00",
  "polls": 2,
  "every_minutes": 15,
  "exchanges": [
    {
      "request": {"method": "GET", "url": "https://__host__/api/entries?book=mills&after=0"},
      "response": {
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": {"entries": [{"id": 1, "text": "Lovely shop", "by": "ann"}]}
      }
    },
    {
      "request": {"method": "GET", "url": "https://__host__/api/entries?book=mills&after=1"},
      "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"entries": []}}
    }
  ]
}
"""

FAULT = """\
{
  "options": {"book": "mills"},
  "now": "2026-11-20T08:00:00+00:00",
  "exchanges": [
    {
      "request": {"method": "GET", "url": "https://__host__/api/entries?book=mills&after=0"},
      "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"entries": []}}
    }
  ]
}
"""

PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "listener-__dashed__"
version = "0.1"
description = "A source of Listener: what people write at __host__."
requires-python = ">=3.11.5"
dependencies = ["client-listener>=__version__"]

[project.entry-points."listener.connectors"]
__kind__ = "listener___kind__:CONNECTOR"

[dependency-groups]
dev = ["pytest"]

[tool.hatch.build.targets.wheel]
only-include = ["listener___kind__.py"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""

TEST = '''\
"""The connector keeps what Listener asks of every one, by its recorded exchanges."""

from pathlib import Path

import pytest
from listener.connector.testing import suite

from listener___kind__ import CONNECTOR

CASES = suite.cases(CONNECTOR, Path(__file__).parent / "recorded")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_keeps_the_contract(case):
    case.run()
'''

README = """\
# listener-__dashed__

A kind of source for Listener: `- __kind__: mills` in its configuration, once this package is installed beside it.

    pip install -e .
    python -m pytest
"""


def in_checkout(root: Path, kind: str) -> list[Path]:
    """Write the connector and its recordings into a checkout; what was written. Raises OSError, FileExistsError among them."""
    recorded = root / "tests" / "recorded" / kind
    return _write(
        {
            root / "connectors" / f"{kind}.py": CODE,
            recorded / "visitors.json": RECORDING,
            recorded / "nothing_yet.json": FAULT,
        },
        kind,
    )


def package(folder: Path, kind: str) -> list[Path]:
    """Write a package of its own; what was written. Raises OSError, FileExistsError among them."""
    recorded = folder / "tests" / "recorded"
    return _write(
        {
            folder / "pyproject.toml": PROJECT,
            folder / "README.md": README,
            folder / f"listener_{kind}.py": CODE,
            folder / "tests" / f"test_{kind}.py": TEST,
            recorded / "visitors.json": RECORDING,
            recorded / "nothing_yet.json": FAULT,
        },
        kind,
    )


def filled(text: str, kind: str) -> str:
    """A text of the above for this kind."""
    dashed = kind.replace("_", "-")
    words = {
        "__version__": __version__,
        "__host__": f"{dashed}.example",
        "__dashed__": dashed,
        "__Kind__": kind.title().replace("_", ""),
        "__kind__": kind,
    }
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def _write(files: dict[Path, str], kind: str) -> list[Path]:
    """All of them or, where one is there already, none."""
    for path in files:
        if path.exists():
            raise FileExistsError(17, "it is there already", str(path))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled(text, kind), encoding="utf-8")
    return list(files)
