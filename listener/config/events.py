"""Planned events: when more will be said of a client, known before it happens."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, model_validator

from listener.config import values
from listener.config.fields import Name
from listener.config.part import Part
from listener.config.sentences import rejection
from listener.domain.localtime import first_at
from listener.domain.planned import Event

Moment = Annotated[values.Moment, PlainValidator(values.moment)]


class PlannedEvent(Part):
    """Something that will be talked about: a price rise, an outage, a sale."""

    client: Name = Field(description="The client that it is about: its name or its id.")
    name: Name = Field(description="What it is called.")
    from_: Moment = Field(
        alias="from", description="The first day, such as 2026-12-01, or a day with a time: 2026-12-01 14:00."
    )
    to: Moment = Field(description="The last day, which belongs to it, or a day with a time.")
    expect: Annotated[float, PlainValidator(values.expected)] = Field(
        1.0,
        description="How much will be said: `more` is three times as much as usual; `2 times` says it exactly.",
    )
    complaints: Literal["as usual", "stricter"] = Field(
        "as usual", description="`stricter` lets the rule negative_spike fire sooner in that time."
    )

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.at(self.to, ZoneInfo("UTC"), ends=True) <= self.at(self.from_, ZoneInfo("UTC")):
            raise rejection(
                [(("to",), "it ends before it begins: write a later day or time than that of `from`")]
            )
        return self

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.expect == 1 and self.complaints == "as usual":
            said = "this changes nothing: write expect: more, complaints: stricter, or both"
            raise rejection([((), said)])
        return self

    @staticmethod
    def at(moment: values.Moment, zone: ZoneInfo, *, ends: bool = False) -> datetime:
        """The instant in UTC; a day that ends something belongs to it."""
        day = moment.day + timedelta(days=1) if ends and moment.at is None else moment.day
        return first_at(day, moment.at or time(), zone)

    def to_domain(self, zone: ZoneInfo) -> Event:
        """With its days as the clocks of this zone show them."""
        return Event(
            name=self.name,
            since=self.at(self.from_, zone),
            until=self.at(self.to, zone, ends=True),
            expect=self.expect,
            stricter=self.complaints == "stricter",
        )
