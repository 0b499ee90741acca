"""A client whose owner sleeps, and what is said, held back and told of it, for the tests of silences and quiet hours."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from builders import NOW, client

from listener.alerting import hush
from listener.alerting.tell import tell
from listener.domain.message import Message
from listener.domain.quiet import QuietHours
from listener.domain.rules import Rules, SpikeRule, Watched
from listener.domain.silence import Matchers
from listener.store import silences, tables
from listener.store.alert_tables import incidents

HOUR = timedelta(hours=1)
HALIFAX = ZoneInfo("America/Halifax")
NIGHT = datetime(2026, 3, 3, 3, tzinfo=UTC)  # eleven in the evening in Halifax
MORNING = datetime(2026, 3, 3, 11, tzinfo=UTC)  # seven there


def watched(name="mills", *, breaks=False, **more):
    rules = Rules(negative_spike=SpikeRule(severe_breaks_silence=breaks))
    return Watched(client=client(name), rules=rules, receivers=("accounts", "ops"), owner="Dana Lee", **more)


DANA = {"quiet": QuietHours(begins=time(20), ends=time(7)), "timezone": HALIFAX}


def opened(database, incident=1, name="mills", over_at=None, at=NOW):
    row = {
        "client_id": name,
        "rule": "negative_spike",
        "episode": incident,
        "state": "closed",
        "opened_at": at,
    }
    row |= {"id": incident, "resolved_at": over_at, "last_match_id": 0, "evidence": {}}
    with database.write() as connection:
        connection.execute(sa.insert(incidents).values(row))


def over(database, incident=1, *, at=NOW):
    with database.write() as connection:
        connection.execute(sa.update(incidents).where(incidents.c.id == incident).values(resolved_at=at))


def news(kind="firing", *, incident=1, name="mills", people=5, at=NOW, **more):
    headline = {"firing": f"{people} people, negative in the last 2 h; usual 0–1"}.get(kind, f"it was {kind}")
    return Message(
        id=f"{name}/negative_spike/{incident}/{kind}",
        kind=kind,
        headline=headline,
        client=name.title(),
        owner="Dana Lee",
        incident=incident,
        at=at.isoformat(),
        facts={"people": people},
        **more,
    )


def say(database, message, one=None, *, now=NOW, receivers=("accounts",)):
    with database.write() as connection:
        tell(connection, message, receivers, now=now, watched=one or watched())


def silence(database, *, hours=2, now=NOW, **matchers):
    with database.write() as connection:
        return silences.add(
            connection,
            Matchers(**matchers),
            starts_at=now,
            ends_at=now + hours * HOUR,
            author="Dana",
            comment="deploy",
            now=now,
        )


def end(database, *, now, clients=None):
    return hush.end(database, clients or {"mills": watched(), "acme": watched("acme")}, zone=UTC, now=now)


def told(database):
    with database.read() as connection:
        rows = connection.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id)).all()
    return [(row.receiver, row.message["kind"], row.message) for row in rows]


def kinds(database):
    return [kind for _, kind, _ in told(database)]
