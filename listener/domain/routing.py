"""Which receivers hear an alert: each names the least severity from which on it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from listener.domain.message import Severity

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the least to the greatest."""


def told(
    receivers: Iterable[str], least: Mapping[str, Severity], severity: Severity | None
) -> tuple[str, ...]:
    """Those of the receivers that hear news of this severity; news without one is heard by those who hear everything.

    `least` holds the receivers that do not hear everything.
    """
    level = SEVERITIES.index(severity or "minor")
    return tuple(one for one in receivers if SEVERITIES.index(least.get(one, "minor")) <= level)
