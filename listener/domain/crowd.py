"""How many people, stories and mentions a window holds, and who would be left without its biggest story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The complaints of a window as a person counts them.

    Voices, by which a spike is decided, may be fewer: people who repeat one story are one voice. `unknown` are the people
    beside them who said something in that time whose label is unknown. `biggest_story` is the id of the one most people tell.
    """

    people: int
    stories: int
    mentions: int
    biggest_story_people: int
    people_without_it: int
    unknown: int = 0
    biggest_story: int = 0

    @property
    def unknown_matter(self) -> bool:
        """Whether there are so many of them that, did they complain too, the number of people would be another one."""
        return self.unknown > 0 and ENOUGH * self.unknown >= self.people


ENOUGH = 4
"""Unknown are worth a line where there is one to so many who complain."""


def crowd(complaints: Iterable[tuple[str, int]], *, unknown: Iterable[str] = ()) -> Crowd:
    """Count complaints given as (witness, story), and the witnesses whose label is unknown."""
    pairs = list(complaints)
    people = {witness for witness, _ in pairs}
    tellers: dict[int, set[str]] = {}
    for witness, story in pairs:
        tellers.setdefault(story, set()).add(witness)
    biggest = max(tellers, key=lambda story: (len(tellers[story]), -story), default=0)
    return Crowd(
        people=len(people),
        stories=len(tellers),
        mentions=len(pairs),
        biggest_story_people=len(tellers.get(biggest, ())),
        people_without_it=len({witness for witness, story in pairs if story != biggest}),
        unknown=len(set(unknown) - people),
        biggest_story=biggest,
    )
