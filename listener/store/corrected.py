"""Which matches a person has labelled: those keep their label, whatever a newer scorer says."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa


def corrected(connection: sa.Connection, match_ids: Iterable[int]) -> frozenset[int]:  # noqa: ARG001 - nobody can correct a label yet
    """Which of these matches carry a person's label. As long as there is no command to correct one: none."""
    return frozenset()
