"""What one poll may spend of its credential's budgets, and what the credential is remembered by (contract.Purse)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from listener.connector.contract import JSON, AnyConnector, OptionsModel, UsedUp
from listener.connector.ledger import Account, Ledger, LedgerHere
from listener.domain import limits
from listener.domain.meter import Meter
from listener.domain.spending import Spent, Verdict, current, judge
from listener.door.errors import Paced


@dataclass(slots=True, kw_only=True)
class Purse:
    """`urgent` where the poll is for a client with an open incident: it may spend what is kept back, and need not keep pace."""

    ledger: Ledger
    account: Account
    meters: Mapping[str, Meter]
    now: datetime
    urgent: bool = False
    _reserved: dict[str, float] = field(default_factory=dict)
    _unasked: set[str] = field(default_factory=set)

    def reserve(self, meter: str, amount: float = 1.0) -> None:
        """Raises UsedUp where the budget has no more, Paced where only its turn has not come."""
        declared = self._declared(meter)
        verdict = Verdict(why="yes")

        def taken(known: Spent) -> Spent:
            nonlocal verdict
            verdict = judge(known, declared, amount, now=self.now, urgent=self.urgent)
            if not verdict.yes:
                return known
            left = None if known.left is None else known.left - amount
            return replace(known, spent=known.spent + amount, left=left)

        self._change(declared, taken)
        if not verdict.yes:
            raise self._refusal(declared, verdict)
        self._reserved[meter] = amount
        self._unasked.add(meter)

    def asked(self) -> None:
        """A request has left the machine: what was reserved for it is spent, unless it is settled otherwise."""
        self._unasked.clear()

    def give_back(self) -> None:
        """Nothing has left the machine: what was reserved since the last request is not spent."""
        for meter in sorted(self._unasked):
            self.settle(meter, 0.0)
        self._unasked.clear()

    def settle(self, meter: str, spent: float) -> None:
        reserved = self._reserved.pop(meter, 0.0)
        self._change(
            self._declared(meter),
            lambda known: replace(known, spent=max(0.0, known.spent + spent - reserved)),
        )

    def told(self, meter: str, *, left: float | None, resets_at: datetime | None) -> None:
        self._change(self._declared(meter), lambda known: replace(known, left=left, resets_at=resets_at))

    def allow(self, meter: str) -> None:
        """Raises UsedUp where the place has said that nothing is left."""
        declared = self._declared(meter)
        said = self.ledger.left(self.account, declared.name)
        if said is not None and said.left < 1 and said.resets_at is not None and said.resets_at > self.now:
            raise self._refusal(declared, Verdict(why="told", until=said.resets_at))

    def heed(self, meter: str, headers: Mapping[str, str]) -> None:
        """What an answer's headers say is left of this meter; written at once only where that forbids the next request."""
        said = limits.left(headers, now=self.now)
        if said is None:
            return
        if said.left < 1:
            self.told(meter, left=said.left, resets_at=said.resets_at)
        else:
            self.ledger.hear(self.account, self._declared(meter).name, said, now=self.now)

    def recall(self, name: str) -> JSON:
        return self.ledger.recall(self.account, name)

    def remember(self, name: str, value: JSON) -> None:
        self.ledger.remember(self.account, name, value, now=self.now)

    def _declared(self, meter: str) -> Meter:
        return self.meters.get(meter) or Meter(name=meter, unit=meter)

    def _change(self, declared: Meter, how: Callable[[Spent], Spent]) -> Spent:
        def changed(spent: Spent | None) -> Spent:
            return how(current(spent or Spent(began_at=self.now), declared, self.now))

        return self.ledger.change(self.account, declared.name, changed, now=self.now)

    def _refusal(self, meter: Meter, verdict: Verdict) -> Exception:
        assert verdict.until is not None
        after = verdict.until - self.now
        when = f"{verdict.until:%Y-%m-%d %H:%M} UTC"
        if verdict.why == "pace":
            said = f"The budget of {meter.unit} is spread over time: next at {when}."
            return Paced(said, until=verdict.until, after=after)
        return UsedUp(
            _sentence(meter, verdict, when),
            after=after,
            account="/".join((*self.account, meter.name)),
            forbidden=verdict.why == "told",
        )


def _sentence(meter: Meter, verdict: Verdict, when: str) -> str:
    if verdict.why == "kept back":
        return (
            f"What is left of the {meter.unit} is kept for clients with an open incident until {when}: "
            "raise the budget to hear more."
        )
    if verdict.why == "used up":
        return f"The budget of {meter.most:g} {meter.unit} is used up until {when}: raise it, or wait."
    return f"The place says that no {meter.unit} are left until {when}: it is asked again then."


def purse_for(
    connector: AnyConnector,
    options: OptionsModel,
    *,
    now: datetime,
    ledger: Ledger | None = None,
    urgent: bool = False,
) -> Purse:
    """The purse of a source; without a ledger one that forgets."""
    declared: Sequence[Meter] = connector.meters(options) if connector.meters else ()
    return Purse(
        ledger=ledger or LedgerHere(),
        account=(connector.kind, credential_of(options)),
        meters={meter.name: meter for meter in declared},
        now=now,
        urgent=urgent,
    )


def credential_of(options: OptionsModel) -> str:
    """The name of the key, which is part of a target's identity; empty for who has but one, or none."""
    name = getattr(options, "credential", "")
    return name if isinstance(name, str) else ""
