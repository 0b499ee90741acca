"""Whether a text that looks English is another language with English words in it, in Latin letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from listener.scoring.language_romanised import HINTS, TELLING, verbs
from listener.scoring.language_words import by_word, foreign, small_words

SHARE = 0.2
"""Share of telling words from which on a scorer of English cannot read a text: about half of it is then another language's."""


def mixed(words: Sequence[str]) -> tuple[str, float] | None:
    """The language, other than English, that enough of the words are of, and how sure that is in [0, 1]; None where there is none.

    Enough is a fifth of all, more than half as many as English has small words here, and more than a third language has.
    """
    if _telling().keys().isdisjoint(words):
        return None
    distinct = tuple(dict.fromkeys(words))
    told = _counted(distinct, _telling())
    told.update({code: count for code, count in _counted(distinct, _hints()).items() if code in told})
    code, count = told.most_common(1)[0]
    rival = max((many for other, many in foreign(distinct).items() if other != code), default=0)
    share = count / len(words)
    if share < SHARE or rival >= count or small_words(words).get("en", 0) >= 2 * count:
        return None
    return code, min(1.0, 0.5 + share)


def _counted(words: Iterable[str], table: Mapping[str, Sequence[str]]) -> Counter[str]:
    return Counter(code for word in words for code in table.get(word, ()))


@cache
def _telling() -> dict[str, tuple[str, ...]]:
    table = by_word(TELLING)
    for word in verbs():
        table.setdefault(word, ("hi",))
    return table


@cache
def _hints() -> dict[str, tuple[str, ...]]:
    return by_word(HINTS)
