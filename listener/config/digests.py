"""Digests: when somebody is told what was heard, alarmed, hidden and deaf, and to whom it goes."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from listener.config.fields import Names, Notified, TimeOfDay, WeeklyTime
from listener.config.part import Part
from listener.config.sentences import rejection


class Digests(Part):
    """When somebody is told what was heard, alarmed, hidden and deaf, and to whom it goes."""

    daily: TimeOfDay | None = Field(None, description='The time of day of the daily digest, such as "08:00".')
    weekly: WeeklyTime | None = Field(
        None, description="Day and time of the weekly digest, such as Fri 15:00."
    )

    @model_validator(mode="after")
    def _is_told_some_time(self) -> Self:
        if self.daily is None and self.weekly is None:
            raise rejection([((), 'this is never told: write daily: "08:00", weekly: Fri 15:00, or both')])
        return self


class ListDigests(Digests):
    """As the above, about one watch list."""

    to: Notified | None = Field(
        None, description="The receivers of the digest; without it, those of the list's alerts."
    )


class FileDigests(Digests):
    """As the above, about all watch lists or some."""

    to: Notified = Field(description="The receivers of the digest.")
    lists: Names = Field((), description="The watch lists that it is about; without it, all of them.")
