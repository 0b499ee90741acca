"""The counts of a while as a picture: bars, the window that is told about in red, what is usual as a band behind them.

A PNG with a palette and a hand of numbers, written by zlib and struct alone (W3C, Portable Network Graphics, 3rd edition).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from listener.domain.chart import Chart

WIDTH, HEIGHT = 640, 200
BLOCKS_MOST = 200
"""More than so many blocks are drawn as the last so many: a bar needs three points."""

_PAPER, _BAND, _BAR, _MARKED, _INK, _LINE = range(6)
_PALETTE = bytes.fromhex("ffffff d6e4f5 5b6b7f c62828 333333 b8c0ca".replace(" ", ""))
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 14, 28
_SCALE = 2
_LABELS = 6

# Five rows of three points for each sign, as one number in base 2, top left first.
_GLYPHS = {
    "0": 0b111_101_101_101_111,
    "1": 0b010_110_010_010_111,
    "2": 0b111_001_111_100_111,
    "3": 0b111_001_111_001_111,
    "4": 0b101_101_111_001_001,
    "5": 0b111_100_111_001_111,
    "6": 0b111_100_111_101_111,
    "7": 0b111_001_001_010_010,
    "8": 0b111_101_111_101_111,
    "9": 0b111_101_111_001_111,
    ":": 0b000_010_000_010_000,
}


class _Canvas:
    """Points as numbers of the palette, rows from the top."""

    def __init__(self) -> None:
        self.rows = [bytearray(WIDTH) for _ in range(HEIGHT)]

    def fill(self, left: int, top: int, right: int, bottom: int, colour: int) -> None:
        """The points from (left, top) to before (right, bottom), as far as they are on the canvas."""
        left = min(max(left, 0), WIDTH)
        right = min(max(right, left), WIDTH)
        for row in self.rows[max(top, 0) : max(bottom, 0)]:
            row[left:right] = bytes([colour]) * (right - left)

    def write(self, text: str, left: int, top: int) -> None:
        for place, sign in enumerate(text):
            for x, y in _points(_GLYPHS.get(sign, 0)):
                at, under = left + (4 * place + x) * _SCALE, top + y * _SCALE
                self.fill(at, under, at + _SCALE, under + _SCALE, _INK)


def picture(chart: Chart) -> bytes:
    """A PNG of 640 by 200 points."""
    shown = _last(chart)
    canvas = _Canvas()
    most = max([1, *shown.counts, *(high for _, high in shown.usual)])
    for block in range(len(shown.counts)):
        _draw_block(canvas, shown, block, most)
    bottom = HEIGHT - _BOTTOM
    canvas.fill(_LEFT, bottom, WIDTH - _RIGHT, bottom + 1, _LINE)
    for number in (0, most):
        text = str(number)
        canvas.write(text, _LEFT - 8 - _width(text), _height(number, most) - 5)
    return _png(canvas.rows)


def _last(chart: Chart) -> Chart:
    cut = max(0, len(chart.counts) - BLOCKS_MOST)
    first, end = chart.marked
    return Chart(
        counts=tuple(max(0, count) for count in chart.counts[cut:]),
        usual=chart.usual[cut:],
        marked=(max(0, first - cut), max(0, end - cut)),
        labels=chart.labels[cut:],
        block_s=chart.block_s,
    )


def _draw_block(canvas: _Canvas, chart: Chart, block: int, most: int) -> None:
    left, right = _edges(block, len(chart.counts))
    bottom = HEIGHT - _BOTTOM
    if block < len(chart.usual):
        low, high = chart.usual[block]
        canvas.fill(left, _height(high, most), right, max(_height(low, most), _height(high, most) + 2), _BAND)
    gap = max(1, (right - left) // 6)
    is_marked = chart.marked[0] <= block < chart.marked[1]
    top = _height(chart.counts[block], most)
    canvas.fill(left + gap, top, right - gap, bottom, _MARKED if is_marked else _BAR)
    if is_marked:
        canvas.fill(left, bottom, right, bottom + 3, _MARKED)
    every = max(1, -(-len(chart.counts) // _LABELS))
    if block % every == 0 and block < len(chart.labels):
        canvas.fill(left, bottom, left + 1, bottom + 6, _LINE)
        canvas.write(chart.labels[block], left, bottom + 9)


def _edges(block: int, blocks: int) -> tuple[int, int]:
    width = WIDTH - _LEFT - _RIGHT
    return _LEFT + width * block // blocks, _LEFT + width * (block + 1) // blocks


def _height(count: int, most: int) -> int:
    """The row in which a bar of so many ends."""
    bottom = HEIGHT - _BOTTOM
    return bottom - (bottom - _TOP) * count // most


def _width(text: str) -> int:
    return 4 * len(text) * _SCALE


def _points(glyph: int) -> Iterator[tuple[int, int]]:
    for place in range(15):
        if glyph >> (14 - place) & 1:
            yield place % 3, place // 3


def _png(rows: list[bytearray]) -> bytes:
    header = struct.pack(
        ">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0
    )  # eight bits that name a colour of the palette
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
