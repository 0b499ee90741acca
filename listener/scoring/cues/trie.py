"""The trie of phrases, walked by all its alternatives at once.

Where the alternatives stand after a word is a state. States and the steps between them are worked out when first met and
remembered: from then on a word costs one look into a table, whatever the phrases are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

NUMBER, ONE, SOME = "NUMBER", ".", ".."
SKIPPED = 3
END = ""

Node: TypeAlias = dict[str, Any]
"""What may follow by symbol; what the phrase stands for by `END`."""

ENDED = 1
"""The bit of a letter that says that a clause ends behind the word."""

_LONGEST_WORD = 24
_MOST_STEPS = 200_000
_LISTING = frozenset({"and", "or"})

_BEHIND, _ANY = -2, -1
"""How a place goes on: by a symbol of its node, or to its node by any word. From 0 on it is the number of words skipped already."""


class _Place(NamedTuple):
    node: Node
    way: int


class Letters(dict[str, int]):
    """What a word is to the phrases, as a number. Most words are nothing to them, and share one."""

    def __init__(self, symbols: Iterable[str], most: int) -> None:
        """At most so many words are remembered."""
        super().__init__()
        symbols = frozenset(symbols)
        self._plain = frozenset(symbol for symbol in symbols if not symbol.endswith("*"))
        self._stems = frozenset(symbol[:-1] for symbol in symbols if symbol.endswith("*"))
        self._longest_stem = max(map(len, self._stems), default=0)
        self._most = most
        self._numbers: dict[tuple[tuple[str, ...], bool], int] = {}
        self._meant: list[tuple[tuple[str, ...], bool]] = []

    def __missing__(self, word: str) -> int:
        meant = (self._symbols(word), word in _LISTING)
        number = self._numbers.get(meant)
        if number is None:
            number = self._numbers[meant] = 2 * len(self._meant)
            self._meant.append(meant)
        if len(self) < self._most and len(word) <= _LONGEST_WORD:
            self[word] = number
        return number

    def meant(self, letter: int) -> tuple[tuple[str, ...], bool]:
        """The symbols that a word of this letter can be, the word itself first, and whether it lists."""
        return self._meant[letter >> 1]

    def _symbols(self, word: str) -> tuple[str, ...]:
        found = [word] if word in self._plain else []
        longest = min(len(word), self._longest_stem)
        found += (word[:size] + "*" for size in range(1, longest + 1) if word[:size] in self._stems)
        if _is_number(word):
            found.append(NUMBER)
        return tuple(found)


class State(dict[int, "State | None"]):
    """Where phrases stand behind a word. By letter it has the state behind the next word, None where no phrase goes on.

    whole    whether a phrase ends here
    meaning  what it stands for
    """

    __slots__ = ("_places", "_walk", "meaning", "whole")

    def __init__(self, places: Sequence[_Place], walk: Walk) -> None:
        super().__init__()
        self._places = places
        self._walk = walk
        met = [place.node for place in places if place.way == _BEHIND and END in place.node]
        self.whole = bool(met)
        self.meaning = met[0][END] if met else None

    def __missing__(self, letter: int) -> State | None:
        after = self._walk.after(self._places, letter)
        if self._walk.remembers():
            self[letter] = after
        return after


class Walk:
    """The states of a trie."""

    def __init__(self, root: Node, letters: Letters) -> None:
        self._letters = letters
        self._steps = 0
        self._states: dict[tuple[tuple[int, int], ...], State] = {}
        self.start = State([_Place(_merged(root), _BEHIND)], self)

    def after(self, places: Sequence[_Place], letter: int) -> State | None:
        """The state behind a word, for alternatives that stand at these places."""
        symbols, lists = self._letters.meant(letter)
        kept: dict[tuple[int, int], _Place] = {}
        for place in _next(places, symbols, ended=bool(letter & ENDED), lists=lists):
            kept.setdefault((id(place.node), place.way), place)
        key = tuple(kept)
        if not key or key in self._states:
            return self._states.get(key)
        state = State(list(kept.values()), self)
        if self._steps < _MOST_STEPS:
            self._states[key] = state
        return state

    def remembers(self) -> bool:
        """Whether there is room for one more step, which is then taken."""
        self._steps += 1
        return self._steps <= _MOST_STEPS


def _next(places: Sequence[_Place], symbols: Sequence[str], *, ended: bool, lists: bool) -> Iterator[_Place]:
    """Where the alternatives stand behind a word that can be these symbols, those first that go before others of their length."""
    for node, way in places:
        if way == _ANY:
            yield from _reached(node, ended=ended)
            continue
        for symbol in symbols:
            if symbol in node:
                yield from _reached(node[symbol], ended=ended)
        if 0 <= way < SKIPPED and not ended and not lists:
            yield _Place(node, way + 1)


def _reached(node: Node, *, ended: bool) -> Iterator[_Place]:
    yield _Place(node, _BEHIND)
    if ONE in node and not ended:
        yield _Place(node[ONE], _ANY)
    if SOME in node:
        yield _Place(node[SOME], 0)


def _merged(root: Node) -> Node:
    """The same trie with equal branches kept once: alternatives share what follows them."""
    kept: dict[tuple[object, ...], Node] = {}

    def merge(node: Node) -> Node:
        for symbol, branch in node.items():
            if symbol != END:
                node[symbol] = merge(branch)
        key = tuple(sorted((symbol, id(branch)) for symbol, branch in node.items()))
        return kept.setdefault(key, node)

    return merge(root)


@cache
def _number_words() -> frozenset[str]:
    return frozenset(
        "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty several".split()  # noqa: SIM905
    )


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or word in _number_words() or (word[:1] == "#" and word[1:].isdigit())
