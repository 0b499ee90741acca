"""The texts that a proposal rests on: what was marked, what is stored, and what the client's context settles already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from listener.domain.grammar import parse_term
from listener.domain.item import Item
from listener.domain.naming import Names, Own, is_telling, names
from listener.domain.reading import Reading
from listener.domain.words import normalise

READ = 20_000  # characters of a stored text; marked ones are read whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A text that a person called about the client or not; `examples` of the configuration are marks as well."""

    text: str
    about: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Every text once, by index.

    `marks` says of the marked ones whether they are about the client; `pool` is the index of each stored match.
    `settled` do not count even now; `right` and `wrong` are the marked ones that do.
    """

    folded: Sequence[str]
    texts: Sequence[Names]
    marks: dict[int, bool]
    pool: Sequence[int]
    settled: frozenset[int]
    own: Own

    @classmethod
    def of(
        cls,
        marks: Sequence[Mark],
        pool: Sequence[str],
        *,
        own_terms: Collection[str],
        any_of: Sequence[str] = (),
        none_of: Sequence[str] = (),
    ) -> Ground:
        own = Own(own_terms)
        texts = dict.fromkeys((*(mark.text for mark in marks), *(text[:READ] for text in pool)))
        places: dict[str, int] = {}
        at = {text: places.setdefault(normalise(text), len(places)) for text in texts}
        written: dict[int, str] = {}
        for text, place in at.items():
            written.setdefault(place, text)
        return cls(
            folded=tuple(places),
            texts=[tuple(name for name in names(text) if name not in own) for text in places],
            marks={at[mark.text]: mark.about for mark in marks},
            pool=[at[text[:READ]] for text in pool],
            settled=_settled(tuple(written.values()), any_of, none_of),
            own=own,
        )

    @property
    def right(self) -> list[int]:
        return [index for index, about in self.marks.items() if about and index not in self.settled]

    @property
    def wrong(self) -> list[int]:
        return [index for index, about in self.marks.items() if not about and index not in self.settled]

    def beside(self, index: int) -> frozenset[str]:
        """The telling words right before or after the client's name."""
        return frozenset(filter(is_telling, self.own.beside(self.folded[index])))

    def hints(self) -> dict[int, bool]:
        """The unmarked texts with a word beside the name as in texts marked so, and in none marked otherwise: one company for each
        such pair of words (Yarowsky, "One Sense Per Collocation", 1993).
        """
        right, wrong = self._beside_any(about=True), self._beside_any(about=False)
        found: dict[int, bool] = {}
        for index in range(len(self.texts)):
            beside = frozenset() if index in self.marks else self.beside(index)
            like_right, like_wrong = not beside.isdisjoint(right), not beside.isdisjoint(wrong)
            if like_right is not like_wrong:
                found[index] = like_right
        return found

    def _beside_any(self, *, about: bool) -> frozenset[str]:
        return frozenset(
            name for index, said in self.marks.items() if said is about for name in self.beside(index)
        )


def _settled(texts: Sequence[str], any_of: Sequence[str], none_of: Sequence[str]) -> frozenset[int]:
    if not any_of and not none_of:
        return frozenset()
    wanted, excluded = [parse_term(term) for term in any_of], [parse_term(term) for term in none_of]
    readings = [Reading(Item(text=text)) for text in texts]
    return frozenset(
        index
        for index, reading in enumerate(readings)
        if (wanted and not any(map(reading.holds, wanted))) or any(map(reading.holds, excluded))
    )
