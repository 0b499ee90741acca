"""Which script a text is written in, where that tells the language or leaves few."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """Letters, the language they are by themselves ("" where they leave it open), and those that are written in them too."""

    code: str
    others: frozenset[str] = frozenset()

    def writes(self, code: str) -> bool:
        return code == self.code or code in self.others


_CYRILLIC = Script("", frozenset("ru uk be bg sr mk kk ky mn tg tt ba cv os sah av ce mhr kv bxr xal".split()))  # fmt: skip  # noqa: SIM905 - reads best as words
_ARABIC = Script("ar", frozenset("arz fa ur ps ckb ug sd azb mzn pnb".split()))  # noqa: SIM905 - as above
_DEVANAGARI = Script("hi", frozenset("mr ne sa bh mai new gom".split()))  # noqa: SIM905 - as above
_BENGALI = Script("bn", frozenset(["as", "bpy"]))
_HEBREW = Script("he", frozenset(["yi"]))
_CHINESE = Script("zh", frozenset(["ja", "yue", "wuu"]))
_KANA = Script("ja")

_BLOCKS = (
    (0x370, 0x3FF, Script("el")), (0x400, 0x52F, _CYRILLIC), (0x530, 0x58F, Script("hy")), (0x590, 0x5FF, _HEBREW),
    (0x600, 0x6FF, _ARABIC), (0x750, 0x77F, _ARABIC), (0x900, 0x97F, _DEVANAGARI), (0x980, 0x9FF, _BENGALI),
    (0xA00, 0xA7F, Script("pa")), (0xA80, 0xAFF, Script("gu")), (0xB00, 0xB7F, Script("or")), (0xB80, 0xBFF, Script("ta")),
    (0xC00, 0xC7F, Script("te")), (0xC80, 0xCFF, Script("kn")), (0xD00, 0xD7F, Script("ml")), (0xD80, 0xDFF, Script("si")),
    (0xE00, 0xE7F, Script("th")), (0xE80, 0xEFF, Script("lo")), (0xF00, 0xFFF, Script("bo", frozenset(["dz"]))),
    (0x1000, 0x109F, Script("my")), (0x10A0, 0x10FF, Script("ka", frozenset(["xmf"]))), (0x1100, 0x11FF, Script("ko")),
    (0x1200, 0x139F, Script("am")), (0x1780, 0x17FF, Script("km")), (0x3040, 0x30FF, _KANA), (0x3130, 0x318F, Script("ko")),
    (0x3400, 0x9FFF, _CHINESE), (0xAC00, 0xD7AF, Script("ko")), (0xFB50, 0xFDFF, _ARABIC), (0xFE70, 0xFEFE, _ARABIC),
)  # fmt: skip
_STARTS = [start for start, _, _ in _BLOCKS]

_UNSPACED = frozenset(["zh", "ja", "ko"])
"""One letter of these says as much as three in others."""


def script_of(text: str) -> tuple[Script, float] | None:
    """The script, other than Latin, that most of the letters are of, and their share in (0.5, 1]; None where there is none."""
    if text.isascii():
        return None
    letters = [letter for letter in text if letter.isalpha()]
    counts = Counter(filter(None, map(_script, letters)))
    if not counts:
        return None
    weights = {script: count * (3 if script.code in _UNSPACED else 1) for script, count in counts.items()}
    foreign = sum(weights.values())
    share = foreign / (foreign + len(letters) - sum(counts.values()))
    best = _KANA if _KANA in counts and _CHINESE in counts else max(weights, key=lambda one: weights[one])
    return (best, share) if share > 0.5 else None


def _script(letter: str) -> Script | None:
    point = ord(letter)
    if point < 0x370:
        return None
    _, end, script = _BLOCKS[bisect_right(_STARTS, point) - 1]
    return script if point <= end else None
