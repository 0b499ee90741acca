"""Whether a query can be true at all, and which of its alternatives do nothing. Terms count as independent but for what is certain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from listener.domain.implied import Claim, Fact, excludes, implies
from listener.domain.tree import And, Followers, In, Known, Near, Node, Not, Or, Part

MOST_COMPARED = 50_000
"""Pairs of terms that are compared for one query before what is left counts as possible: a fraction of a second."""

MOST_BRANCHES = 300
"""Alternatives of one OR that are held against each other."""

Goal: TypeAlias = tuple[Node, bool, Part | None]
"""A node that is to hold, or not to, of a part of the item (None: title and text)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """An alternative of an OR that changes nothing: it can never be true, or `covered` is true wherever it is."""

    branch: Node
    covered: Node | None = None


@dataclass(slots=True, kw_only=True)
class _Budget:
    left: int = MOST_COMPARED


@dataclass(slots=True, kw_only=True)
class _Way:
    """One way to be true, as far as it is worked out: what holds, what does not, and what is still open."""

    goals: list[Goal]
    choices: list[list[Goal]] = field(default_factory=list)
    holds: list[Fact] = field(default_factory=list)
    lacks: list[Fact] = field(default_factory=list)


def possible(node: Node, *, kinds: Collection[str] | None = None) -> bool:
    """Whether some item could satisfy the query; `kinds` are the kinds there are, where that is known.

    False is certain. True may also mean that it could not be worked out in a bounded time.
    """
    return _can_hold([(node, True, None)], kinds, _Budget())


def idle(node: Node, *, kinds: Collection[str] | None = None) -> Iterator[Idle]:
    """The alternatives of a possible query that do nothing, in its order."""
    yield from _idle(node, None, [], kinds, _Budget())


def _idle(
    node: Node, where: Part | None, beside: list[Goal], kinds: Collection[str] | None, budget: _Budget
) -> Iterator[Idle]:
    """`beside` is what must hold together with this node."""
    if budget.left <= 0:
        return
    if isinstance(node, In):
        yield from _idle(node.part, node.where, beside, kinds, budget)
    elif isinstance(node, And):
        for part in node.parts:
            others: list[Goal] = [(one, True, where) for one in node.parts if one is not part]
            yield from _idle(part, where, [*beside, *others], kinds, budget)
    elif isinstance(node, Or):
        live = []
        for part in node.parts:
            if _can_hold([(part, True, where), *beside], kinds, budget):
                live.append(part)
            else:
                yield Idle(branch=part)
        yield from _covered(live, where, budget)
        for part in live:
            yield from _idle(part, where, beside, kinds, budget)


def _covered(branches: list[Node], where: Part | None, budget: _Budget) -> Iterator[Idle]:
    """Of two that say the same the later one does nothing."""
    some = branches[:MOST_BRANCHES]
    gone: set[int] = set()
    for at, one in enumerate(some):
        for against, other in enumerate(some):
            if at == against or against in gone:
                continue
            if not _can_hold([(one, True, where), (other, False, where)], None, budget):
                mutual = at < against and not _can_hold(
                    [(other, True, where), (one, False, where)], None, budget
                )
                if not mutual:
                    gone.add(at)
                    yield Idle(branch=one, covered=other)
                    break


def _can_hold(goals: list[Goal], kinds: Collection[str] | None, budget: _Budget) -> bool:
    budget.left -= len(goals)
    if budget.left <= 0:
        return True
    ways = [_Way(goals=list(goals))]
    while ways:
        way = ways.pop()
        if not _worked_out(way, kinds, budget) or not _narrowed(way, kinds, budget):
            continue
        if budget.left <= 0 or not way.choices:
            return True
        first, *rest = sorted(way.choices, key=len)
        budget.left -= len(first) + len(rest)
        ways += [
            _Way(goals=[option], choices=rest, holds=list(way.holds), lacks=list(way.lacks))
            for option in reversed(first)
        ]
    return False


def _narrowed(way: _Way, kinds: Collection[str] | None, budget: _Budget) -> bool:
    """Leaves out the options that contradict what is settled; False where a choice has none left."""
    if len(way.choices) < 2:  # a single one is soon tried through
        return True
    kept = []
    for options in way.choices:
        if budget.left <= 0:
            return True
        live = [option for option in options if _may_join(way, option, kinds, budget)]
        if not live:
            return False
        kept.append(live)
    way.choices = kept
    return True


def _may_join(way: _Way, option: Goal, kinds: Collection[str] | None, budget: _Budget) -> bool:
    node, wanted, where = option
    if isinstance(node, And | Or | Not | In | Near):
        return True
    return _agrees(way, _fact(node, where), wanted, kinds, budget)


def _fact(claim: Claim, where: Part | None) -> Fact:
    return Fact(claim, None if isinstance(claim, Known | Followers) else where)


def _worked_out(way: _Way, kinds: Collection[str] | None, budget: _Budget) -> bool:
    """Works off the goals until only choices are left; False where they contradict each other."""
    while way.goals:
        node, wanted, where = way.goals.pop()
        if isinstance(node, Not):
            way.goals.append((node.part, not wanted, where))
        elif isinstance(node, In):
            way.goals.append((node.part, wanted, node.where))
        elif isinstance(node, And | Or):
            parts: list[Goal] = [(part, wanted, where) for part in node.parts]
            if isinstance(node, And) is wanted:
                way.goals += parts
            else:
                way.choices = [*way.choices, parts]
        else:
            if isinstance(node, Near) and wanted:
                way.goals += [(node.left, True, where), (node.right, True, where)]
            fact = _fact(node, where)
            if not _agrees(way, fact, wanted, kinds, budget):
                return False
            (way.holds if wanted else way.lacks).append(fact)
    return True


def _agrees(way: _Way, fact: Fact, wanted: bool, kinds: Collection[str] | None, budget: _Budget) -> bool:  # noqa: FBT001 - half of a goal
    """Whether the way can have the fact, or be without it, besides what is settled."""
    budget.left -= 1 + len(way.holds) + (len(way.lacks) if wanted else 0)
    if not wanted:
        return not any(implies(held, fact) for held in way.holds)
    claim = fact.claim
    if kinds is not None and isinstance(claim, Known) and claim.fact == "kind" and claim.value not in kinds:
        return False
    return not any(implies(fact, lacked) for lacked in way.lacks) and not any(
        excludes(fact, held) for held in way.holds
    )
