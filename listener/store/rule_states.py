"""Where a rule that gathers stands, per client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from listener.store.alert_tables import rule_states
from listener.store.chunks import chunks
from listener.store.upsert import upsert


def get(connection: sa.Connection, client_id: str, rule: str) -> tuple[int, dict[str, Any]]:
    """The last match that the rule has seen (0 at first), and its state ({} at first)."""
    row = connection.execute(
        sa.select(rule_states).where(rule_states.c.client_id == client_id, rule_states.c.rule == rule)
    ).one_or_none()
    return (0, {}) if row is None else (row.last_match_id, dict(row.state))


def put(
    connection: sa.Connection, client_id: str, rule: str, *, last_match_id: int, state: Mapping[str, Any]
) -> None:
    """Remember where the rule stands."""
    connection.execute(
        upsert(connection, rule_states, keys=("client_id", "rule")),
        {"client_id": client_id, "rule": rule, "last_match_id": last_match_id, "state": dict(state)},
    )


def of(
    connection: sa.Connection, client_ids: Iterable[str], rule: str
) -> dict[str, tuple[int, dict[str, Any]]]:
    """The same for those of these clients that have one."""
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    query = sa.select(rule_states).where(rule_states.c.rule == rule)
    for some in chunks(list(client_ids)):
        for row in connection.execute(query.where(rule_states.c.client_id.in_(some))):
            found[row.client_id] = row.last_match_id, dict(row.state)
    return found


def ending(connection: sa.Connection, rules: Iterable[str]) -> list[sa.Row[Any]]:
    """The states of these rules that have an `ends_at`; the others are not brought out of the database."""
    ends_at = rule_states.c.state["ends_at"].as_string()
    query = sa.select(rule_states).where(rule_states.c.rule.in_(list(rules)), ends_at.is_not(None))
    return list(connection.execute(query).all())
