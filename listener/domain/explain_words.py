"""The pieces of a query in the words of an explanation: short, in quotes, long lists cut."""

from __future__ import annotations

from collections.abc import Sequence

from listener.domain.tree import And, Domain, Exact, Followers, In, Known, Near, Node, Not, Or, Part

MOST = 4
"""How many of a list are named; the rest is a number."""

LONGEST = 80
"""Characters of one term that are shown."""

PLACES: dict[Part | None, str] = {
    "title": " in the title",
    "text": " in the text",
    "author": " as the author",
    None: "",
}


def quoted(text: str) -> str:
    """The text between quotes, cut where it is long."""
    return f"“{text}”" if len(text) <= LONGEST else f"“{text[:LONGEST]}…”"


def listed(names: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; of more than four the first three and how many more."""
    if len(names) > MOST:
        names = (*names[: MOST - 1], f"{len(names) - MOST + 1} more")
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def one_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"one of {listed(names, 'or')}"


def named(node: Node) -> str:
    """The piece as a noun: `“refund”`, `“Google+” as written`, `lang fr`, `“a” near “b”`, `one of “a” or “b”`."""
    if isinstance(node, In):
        return named(node.part) + PLACES[node.where]
    if isinstance(node, Near):
        return f"{named(node.left)} {'before and ' if node.ordered else ''}near {named(node.right)}"
    if isinstance(node, Or):
        return one_of([named(part) for part in node.parts])
    if isinstance(node, And):
        return listed([named(part) for part in node.parts], "together with")
    if isinstance(node, Not):
        return "no " + named(node.part)
    return _leaf(node)


def _leaf(node: Node) -> str:
    if isinstance(node, Known):
        return f"{node.fact} {quoted(node.value) if node.fact in {'source', 'url'} else node.value}"
    if isinstance(node, Followers):
        return reach(node)
    if isinstance(node, Exact):
        return quoted(node.text) + " as written"
    if isinstance(node, Domain):
        return quoted(node.host)
    return quoted(node.written)  # type: ignore[union-attr]  # the composite nodes are named above


def reach(node: Followers) -> str:
    """`1,000 or more followers`, `at most 50 followers`, `1,000 to 5,000 followers`."""
    if node.least is None:
        return f"at most {node.most:,} followers"
    if node.most is None:
        return f"{node.least:,} or more followers"
    if node.least == node.most:
        return f"{node.least:,} followers"
    return f"{node.least:,} to {node.most:,} followers"
