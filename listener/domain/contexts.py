"""Whether to exclude or to require, and which words: what the marks, and the texts that read like them, speak for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from listener.domain.choosing import Choice, gained
from listener.domain.naming import Finder, Names

MARK_WEIGHS = 3.0
REQUIRED_IF_BETTER_BY = 3 * MARK_WEIGHS, 0.02
"""A requirement also keeps out what nobody has thought of yet, so it must be better than an exclusion by what three marks are
worth, and by this share of all texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The texts that a context is learned from, by index.

    `texts` are the words that may be chosen, `worth` what each text is worth to the client: above 0 it is about it. `right` must
    go on to count, `wrong` should not. `beside` stand next to the client's name.
    """

    texts: Sequence[Names]
    worth: Sequence[float]
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    barred: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()

    def only(self, kept: Sequence[int]) -> Evidence:
        """The evidence of these texts alone."""
        place = {index: number for number, index in enumerate(kept)}
        return replace(
            self,
            texts=[self.texts[index] for index in kept],
            worth=[self.worth[index] for index in kept],
            right=tuple(place[index] for index in self.right if index in place),
            wrong=tuple(place[index] for index in self.wrong if index in place),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Additions to a context."""

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def keep(self, texts: Sequence[Names]) -> list[bool]:
        """Of each text whether it would still count."""
        wanted, excluded = Finder(self.any_of), Finder(self.none_of)
        return [(not self.any_of or wanted.finds(text)) and not excluded.finds(text) for text in texts]


Chooser = Callable[[Evidence, int], Terms | None]


def best_terms(evidence: Evidence, most: int, *, may_require: bool) -> Terms:
    """What to add: words to exclude or words to require, whichever proves better on texts that it was not chosen from."""
    least, share = REQUIRED_IF_BETTER_BY
    excluding = _proved(evidence, exclusion, most)
    enough = max(0.0, excluding) + max(least, share * len(evidence.texts))
    if may_require and _proved(evidence, requirement, most) >= enough:
        required = requirement(evidence, most)
        if required:
            return _completed(evidence, required, most)
    return _completed(evidence, exclusion(evidence, most) if excluding > 0 else Terms(), most)


def exclusion(evidence: Evidence, most: int) -> Terms:
    """Words of the wrong texts, none of which stands in a right one."""
    choice = Choice(evidence.texts, [-value for value in evidence.worth], barred=_never_excluded(evidence))
    choice.grow(most=most)
    return Terms(none_of=tuple(choice.chosen))


def requirement(evidence: Evidence, most: int) -> Terms | None:
    """Words of the right texts, at least one of each; None where that cannot be had with so few."""
    choice = Choice(evidence.texts, evidence.worth, barred=evidence.barred)
    choice.grow(most=most, keep_room_for=evidence.right)
    choice.reach(evidence.right, preferred=evidence.beside)
    if not choice.chosen or choice.misses(evidence.right) or len(choice.chosen) > most:
        return None
    return Terms(any_of=tuple(choice.chosen))


def _completed(evidence: Evidence, terms: Terms, most: int) -> Terms:
    """The terms with those that reject the wrong texts they miss, where that costs no text that seems right."""
    kept = terms.keep(evidence.texts)
    against = [-value if keep else 0.0 for value, keep in zip(evidence.worth, kept, strict=True)]
    missed = [index for index in evidence.wrong if kept[index]]
    choice = Choice(evidence.texts, against, barred=_never_excluded(evidence))
    room = most - len(terms.any_of) - len(terms.none_of)
    choice.reach(missed, preferred=evidence.beside, least=MARK_WEIGHS)
    return replace(terms, none_of=terms.none_of + tuple(choice.chosen[: max(0, room)]))


def _never_excluded(evidence: Evidence) -> frozenset[str]:
    return evidence.barred.union(*(evidence.texts[index] for index in evidence.right))


def _proved(evidence: Evidence, choose: Chooser, most: int) -> float:
    """What the chosen terms gain over none, on texts that they were not chosen from."""
    count = len(evidence.texts)
    folds = 2 if count >= 600 else 3 if count >= 150 else 5
    total = 0.0
    for fold in range(folds):
        terms = choose(evidence.only([index for index in range(count) if index % folds != fold]), most)
        if terms is None:
            return float("-inf")
        rest = evidence.only([index for index in range(count) if index % folds == fold])
        if terms.any_of:
            total += gained(rest.texts, rest.worth, terms.any_of) - sum(rest.worth)
        total -= gained(rest.texts, rest.worth, terms.none_of)
    return total
