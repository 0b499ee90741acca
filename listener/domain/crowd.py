"""How many people, stories and mentions a window holds, and who would be left without its biggest story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The complaints of a window as a person counts them.

    Voices, by which a spike is decided, may be fewer: people who repeat one story are one voice.
    """

    people: int
    stories: int
    mentions: int
    biggest_story_people: int
    people_without_it: int


def crowd(complaints: Iterable[tuple[str, int]]) -> Crowd:
    """Count complaints given as (witness, story)."""
    pairs = list(complaints)
    tellers: dict[int, set[str]] = {}
    for witness, story in pairs:
        tellers.setdefault(story, set()).add(witness)
    biggest = max(tellers, key=lambda story: (len(tellers[story]), -story), default=0)
    return Crowd(
        people=len({witness for witness, _ in pairs}),
        stories=len(tellers),
        mentions=len(pairs),
        biggest_story_people=len(tellers.get(biggest, ())),
        people_without_it=len({witness for witness, story in pairs if story != biggest}),
    )
