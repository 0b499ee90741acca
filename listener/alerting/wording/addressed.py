"""What every message about a client bears: its id, and to whom it is addressed."""

from __future__ import annotations

from typing import Any

from listener.domain.rules import Watched


def alert_id(watched: Watched, rule: str, number: int, kind: str) -> str:
    """The id of one alert, the same in every attempt: client, rule, episode and what is said of it."""
    return f"{watched.client.id}/{rule}/{number}/{kind}"


def addressed(watched: Watched) -> dict[str, Any]:
    """The client and who answers for it."""
    return {
        "client": watched.client.name,
        "watch_list": watched.client.watch_list,
        "owner": watched.owner,
        "owner_slack": watched.owner_slack,
    }
