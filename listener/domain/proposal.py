"""From marks to a change of a client's context: which terms, once excluded or required, keep the wrong mentions out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from listener.domain.needle import needle
from listener.domain.words import normalise, words

MOST_TERMS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A text that a person called about the client or not; `examples` of the configuration are marks as well."""

    text: str
    about: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One proposed term, as it is written into the configuration.

    `about` and `not_about` are the marked texts that hold it, `stored` the texts of the pool that do. `reason` is a
    sentence for a person.
    """

    term: str
    about: int
    not_about: int
    stored: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Terms to add to `context.any_of` and `context.none_of`, best first; one of them may be empty.

    It keeps every text marked as about the client. `drops` are indexes into the pool: what would match no more;
    `rejects` of the `wrong` marked texts would not either.
    """

    any_of: tuple[Clue, ...]
    none_of: tuple[Clue, ...]
    drops: tuple[int, ...]
    rejects: int
    wrong: int

    def keeps(self, text: str) -> bool:
        """Whether the proposed terms, by themselves, let this text count."""
        folded = normalise(text)
        wanted = not self.any_of or any(needle(clue.term).occurs(folded) for clue in self.any_of)
        return wanted and not any(needle(clue.term).occurs(folded) for clue in self.none_of)


def propose(
    marked: Sequence[Mark],
    pool: Sequence[str],
    *,
    own_terms: Collection[str],
    any_of: Collection[str] = (),
    none_of: Collection[str] = (),
    most: int = MOST_TERMS,
) -> Proposal | None:
    """The change that the marks ask for, or None where they ask for none or no term tells the texts apart.

    `marked` holds the marks and the client's examples, the newest mark of a text last: it is the one that counts. `pool` holds
    the client's stored matches, title and text in one; marked ones may be among them. `own_terms` are the client's
    name and the terms of its query, which are never proposed; `any_of` and `none_of` are what its context holds already. At most
    `most` terms. The same input gives the same proposal.
    """
    latest = {mark.text: mark.about for mark in marked}
    right = [set(words(text)) for text, about in latest.items() if about]
    wrong = [set(words(text)) for text, about in latest.items() if not about]
    own = {word for term in own_terms for word in words(term)}
    safe = {word for held in wrong for word in held}.difference(own, none_of, *right)
    ranked = sorted(safe, key=lambda word: (-sum(word in held for held in wrong), word))[:most]
    if not ranked:
        return None
    counts = {word: sum(needle(word).occurs(normalise(text)) for text in pool) for word in ranked}
    clues = tuple(
        Clue(
            term=word,
            about=0,
            not_about=(held := sum(word in one for one in wrong)),
            stored=counts[word],
            reason=f"in {held} of {len(wrong)} marked as not about",
        )
        for word in ranked
    )
    bare = Proposal(any_of=(), none_of=clues, drops=(), rejects=len(wrong), wrong=len(wrong))
    drops = tuple(index for index, text in enumerate(pool) if not bare.keeps(text))
    return Proposal(any_of=(), none_of=clues, drops=drops, rejects=len(wrong), wrong=len(wrong))


def suggest(
    marked: Sequence[Mark], pool: Sequence[str], *, own_terms: Collection[str], count: int = 5
) -> tuple[int, ...]:
    """Which texts of the pool would teach most if they were marked next: at most `count` indexes, best first."""
    known = {mark.text for mark in marked}
    del own_terms
    return tuple(index for index, text in enumerate(pool) if text not in known)[:count]
