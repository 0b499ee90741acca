"""What people marked, in a file beside the configuration: `config.marks.yaml` beside `config.yaml`.

The program writes it and the person's own file stays as it is. It belongs under version control like that one: its examples are
tests of the queries, its context is part of them. Here it is read, changed and put into words; who writes it, writes it whole.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from pydantic import AwareDatetime, Field, ValidationError

from listener.config.document import Document, read
from listener.config.examples import Example, Examples
from listener.config.mistakes import Mistakes
from listener.config.part import Part
from listener.config.sentences import faults_of
from listener.config.terms import ContextTerms, same
from listener.domain.item import Item
from listener.domain.urls import host_of

HEADER = """\
# Written by `listener mark`, read with the configuration beside it: commit both.
# Under each client (by its id): examples that people marked, and the context that they accepted.
"""


class MarkedExample(Example):
    """A mention as it was when a person marked it."""

    mention: int | None = Field(None, description="The number of the mention in the database.")
    who: str | None = Field(None, description="Who marked it.")
    at: AwareDatetime | None = Field(None, description="When it was marked.")


class MarkedExamples(Examples):
    """As in the configuration, each with its mention, who marked it and when."""

    match: tuple[MarkedExample, ...] = Field((), description="Marked as about the client.")
    not_match: tuple[MarkedExample, ...] = Field((), description="Marked as not about the client.")


class MarkedClient(Part):
    """What was marked for one client."""

    context: ContextTerms = Field(ContextTerms(), description="Terms that were accepted into its context.")
    examples: MarkedExamples = Field(MarkedExamples(), description="Mentions that were marked.")


class Marks(Part):
    """The whole file; `clients` by client id."""

    clients: dict[str, MarkedClient] = Field(
        {}, description="By client id: its marked examples and its accepted context."
    )

    def of(self, client_id: str) -> MarkedClient:
        return self.clients.get(client_id, _NONE)


_NONE = MarkedClient()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksFile:
    """The marks, and where each of them stands (None where there is no file)."""

    path: pathlib.Path
    marks: Marks
    document: Document | None = None


def beside(config: pathlib.Path) -> pathlib.Path:
    """Where the marks of this configuration stand."""
    return config.with_name(f"{config.stem}.marks.yaml")


def load(path: pathlib.Path) -> MarksFile:
    """Read the file; without one there are no marks. Raises Mistakes. `${…}` means nothing in it: its texts are other people's."""
    if not path.exists():
        return MarksFile(path=path, marks=Marks())
    document = read(path, None)
    wrong = [one for mistakes in document.wrong.values() for one in mistakes]
    try:
        marks = Marks.model_validate(document.data)
    except ValidationError as error:
        wrong += [document.mistake(at, said) for at, said in faults_of(error)]
        marks = Marks()
    if wrong:
        raise Mistakes(wrong)
    return MarksFile(path=path, marks=marks, document=document)


def marked_example(item: Item, *, mention: int | None, who: str | None, at: datetime) -> MarkedExample:
    """The example that this item makes; what no file could hold of it is left out."""
    handle = next((name for name in item.author if name.startswith("@")), None)
    site = item.site if item.site and "." in item.site and ":" not in item.site else None
    facts = {
        "text": item.text,
        "title": item.title,
        "author": next((name for name in item.author if not name.startswith("@")), None),
        "handle": handle and handle.removeprefix("@"),
        "site": site if site != host_of(item.url) else None,
        "lang": item.language,
        "source": item.source,
        "kind": item.kind,
        "url": item.url if host_of(item.url) else None,
        "links": [link for link in item.links if host_of(link)],
        "followers": None if item.reach is None else str(item.reach),
        "mention": mention,
        "who": who,
        "at": at,
    }
    return MarkedExample.model_validate({key: value for key, value in facts.items() if value is not None})


def with_example(marks: Marks, client_id: str, example: MarkedExample, *, about: bool) -> Marks:
    """The marks with one more; what was said before of this mention, or of the same item, gives way to it."""
    known = marks.of(client_id)
    match = tuple(one for one in known.examples.match if not _of_one(one, example))
    others = tuple(one for one in known.examples.not_match if not _of_one(one, example))
    examples = MarkedExamples.model_construct(
        match=(*match, example) if about else match, not_match=others if about else (*others, example)
    )
    return _with_client(marks, client_id, known.model_copy(update={"examples": examples}))


def with_context(
    marks: Marks, client_id: str, *, any_of: tuple[str, ...] = (), none_of: tuple[str, ...] = ()
) -> Marks:
    """The marks with further terms of the client's context. A term is kept on the side where it was accepted last. Raises QueryError."""
    known = marks.of(client_id)
    wanted, unwanted = {same(one) for one in any_of}, {same(one) for one in none_of}
    context = ContextTerms.model_construct(
        any_of=_joined(known.context.any_of, any_of, without=unwanted),
        none_of=_joined(known.context.none_of, none_of, without=wanted),
    )
    return _with_client(marks, client_id, known.model_copy(update={"context": context}))


def rendered(marks: Marks) -> str:
    """The file: what `load` reads back to the same marks."""
    data = marks.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return HEADER + yaml.dump(_writable(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(yaml.SafeDumper):
    """Writes line ends and other signs that are no letters as escapes: the plain forms would fold them into spaces."""


def _as_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _as_text)


def _with_client(marks: Marks, client_id: str, client: MarkedClient) -> Marks:
    return marks.model_copy(update={"clients": {**marks.clients, client_id: client}})


def _of_one(one: MarkedExample, other: MarkedExample) -> bool:
    by_number = one.mention is not None and one.mention == other.mention
    return by_number or one.to_item() == other.to_item()


def _joined(known: tuple[str, ...], new: tuple[str, ...], *, without: set[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for one in (*known, *new):
        if same(one) not in without:
            first.setdefault(same(one), one)
    return tuple(first.values())


def _writable(data: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Halves of pairs, which no file can hold, become question marks."""
    if isinstance(data, Mapping):
        return {_writable(key): _writable(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_writable(one) for one in data]
    return (
        data.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") if isinstance(data, str) else data
    )
