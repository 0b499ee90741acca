"""How incidents are told on: how long their news is gathered, how often they are repeated, and who else is told."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from listener.config.fields import Length, Name, Wait
from listener.config.part import Part
from listener.domain.message import Severity
from listener.domain.telling import Telling


class Tellings(Part):
    """When an incident is told, and told again."""

    group_wait: Wait = Field(
        timedelta(seconds=30),
        description="How long a new incident waits for what comes with it, before it is told; 0s for not at all.",
    )
    group_interval: Length = Field(
        timedelta(minutes=5), description="The least time between two messages about one incident."
    )
    repeat_every: Length = Field(
        timedelta(hours=4), description="How often an incident is told again that nobody has taken."
    )

    def to_domain(self) -> Telling:
        return Telling(
            group_wait=self.group_wait, group_interval=self.group_interval, repeat_every=self.repeat_every
        )


class Escalate(Part):
    """Who else is told of an incident that nobody takes."""

    after: Length = Field(
        timedelta(minutes=30), description="How long after its first message nobody may have taken it."
    )
    to: Name = Field(description="The key of people of whoever is told then.")
    severity: Severity = Field(
        "major", description="The least severity of an incident that is told on: minor, major or severe."
    )
