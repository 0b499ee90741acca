"""Of what a credential has only so much: requests a window, units a day, dollars a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Period = timedelta | Literal["day", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One thing that is counted for a credential.

    name   what the connector calls it: "searches", "usd"
    unit   what a person reads behind the number: "searches", "dollars"
    most   how much a period has; None where only the place knows, and tells in its answers
    per    a length of time from the first spending on, or a calendar day or month in `zone`
    """

    name: str
    unit: str
    most: float | None = None
    per: Period = "day"
    zone: str = "UTC"
