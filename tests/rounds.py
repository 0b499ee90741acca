"""Rounds of delivery for tests, in this process or in one that dies; receivers write to a Slack on loopback.

As a program it runs one round: `python rounds.py DATABASE_URL URL ISO_TIME`, after taking back what a dead one left. The URL
is that of a webhook, or of the API for a bot.
"""

import sys
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import telling
from fakeslack import TOKEN, poster

from listener.alerting.deliver import deliver_round
from listener.notify import registry
from listener.notify.contract import AnyNotifier, ReceiverOptions
from listener.store import outbox
from listener.store.engine import open_database


@dataclass(frozen=True, kw_only=True)
class Receiver:
    name: str
    notifier: AnyNotifier
    options: ReceiverOptions

    @property
    def off(self):
        return self.options.off


def receiver(url, *, name="accounts", kind="slack"):
    notifier = registry.find(kind)
    return Receiver(name=name, notifier=notifier, options=notifier.options(**{notifier.short: url}))


def bot(api_url, *, name="accounts", channel="C0ALERTS"):
    notifier = registry.find("slack_bot")
    options = notifier.options(token=TOKEN, channel=channel, api_url=api_url)
    return Receiver(name=name, notifier=notifier, options=options)


def put(database, *ids, now, receiver="accounts", message=telling.RESOLVED, **changes):
    """Lay one message for each id into the box, each of an incident of its own."""
    with database.write() as conn:
        for number, each in enumerate(ids):
            kept = replace(message, id=each, incident=message.incident and number, **changes)
            outbox.add(conn, key=f"{each}@{receiver}", receiver=receiver, message=kept, now=now)


@dataclass
class Rounds:
    """A database, its receivers, and a clock that is set by hand."""

    database: object
    now: datetime
    receivers: dict
    post: object
    fallback: str | None = None

    def round(self, *, after=timedelta(seconds=2)):
        """One round, some time later; logged facts are in `said`."""
        self.now += after
        self.said = []
        return deliver_round(
            self.database,
            now=self.now,
            receivers=self.receivers,
            post=self.post,
            fallback=self.fallback,
            log=lambda event, **facts: self.said.append((event, facts)),
        )

    def until_quiet(self, *, most=3_000):
        """Rounds at the times that they ask for, until nothing waits; the sums of what they did."""
        done = []
        for _ in range(most):
            done.append(self.round())
            if done[-1].next_try_at is None:
                break
            self.now = max(self.now, done[-1].next_try_at)
        else:
            raise AssertionError(f"something still waits after {most} rounds")
        return tuple(sum(getattr(each, count) for each in done) for count in ("sent", "retried", "dead"))

    def seconds(self):
        return self.now.timestamp()

    def states(self):
        with self.database.read() as conn:
            return outbox.count_by_state(conn)


def main():
    database_url, url, now = sys.argv[1:]
    at = datetime.fromisoformat(now)
    accounts = bot(url) if url.endswith("/api") else receiver(url)
    with closing(open_database(database_url)) as database:
        with database.write() as conn:
            outbox.recover(conn, now=at, orphaned=True)
        deliver_round(database, now=at, receivers={"accounts": accounts}, post=poster())


if __name__ == "__main__":
    main()
