"""YAML text to a tree that knows its lines. Every scalar stays the text it is; what it means is for the model to say.

Read from the parser's events, with caps on depth and on what aliases expand to, because the composers of PyYAML recurse
once per level (50,000 brackets kill the process) and know no limit for aliases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import yaml

from listener.config.mistakes import Unfit, plain

DEEPEST = 30
MOST_NODES = 500_000

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Broken(Unfit):
    """Not YAML, or more of it than is read. `line` counts from 1."""

    def __init__(self, remedy: str, *, line: int) -> None:
        super().__init__(remedy)
        self.line = line


@dataclass(slots=True)
class Node:
    """`tag` is set where the file asks for a type of its own (`!!python/…`); `size` and `depth` count what is below."""

    line: int
    tag: str | None = None
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Scalar(Node):
    text: str = ""
    nothing: bool = False


@dataclass(slots=True)
class Series(Node):
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Section(Node):
    """`pairs` as written, duplicates included; `merged` are those that `<<` brings and no key of its own overrides."""

    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    merged: list[tuple[Scalar, Node]] = field(default_factory=list)


def compose(text: str) -> Node | None:
    """The tree of the one document in the text; None where there is nothing. Raises Broken."""
    loader = _Loader(text)
    try:
        return _document(_events(loader))
    except yaml.MarkedYAMLError as error:
        raise _broken(error, text) from None
    finally:
        loader.dispose()


def _events(loader: Any) -> Iterator[Any]:  # noqa: ANN401 - PyYAML's loaders share no type
    depth = documents = 0
    for _ in count():
        event = loader.get_event()
        line = event.start_mark.line + 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > DEEPEST:
            raise Broken(f"this is nested over {DEEPEST} deep: write it flatter", line=line)
        if documents > 1:
            raise Broken(
                "a second document begins here: remove the line with --- and keep one document", line=line
            )
        if isinstance(event, yaml.StreamEndEvent):
            return
        yield event


def _document(events: Iterator[Any]) -> Node | None:
    anchors: dict[str, Node] = {}
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            root = _node(event, events, anchors)
            for _ in events:  # the rest must be read to be known as YAML
                pass
            return None if isinstance(root, Scalar) and root.nothing else root
    return None


def _node(event: Any, events: Iterator[Any], anchors: dict[str, Node]) -> Node:  # noqa: ANN401 - as above
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            raise Broken(
                f"*{event.anchor} refers to nothing: put &{event.anchor} before it, or quotes around it",
                line=line,
            )
        return anchors[event.anchor]
    node = _made(event, events, anchors, line)
    node.tag = event.tag if event.tag not in _PLAIN_TAGS and event.tag != "!" else None
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node


def _made(event: Any, events: Iterator[Any], anchors: dict[str, Node], line: int) -> Node:  # noqa: ANN401 - as above
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(line, text=event.value, nothing=bool(event.implicit[0]) and event.value in _NOTHING)
    below: list[Node] = []
    for inner in events:
        if isinstance(inner, yaml.CollectionEndEvent):
            break
        below.append(_node(inner, events, anchors))
    node = Series(line, items=below) if isinstance(event, yaml.SequenceStartEvent) else _section(line, below)
    _weigh(node, below)
    return node


def _weigh(node: Node, below: list[Node]) -> None:
    node.size = 1 + sum(one.size for one in below)
    node.depth = 1 + max((one.depth for one in below), default=0)
    if node.size > MOST_NODES or node.depth > DEEPEST:
        raise Broken(
            "the aliases of this part expand to more than is read: write it out instead", line=node.line
        )


def _section(line: int, below: list[Node]) -> Section:
    """Keys and values in turn; a `<<` with sections of settings is merged, as YAML 1.1 has it."""
    section = Section(line)
    brought: list[Section] = []
    for key, value in zip(below[::2], below[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise Broken(
                "a key is a plain text: remove the brackets or braces before its colon", line=key.line
            )
        sources = value.items if isinstance(value, Series) else [value]
        if key.text == "<<" and all(isinstance(one, Section) for one in sources):
            brought += [one for one in sources if isinstance(one, Section)]
        else:
            section.pairs.append((key, value))
    known = {key.text for key, _ in section.pairs}
    for one in brought:
        fresh = [pair for pair in (*one.pairs, *one.merged) if pair[0].text not in known]
        section.merged += fresh
        known |= {key.text for key, _ in fresh}
    return section


def _broken(error: yaml.MarkedYAMLError, text: str) -> Broken:
    """The parser's complaint as a remedy, at the line where the trouble began."""
    problem = error.problem or ""
    here = error.problem_mark.line if error.problem_mark else 0
    began = error.context_mark.line if error.context_mark else here
    if "end of stream" in problem and "quoted" in (error.context or ""):
        return Broken("the quote that opens here is never closed", line=began + 1)
    if "',' or" in problem:
        if "${" in _line(text, began):
            return Broken('inside braces or brackets ${…} needs quotes: write "${NAME}"', line=began + 1)
        return Broken(
            "the bracket or brace that opens here is never closed, or a comma is missing", line=began + 1
        )
    return Broken(_remedy(problem, _piece(error, text)), line=here + 1)


def _piece(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark
    return _line(text, mark.line)[mark.column : mark.column + 1] if mark else ""


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number] if number < len(lines) else ""


_REMEDIES = {
    "a tab character": "a tab stands here: indent with spaces",
    "mapping values are not allowed": (
        "a colon too many here, or none on the line before: put a text that holds “: ” in quotes, "
        "and check the indentation"
    ),
    "could not find expected ':'": "a text without a colon stands here: write KEY: VALUE, or - ITEM in a list",
    "block sequence entries": "a dash cannot stand here: begin the list on a line of its own",
    "expected key": "this line does not fit the ones above: check its indentation, and quotes that end too early",
    "'-' indicator": "this line does not fit the ones above: check its indentation, and quotes that end too early",
    "<block end>": "this line does not fit the ones above: check its indentation, and quotes that end too early",
    "<document start>": "this line does not belong to what is above: check its indentation",
    "escape": "a backslash in double quotes begins an escape: use single quotes",
}


def _remedy(problem: str, piece: str) -> str:
    if "cannot start any token" in problem:
        tab = _REMEDIES["a tab character"]
        return tab if piece == "\t" else f"a text cannot begin with {plain(piece)}: put it in quotes"
    known = next((remedy for sign, remedy in _REMEDIES.items() if sign in problem), None)
    return known or f"this cannot be read as YAML ({problem}): check the quotes, brackets and indentation"
