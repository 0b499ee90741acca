"""What is left of what there is only so much of, as rows for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from listener.connector.ledger import Account
from listener.connector.target import Target
from listener.domain.meter import Meter
from listener.domain.spending import RESERVE, Spent, current, period


class Budgets:
    """The meters of the configured targets, with what was spent of each."""

    def __init__(
        self, spent: Mapping[tuple[Account, str], Spent], targets: Iterable[Target], *, now: datetime
    ) -> None:
        self._rows: dict[tuple[Account, str], dict[str, Any]] = {}
        for target in targets:
            account = (target.kind, target.credential)
            for meter in _meters(target):
                if (account, meter.name) not in self._rows:
                    known = spent.get((account, meter.name))
                    self._rows[account, meter.name] = _row(account, meter, known, now=now)

    def all(self) -> list[dict[str, Any]]:
        """Each once, by kind, key and name."""
        return [self._rows[key] for key in sorted(self._rows)]

    def of(self, target: Target) -> list[dict[str, Any]]:
        """Those that this target spends."""
        account = (target.kind, target.credential)
        return [self._rows[account, meter.name] for meter in _meters(target)]


def _meters(target: Target) -> Iterable[Meter]:
    return target.connector.meters(target.options) if target.connector.meters else ()


def _row(account: Account, meter: Meter, spent: Spent | None, *, now: datetime) -> dict[str, Any]:
    """`left` is by the place's own count, None where it has not said; `resets` the first time at which there is more."""
    known = current(spent or Spent(began_at=now), meter, now)
    _, end = period(meter, known.began_at, now)
    resets = known.resets_at if known.left is not None and known.left < 1 else None
    return {
        "kind": account[0],
        "credential": account[1],
        "name": meter.name,
        "unit": meter.unit,
        "used": known.spent,
        "most": meter.most,
        "reserve": None if meter.most is None else meter.most * RESERVE,
        "left": known.left,
        "resets": resets or (end if meter.most is not None else known.resets_at),
    }


def sentence(budget: Mapping[str, Any]) -> str:
    """One of them in words: "12 of 100 searches used, resets 2026-03-03 08:00 UTC"."""
    most = "" if budget["most"] is None else f" of {figure(budget['most'])}"
    left = "" if budget["left"] is None else f", by the place {figure(budget['left'])} left"
    resets = "" if budget["resets"] is None else f", resets {budget['resets']:%Y-%m-%d %H:%M} UTC"
    return f"{figure(budget['used'])}{most} {budget['unit']} used{left}{resets}"


def figure(amount: float) -> str:
    """As people write it: 10,000 units, 0.005 dollars."""
    return f"{amount:,.3f}".rstrip("0").removesuffix(".")
