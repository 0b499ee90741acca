"""How much may be learned in one round, so that thousands of clients whose states must be made anew hold up nobody."""

from __future__ import annotations

LEARNED_AT_ONCE = 12_000
"""Days, of all clients together: a few seconds of CPU. It is four weeks of four hundred clients."""


class Ration:
    """So many days of history may be learned; who finds none left waits for the next round. None: as many as there are."""

    def __init__(self, days: float | None = None) -> None:
        self._left = days

    @property
    def is_spent(self) -> bool:
        return self._left is not None and self._left <= 0

    def take(self, days: float) -> bool:
        """Whether these may be learned; the last that are taken may be more than are left, so that every round gets on."""
        if self.is_spent:
            return False
        if self._left is not None:
            self._left -= max(days, 0.0)
        return True
