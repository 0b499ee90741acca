"""What a watch list asks to be told, and the client that it is told about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from listener.domain.client import Client
from listener.domain.message import Kind, Severity
from listener.domain.planned import Event
from listener.domain.quiet import QuietHours, quiet_until
from listener.domain.routing import told
from listener.domain.spike import Budget
from listener.domain.telling import Escalation, Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class SpikeRule:
    """Fire on more negative voices than chance explains: at most `false_alarms` `per` this long, over the whole list.

    With `per_client` each client has the whole budget. With `severe_breaks_silence` a severe incident is told in quiet hours and under a silence too.
    """

    false_alarms: float = 1.0
    per: timedelta = timedelta(days=30)
    per_client: bool = False
    at_least: int = 3
    severe_breaks_silence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodNewsRule:
    """Tell of more voices of praise than chance explains; the numbers mean the same as those of a spike."""

    false_alarms: float = 1.0
    per: timedelta = timedelta(days=30)
    per_client: bool = False
    at_least: int = 3


def budget(rule: SpikeRule | GoodNewsRule, *, clients: int, sooner: float = 1.0) -> Budget:
    """What a rule may bring by chance over a list of so many clients; `sooner` times as much where it is to fire sooner."""
    return Budget(
        false_alarms=rule.false_alarms * sooner, per=rule.per, clients=1 if rule.per_client else clients
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherRule:
    """Tell each mention, gathered `gather_for`, in at most `at_most` messages a day and client; the rest is counted."""

    gather_for: timedelta = timedelta(minutes=15)
    at_most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one list; None where it does not have the rule."""

    negative_spike: SpikeRule | None = field(default_factory=SpikeRule)
    good_news: GoodNewsRule | None = field(default_factory=GoodNewsRule)
    each_negative: GatherRule | None = None
    each_mention: GatherRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A client with all that an alert about it needs: who answers for it, who is told, by which rules.

    `list_size` is the number of clients among which the list's budget of false alarms is shared. `places` is what people
    call sources, by kind and scope, where the configuration names them. `timezone` is that of the owner, else of the file: the
    times in messages and the days of limits are in it, and in the `quiet` hours of the owner nothing is told. `least` is from which severity on a receiver is told,
    for those that are not told everything.
    """

    client: Client
    rules: Rules
    receivers: tuple[str, ...] = ()
    least: Mapping[str, Severity] = field(default_factory=dict)
    owner: str | None = None
    owner_slack: str | None = None
    list_size: int = 1
    events: tuple[Event, ...] = ()
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    timezone: tzinfo = UTC
    telling: Telling = field(default_factory=Telling)
    escalation: Escalation | None = None
    public_url: str | None = None
    quiet: QuietHours | None = None

    def told(self, severity: Severity | None) -> tuple[str, ...]:
        """The receivers that hear news of this severity. Of an incident it is the greatest that it had, so that who heard of
        it hears its end.
        """
        return told(self.receivers, self.least, severity)

    def second(self, receiver: str, kind: Kind) -> Escalation | None:
        """The second person, where it is this one whom such a message reaches at this receiver; None where it is the owner.

        It is whoever is asked, and whoever alone is reached there.
        """
        to = self.escalation
        if to is None or (
            kind != "escalated" and (receiver not in to.receivers or receiver in self.receivers)
        ):
            return None
        return to

    def quiet_until(self, receiver: str, kind: Kind, *, now: datetime) -> datetime | None:
        """When the quiet hours end that whoever such a message reaches there is in, in UTC; None outside of them."""
        person = self.second(receiver, kind) or self
        return quiet_until(person.quiet, now=now, zone=person.timezone)
