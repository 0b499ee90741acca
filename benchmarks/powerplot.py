"""The picture of how surely a burst is found: an SVG written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 612, 28, 310
COLOURS = {2: "#8a8a8a", 4: "#c77700", 8: "#0b6e99"}
LEAST, MOST = 0.15, 260.0


def drawing(lines: Mapping[int, Sequence[tuple[float, float, float]]]) -> str:
    """By factor the points (voices a day, found, found by the oracle) as a whole SVG document."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_axes(sorted({rate for points in lines.values() for rate, _, _ in points})),
    ]
    for factor, points in lines.items():
        colour = COLOURS[factor]
        ours, theirs = ([(rate, pair[which]) for rate, *pair in points] for which in (0, 1))
        parts += [_line(theirs, colour, "1.2", ' stroke-dasharray="5 4"'), _line(ours, colour, "2.4", "")]
        parts += [
            f'<circle cx="{_x(rate):.1f}" cy="{_y(share):.1f}" r="3.2" fill="{colour}"/>'
            for rate, share in ours
        ]
    parts += _legend(lines)
    return "\n".join([*parts, "</svg>", ""])


def _x(rate: float) -> float:
    return LEFT + (RIGHT - LEFT) * (log10(rate) - log10(LEAST)) / (log10(MOST) - log10(LEAST))


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _line(points: Sequence[tuple[float, float]], colour: str, width: str, more: str) -> str:
    path = " ".join(f"{_x(rate):.1f},{_y(share):.1f}" for rate, share in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{more}/>'


def _axes(rates: Sequence[float]) -> list[str]:
    parts = [
        f'<line x1="{LEFT}" y1="{_y(share):.1f}" x2="{RIGHT}" y2="{_y(share):.1f}" stroke="#dddddd"/>'
        f'<text x="{LEFT - 8}" y="{_y(share) + 4:.1f}" text-anchor="end" fill="#333333">{share:.0%}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    parts += [
        f'<text x="{_x(rate):.1f}" y="{BOTTOM + 18}" text-anchor="middle" fill="#333333">{rate:g}</text>'
        for rate in rates
    ]
    middle = (LEFT + RIGHT) / 2
    title = "negative voices a day; bursts of six hours found while they last"
    parts.append(f'<text x="{middle}" y="{BOTTOM + 40}" text-anchor="middle" fill="#333333">{title}</text>')
    return parts


def _legend(factors: Mapping[int, object]) -> list[str]:
    parts = []
    for number, factor in enumerate(factors):
        y = TOP + 14 + 20 * number
        parts.append(
            f'<line x1="70" y1="{y}" x2="98" y2="{y}" stroke="{COLOURS[factor]}" stroke-width="2.4"/>'
            f'<text x="106" y="{y + 4}" fill="#333333">×{factor} the usual rate</text>'
        )
    y = TOP + 14 + 20 * len(factors)
    parts.append(
        f'<line x1="70" y1="{y}" x2="98" y2="{y}" stroke="#333333" stroke-width="1.2" stroke-dasharray="5 4"/>'
        f'<text x="106" y="{y + 4}" fill="#333333">an oracle that knows the true rate</text>'
    )
    return parts
