"""Surges that the volume of talk explains: nobody is called for them, and they are not lost. The digest tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.alerting.looking import SURGE, Known
from listener.domain.spike import Spike
from listener.domain.volume import Volume
from listener.store import rule_states
from listener.store.engine import Database
from listener.telemetry import say

KEPT_FOR = timedelta(days=10)
"""Longer than the week of a weekly digest."""

ONE_FOR = timedelta(hours=24)
"""What surges within a day of a surge is the same one."""

GROWN = 1.5
"""So many times as many voices are worth writing down again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """One surge at its height: of `spoke` voices `complain`ed, `usual` is the share that usually does. Times are ISO 8601."""

    at: str
    window_h: float
    complain: int
    spoke: int
    usual: float


def note(database: Database, known: Known, spike: Spike, volume: Volume, *, now: datetime) -> bool:
    """Write a surge down, once, and again where it has grown; whether it was written."""
    surge = Surge(
        at=spike.ends_at.isoformat(),
        window_h=spike.window / timedelta(hours=1),
        complain=volume.complain,
        spoke=volume.spoke,
        usual=round(volume.usual, 3),
    )
    before = [one for one in _surges(known.surge) if now - datetime.fromisoformat(one.at) < KEPT_FOR]
    last = before[-1] if before else None
    if last is not None and abs(spike.ends_at - datetime.fromisoformat(last.at)) < ONE_FOR:
        if surge.spoke < GROWN * last.spoke:
            return False
        before[-1] = replace(surge, at=last.at)
    else:
        before.append(surge)
    with database.write() as connection:
        rule_states.put(
            connection,
            known.watched.client.id,
            SURGE,
            last_match_id=max(voice.match for voice in spike.voices),
            state={"surges": [asdict(one) for one in before]},
        )
    say(
        "surge-explained",
        client=known.watched.client.name,
        complain=surge.complain,
        spoke=surge.spoke,
        usual_share=surge.usual,
    )
    return True


def surges(
    connection: sa.Connection, client_ids: Iterable[str], *, since: datetime
) -> dict[str, list[Surge]]:
    """By client, those that were noted from `since` on; of clients that had any."""
    found = {
        client_id: [one for one in _surges(state) if datetime.fromisoformat(one.at) >= since]
        for client_id, (_, state) in rule_states.of(connection, client_ids, SURGE).items()
    }
    return {client_id: noted for client_id, noted in found.items() if noted}


def _surges(state: Mapping[str, Any]) -> list[Surge]:
    return [Surge(**one) for one in state.get("surges", ())]
