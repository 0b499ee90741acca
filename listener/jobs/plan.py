"""What a configuration comes down to for the jobs; made whole, swapped whole when the file changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from listener.alerting.attempt import Receiver
from listener.connector.target import Target
from listener.domain.client import Client
from listener.domain.digest import Digest
from listener.domain.rules import Watched
from listener.polling.intake import Intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Targets by identity, clients with their rules by id, receivers by name. Polls in flight keep the plan they began with."""

    targets: Mapping[tuple[str, str, str], Target]
    clients: tuple[Client, ...]
    watched: Mapping[str, Watched]
    receivers: Mapping[str, Receiver]
    health_receivers: tuple[str, ...]
    intake: Intake
    fallback: str | None = None
    digests: tuple[Digest, ...] = ()
    timezone: tzinfo = UTC
