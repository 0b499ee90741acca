"""The rules of a watch list: when something is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from listener.config import values
from listener.config.fields import ADay, Budget, Length, People, Switch
from listener.config.part import Part
from listener.domain.rules import GatherRule, GoodNewsRule, Rules, SpikeRule


class Spike(Part):
    """Fires when more people complain than chance explains."""

    false_alarms: Budget = Field(
        values.Rate(1, timedelta(days=30)),
        description="How many false alarms the whole list may bring: a number per day, week, month or year.",
    )
    per_client: bool = Field(
        False, description="Whether each client may bring as many, instead of the whole list."
    )
    at_least: People = Field(3, description="The fewest people that can make an alert.")
    severe_breaks_silence: bool = Field(
        False, description="Whether a severe incident is told under a silence and in quiet hours too."
    )

    def to_domain(self) -> SpikeRule:
        budget = self.false_alarms
        return SpikeRule(
            false_alarms=budget.count,
            per=budget.per,
            per_client=self.per_client,
            at_least=self.at_least,
            severe_breaks_silence=self.severe_breaks_silence,
        )


class GoodNews(Part):
    """Tells when more people praise than chance explains."""

    false_alarms: Budget = Field(
        values.Rate(1, timedelta(days=30)),
        description="How many notices without a reason the whole list may bring: a number per day, week, month or year.",
    )
    per_client: bool = Field(
        False, description="Whether each client may bring as many, instead of the whole list."
    )
    at_least: People = Field(3, description="The fewest people that can make a notice.")

    def to_domain(self) -> GoodNewsRule:
        budget = self.false_alarms
        return GoodNewsRule(
            false_alarms=budget.count, per=budget.per, per_client=self.per_client, at_least=self.at_least
        )


class Gather(Part):
    """Tells each mention, gathered for a while."""

    gather_for: Length = Field(
        timedelta(minutes=15), description="How long mentions are gathered into one message."
    )
    at_most: ADay = Field(
        20, description="The most messages a day about one client; what is over is counted."
    )

    def to_domain(self) -> GatherRule:
        return GatherRule(gather_for=self.gather_for, at_most=self.at_most)


class RuleSet(Part):
    """When a list tells something. A rule is on with its defaults by `{}` or `on`, and off by `off`."""

    EMPTY_IS_ABSENT = False

    negative_spike: Annotated[Spike | None, Switch] = Field(
        Spike(), description="An alert when more people complain than chance explains."
    )
    good_news: Annotated[GoodNews | None, Switch] = Field(
        GoodNews(), description="A notice when more people praise than chance explains."
    )
    each_negative: Annotated[Gather | None, Switch] = Field(
        None, description="A plain message for negative mentions of quiet clients."
    )
    each_mention: Annotated[Gather | None, Switch] = Field(
        None, description="A plain message for every mention."
    )

    def to_domain(self) -> Rules:
        return Rules(
            negative_spike=None if self.negative_spike is None else self.negative_spike.to_domain(),
            good_news=None if self.good_news is None else self.good_news.to_domain(),
            each_negative=None if self.each_negative is None else self.each_negative.to_domain(),
            each_mention=None if self.each_mention is None else self.each_mention.to_domain(),
        )
