"""Words of a sentence that name somebody else than the client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from listener.domain.everyday import everyday
from listener.domain.masking import STAND_IN
from listener.scoring.sentence import Sentence
from listener.scoring.valence import tables

POSSESSIVE = STAND_IN + "'s"
CLIENT = frozenset({STAND_IN, POSSESSIVE})
"""How the words of a sentence name the client."""

FINITE = frozenset("is was are were has have had does did will can would isn't wasn't aren't".split())  # noqa: SIM905 - a list of words reads best as words
_MOVES = ("switch", "mov", "chang", "convert", "migrat", "defect", "went", "going", "jump")
_LEAVES = frozenset(
    """
    leave leaves leaving left quit quitting ditch ditched ditching dump dumped dumping drop dropped dropping
    """.split()  # noqa: SIM905 - as above
)
_PREFERS = frozenset({"prefer", "prefers", "preferred"})
_NO_NAME = frozenset(
    """
    anything average best better cash competitors competition elsewhere else everything expected free good great home life most nothing
    online school scratch usual work worse
    """.split()  # noqa: SIM905 - as above
)

_Place = tuple[int, Mapping[int, frozenset[str]]]
"""Where a name stands, counted from a word, and what must stand elsewhere."""

_BESIDE_CLIENT: tuple[_Place, ...] = ((1, {-1: CLIENT}), (-1, {1: CLIENT}))
_PLACES: Mapping[str, tuple[_Place, ...]] = {
    "unlike": ((1, {}),),
    "than": ((1, {}), (-3, {-2: FINITE, 1: CLIENT}), (-4, {-3: FINITE, 1: CLIENT})),
    "of": ((1, {-1: frozenset({"instead"})}),),
    "from": ((1, {2: frozenset({"to"}), 3: CLIENT}), (3, {1: CLIENT, 2: frozenset({"to"})})),
    "for": ((1, {-1: CLIENT, -2: _LEAVES}),),
    "to": ((1, {-1: CLIENT, -2: _PREFERS}),),
    **dict.fromkeys(("over", "beats", "beat", "outperforms", "vs", "versus", ">"), _BESIDE_CLIENT),
}


def names_another(sentence: Sentence, at: int) -> bool:
    """Whether a word is somebody else's name: a handle, or what looks like a name.

    The first word of a sentence has a capital anyway: it is a name where it does something. The handles that a reply begins with
    say only who hears it.
    """
    if sentence.tokens[at][:1] == "@":
        return not _opens(sentence, at)
    word = sentence.written[at]
    if not word[:1].isupper() or word.isupper() or sentence.lowered[at] in everyday():
        return False
    return at > 0 or (len(sentence.lowered) > 1 and sentence.lowered[1] in FINITE)


def _opens(sentence: Sentence, at: int) -> bool:
    return all(
        token[:1] == "@" or word in CLIENT
        for token, word in zip(sentence.tokens[:at], sentence.lowered[:at], strict=True)
    )


def rivals(sentence: Sentence) -> set[str]:
    """Words that are names by their place in a comparison or a move, in small letters too: "switched from mills to globex".

    And every handle but those that a reply begins with.
    """
    known = set(_handles(sentence)) if "@" in sentence.text else set()
    placed = [at for at, word in enumerate(sentence.lowered) if word in _PLACES]
    if placed:
        there = _by_place(sentence, placed)
        known.update(sentence.lowered[at] for at in there if _can_be_a_name(sentence, at))
    return known


def _handles(sentence: Sentence) -> Iterator[str]:
    for at, token in enumerate(sentence.tokens):
        if token[:1] == "@" and not _opens(sentence, at):
            yield sentence.lowered[at]


def _by_place(sentence: Sentence, placed: Sequence[int]) -> Iterator[int]:
    lowered = sentence.lowered
    for at in placed:
        word = lowered[at]
        for place, needed in _PLACES[word]:
            there = at + place
            if (
                0 <= there < len(lowered)
                and all(
                    0 <= at + off < len(lowered) and lowered[at + off] in those
                    for off, those in needed.items()
                )
                and (word != "from" or _moves(sentence, at))
            ):
                yield there


def _moves(sentence: Sentence, at: int) -> bool:
    return any(word.startswith(_MOVES) for word in sentence.lowered[max(0, at - 4) : at])


def _can_be_a_name(sentence: Sentence, at: int) -> bool:
    """Whether it is no word of every day, none that says good or bad, and no part of a longer phrase."""
    word = sentence.lowered[at]
    if not word.isalnum() or word.isdecimal() or word in CLIENT or word in _NO_NAME:
        return False
    if word in everyday() or word in tables().lexicon:
        return False
    if sentence.ends[at] or at + 1 == len(sentence.lowered):
        return True
    following = sentence.lowered[at + 1]
    return following in everyday() or following in CLIENT or following in _PLACES
