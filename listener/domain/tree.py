"""The tree of a query: its nodes, and how it prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Part: TypeAlias = Literal["title", "text", "author"]
"""What of an item a query may look into apart from the rest; without one it looks into title and text."""

Fact: TypeAlias = Literal["site", "lang", "source", "kind", "url"]
"""What is known of an item besides its words."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, signs and all: `Mills`, `AT&T`."""

    text: str

    @property
    def written(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order with nothing but white space between them; signs count."""

    text: str

    @property
    def written(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Handle:
    """`@name`, only as a whole one. `name` is without the @."""

    name: str

    @property
    def written(self) -> str:
        return "@" + self.name


@dataclass(frozen=True, slots=True)
class Tag:
    """`#name`, only as a whole one. `name` is without the #."""

    name: str

    @property
    def written(self) -> str:
        return "#" + self.name


@dataclass(frozen=True, slots=True)
class Prefix:
    """`word*`: a word that begins so. `text` is without the asterisk."""

    text: str

    @property
    def written(self) -> str:
        return self.text + "*"


@dataclass(frozen=True, slots=True)
class Exact:
    """`exact:"Google+"`: these very characters, case, accents and signs included; white space runs count as one space."""

    text: str

    @property
    def written(self) -> str:
        return f'exact:"{self.text}"'


@dataclass(frozen=True, slots=True)
class Domain:
    """`domain:mills.example`: this host or a subdomain of it, written out (`mills[.]example` too) or linked to."""

    host: str

    @property
    def written(self) -> str:
        return "domain:" + self.host


@dataclass(frozen=True, slots=True)
class Known:
    """`site:globe.example`, `lang:fr`, `source:"Globe business"`, `kind:rss`, `url:/sports/`: a fact about the item."""

    fact: Fact
    value: str

    @property
    def written(self) -> str:
        bare = self.fact == "url" or ":" not in self.value  # what looks like another field is refused
        return (
            f"{self.fact}:{self.value}"
            if bare and not _needs_quotes(self.value)
            else f'{self.fact}:"{self.value}"'
        )


@dataclass(frozen=True, slots=True)
class Followers:
    """`followers:>1000`: the author's reach lies in `least`-`most`, both included, None meaning open. An unknown reach does not."""

    least: int | None = None
    most: int | None = None

    @property
    def written(self) -> str:
        if self.least is None:
            return f"followers:<={self.most}"
        if self.most is None:
            return f"followers:>={self.least}"
        return f"followers:{self.least}..{self.most}"


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides stand in one text with at most `within` other words between them; `ordered`: the left one first.

    The sides are terms, alternatives (Or) of them, or further Nears, which reach from their first to their last word.
    """

    left: Node
    right: Node
    within: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """`title:(…)`: the query inside is asked of this part of the item alone."""

    where: Part
    part: Node


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """Two or more parts, none of them an And."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more parts, none of them an Or."""

    parts: tuple[Node, ...]


Term: TypeAlias = Word | Phrase | Handle | Tag | Prefix | Exact | Domain
"""What stands in a text."""

Leaf: TypeAlias = Term | Known | Followers
Node: TypeAlias = Leaf | Near | In | Not | And | Or


def _needs_quotes(value: str) -> bool:
    """Whether a value would not be read as one piece."""
    return any(sign.isspace() or sign in '()"“”„' for sign in value)


_BARE = (Word, Phrase, Handle, Tag, Prefix)
"""What stands behind a field without parentheses."""


def all_of(parts: Iterable[Node]) -> Node:
    """And, flattened; one part is itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: Iterable[Node]) -> Node:
    """Or, flattened; one part is itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def negation(part: Node) -> Node:
    """Not; twice is none."""
    return part.part if isinstance(part, Not) else Not(part)


def printed(node: Node) -> str:
    """Text that parses to the same tree."""
    if isinstance(node, Phrase):
        return f'"{node.text}"'
    if isinstance(node, Not):
        return "NOT " + _grouped(node.part)
    if isinstance(node, And | Or):
        return (" AND " if isinstance(node, And) else " OR ").join(map(_grouped, node.parts))
    if isinstance(node, Near):
        between = f" {'ONEAR' if node.ordered else 'NEAR'}/{node.within} "
        return between.join(map(_grouped, (node.left, node.right)))
    if isinstance(node, In):
        inner = printed(node.part)
        return f"{node.where}:{inner}" if isinstance(node.part, _BARE) else f"{node.where}:({inner})"
    return node.written


def _grouped(node: Node) -> str:
    return f"({printed(node)})" if isinstance(node, And | Or | Near) else printed(node)


def terms(node: Node, *, positive: bool = True) -> Iterator[tuple[Term, bool]]:
    """Every term that is looked for in title and text, in order, with whether it is asked for (True) or excluded (False)."""
    if isinstance(node, Not):
        yield from terms(node.part, positive=not positive)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from terms(part, positive=positive)
    elif isinstance(node, Near):
        yield from terms(node.left, positive=positive)
        yield from terms(node.right, positive=positive)
    elif isinstance(node, In):
        if node.where != "author":
            yield from terms(node.part, positive=positive)
    elif not isinstance(node, Known | Followers):
        yield node, positive
