"""From marks to a change of a client's context: which terms, once excluded or required, keep the wrong mentions out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from listener.domain.contexts import MARK_WEIGHS, Evidence, Terms, best_terms
from listener.domain.ground import Ground, Mark
from listener.domain.naming import Finder, choices, stems
from listener.domain.spreading import sample, spread

__all__ = ["MOST_TERMS", "Clue", "Mark", "Proposal", "propose"]

MOST_TERMS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One proposed term as it is written into the configuration: a word, a `stem*`, or two signs of Chinese, Japanese or Thai.

    `about` and `not_about` are the marked texts that hold it, `stored` the texts of the pool that do, and `alike` those of
    them that read as the term says. `reason` is a sentence for a person.
    """

    term: str
    about: int
    not_about: int
    stored: int
    alike: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Terms to add to `context.any_of` and `context.none_of`, best first; one of them may be empty.

    With them every text marked as about the client goes on to count (there are `kept`), and `rejected` of the `wrong`
    ones do not. `drops` are indexes into the pool: what matches now and would match no more.
    """

    any_of: tuple[Clue, ...]
    none_of: tuple[Clue, ...]
    drops: tuple[int, ...]
    kept: int
    rejected: int
    wrong: int


def propose(
    marks: Sequence[Mark],
    pool: Sequence[str],
    *,
    own_terms: Collection[str],
    any_of: Sequence[str] = (),
    none_of: Sequence[str] = (),
    most: int = MOST_TERMS,
) -> Proposal | None:
    """The change that the marks ask for; None where they ask for none, or no term tells the texts apart.

    `marks` are the marks and the client's examples, the newest mark of a text last: it is the one that counts. `pool` holds
    the client's stored matches, title and text in one; marked ones may be among them. `own_terms` are the client's names
    and the terms of its query, which are never proposed; `any_of` and `none_of` are what its context holds already: what
    is required there is never widened. At most `most` terms. The same input gives the same proposal.
    """
    ground = Ground.of(marks, pool, own_terms=own_terms, any_of=any_of, none_of=none_of)
    if not ground.wrong:
        return None
    belief = spread(ground.texts, ground.marks, ground.hints())
    terms = best_terms(
        _evidence(ground, belief, none_of), most, may_require=not any_of and _may_require(ground)
    )
    if not terms.any_of and not terms.none_of:
        return None
    return _told(ground, belief, terms)


def _may_require(ground: Ground) -> bool:
    """Whether enough is known of what is about the client to keep out all that does not look like it."""
    return len(ground.marks) >= 10 and len(ground.right) >= 2


def _evidence(ground: Ground, belief: Sequence[float], barred: Sequence[str]) -> Evidence:
    learned = sample(len(ground.texts), ground.marks)
    place = {index: number for number, index in enumerate(learned)}
    known = stems((ground.texts[index] for index in learned), ground.own)
    return Evidence(
        texts=[choices(ground.texts[index], known) for index in learned],
        worth=[_worth(ground, belief, index) for index in learned],
        right=tuple(place[index] for index in ground.right),
        wrong=tuple(place[index] for index in ground.wrong),
        barred=frozenset(barred),
        beside=frozenset(name for index in ground.wrong for name in ground.beside(index)),
    )


def _worth(ground: Ground, belief: Sequence[float], index: int) -> float:
    if index in ground.settled:
        return 0.0
    return (2 * belief[index] - 1) * (MARK_WEIGHS if index in ground.marks else 1.0)


def _told(ground: Ground, belief: Sequence[float], terms: Terms) -> Proposal:
    kept = terms.keep(ground.texts)
    gone = {index for index, keep in enumerate(kept) if not keep and index not in ground.settled}
    return Proposal(
        any_of=tuple(_clue(ground, belief, term, about=True) for term in terms.any_of),
        none_of=tuple(_clue(ground, belief, term, about=False) for term in terms.none_of),
        drops=tuple(number for number, index in enumerate(ground.pool) if index in gone),
        kept=len(ground.right),
        rejected=sum(index in gone for index in ground.wrong),
        wrong=len(ground.wrong),
    )


def _clue(ground: Ground, belief: Sequence[float], term: str, *, about: bool) -> Clue:
    finder = Finder((term,))
    holders = {index for index, text in enumerate(ground.texts) if finder.finds(text)}
    stored = [index for index in ground.pool if index in holders]
    right, wrong = holders.intersection(ground.right), holders.intersection(ground.wrong)
    alike = sum((belief[index] > 0.5) is about for index in stored)
    return Clue(
        term=term,
        about=len(right),
        not_about=len(wrong),
        stored=len(stored),
        alike=alike,
        reason=_reason(ground, len(right if about else wrong), len(stored), alike, about=about),
    )


def _reason(ground: Ground, marked: int, stored: int, alike: int, *, about: bool) -> str:
    kind = "about the client" if about else "not about the client"
    total = len(ground.right if about else ground.wrong)
    seen = f"in {marked} of {total} marked as {kind}" if marked else "in no marked text"
    if not stored:
        return seen
    return f"{seen}; {alike} of the {stored} stored matches with it read as {kind}"
