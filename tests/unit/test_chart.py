"""The counts as signs, and as a picture."""

import json
import struct
import zlib
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOW

from listener.alerting.charting import chart, drawn_span
from listener.domain.chart import Chart
from listener.domain.sparkline import sparkline
from listener.domain.usual import Usual
from listener.notify.picture import HEIGHT, WIDTH, picture
from listener.notify.shape import chart_line

HOUR = timedelta(hours=1)
QUIET = Chart(
    counts=(*(0,) * 22, 1, 4),
    usual=((0, 1),) * 24,
    marked=(22, 24),
    labels=tuple(f"{hour:02}:15" for hour in range(24)),
)
RED = bytes.fromhex("c62828")


def decoded(png):
    """The points of a PNG with a palette, as rows of colours."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + content)
        chunks[name] = content
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (width, height, rest) == (WIDTH, HEIGHT, [8, 3, 0, 0, 0])
    data = zlib.decompress(chunks[b"IDAT"])
    rows = [data[row * (width + 1) + 1 : (row + 1) * (width + 1)] for row in range(height)]
    assert all(data[row * (width + 1)] == 0 for row in range(height))
    palette = chunks[b"PLTE"]
    assert max(map(max, rows)) < len(palette) // 3
    return [[palette[3 * point : 3 * point + 3] for point in row] for row in rows]


def test_the_signs_are_a_block_each_with_the_window_in_brackets():
    assert sparkline(QUIET) == "▁" * 22 + "[▂▅]"


def test_none_looks_like_nothing_else_and_the_most_is_the_tallest():
    shown = sparkline(Chart(counts=(0, 1, 500, 1_000)))
    assert shown == "▁▂▅█"
    assert sparkline(Chart(counts=(0, 0))) == "▁▁"
    assert sparkline(Chart(counts=())) == ""


def test_the_line_beside_it_says_how_long_and_how_many():
    assert chart_line(QUIET) == ("24 h", "▁" * 22 + "[▂▅]", "up to 4 an hour")
    assert chart_line(Chart(counts=(3,) * 24, block_s=7200))[::2] == ("48 h", "up to 3 in 2 h")


def test_the_picture_is_a_png_with_the_window_in_red():
    points = decoded(picture(QUIET))
    red = [column for column in range(WIDTH) if any(row[column] == RED for row in points)]
    assert min(red) > WIDTH * 0.85
    heights = [sum(row[column] == RED for row in points) for column in (min(red) + 12, max(red) - 12)]
    assert heights[1] > 3 * heights[0] > 0


@pytest.mark.parametrize(
    "drawn",
    [
        Chart(counts=()),
        Chart(counts=(0,)),
        Chart(counts=(10**9, 0), usual=((0, 10**9),), marked=(0, 9), labels=("<x>", "語")),
        Chart(counts=(1,) * 5_000, marked=(4_990, 5_000)),
        Chart(counts=(-5, 3), usual=((-2, -1), (0, 2))),
    ],
)
def test_a_picture_is_made_of_any_chart(drawn):
    assert len(picture(drawn)) < 10_000
    decoded(picture(drawn))


def test_a_chart_survives_json():
    assert Chart.from_json(json.loads(json.dumps(QUIET.to_json()))) == QUIET


def drawn(counts, *, window=HOUR, ends_at=NOW, now=NOW, usual=None, zone=UTC):
    span = drawn_span(window=window, ends_at=ends_at, now=now)
    return chart(counts, usual, span=span, marked=(ends_at - window / 2, ends_at), zone=zone)


def test_the_last_block_is_the_hour_that_ends_now():
    counts = [(NOW, 1), (NOW - timedelta(minutes=30), 2), (NOW - HOUR, 3), (NOW - 25 * HOUR, 9)]
    made = drawn(counts)
    assert made.counts == (*((0,) * 22), 3, 3)
    assert made.marked == (23, 24)
    assert made.labels[-1] == "11:15"
    assert len(made.counts) == 24


def test_its_clock_is_the_readers():
    assert drawn([], zone=ZoneInfo("America/Halifax")).labels[-1] == "07:15"


def test_a_long_window_is_drawn_in_two_days():
    made = drawn([], window=24 * HOUR)
    assert (made.block_s, len(made.counts)) == (7200, 24)


def test_a_window_that_was_heard_late_is_still_on_it():
    made = drawn([(NOW - 23 * HOUR, 7)], window=2 * HOUR, ends_at=NOW - 22.75 * HOUR)
    first, end = made.marked
    assert sum(made.counts[first:end]) == 7


def test_what_is_usual_stands_beside_each_block():
    made = drawn([], usual=Usual())
    assert len(made.usual) == 24
    assert all(0 <= low <= high for low, high in made.usual)
