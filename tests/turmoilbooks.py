"""The books of the turmoil: what people did must have been told, once or with its label, and nothing may be stuck."""

from collections import Counter, defaultdict

import sqlalchemy as sa
from turmoil import HEARERS, LOUD, NIGHT, alert_id, told_by_receiver

from listener.store import tables

ENDS = {"resolved", "closed"}


def settled(here):
    """Whether nothing is left to do: all stored, told and ended."""
    return not stuck(here) and here.is_stored()


def stuck(here):
    """Rows that wait for somebody (L3)."""
    with here.engine.connect() as connection:
        queries = {
            "claimed": sa.select(tables.targets.c.scope).where(tables.targets.c.claimed_until.is_not(None)),
            "unsent": sa.select(tables.outbox.c.key, tables.outbox.c.state).where(
                tables.outbox.c.state != "sent"
            ),
            "withheld": sa.select(tables.withheld.c.key).where(tables.withheld.c.told_at.is_(None)),
            "silences": sa.select(tables.silences.c.id).where(tables.silences.c.summed_up_at.is_(None)),
            "incidents": sa.select(tables.incidents.c.client_id).where(tables.incidents.c.state != "closed"),
        }
        found = {name: [tuple(row) for row in connection.execute(query)] for name, query in queries.items()}
        groups = sa.select(tables.rule_states.c.state).where(tables.rule_states.c.rule == "each_mention")
        found["groups"] = [state for state in connection.scalars(groups) if state.get("ends_at")]
    return {name: rows for name, rows in found.items() if rows}


def doubled(here):
    """Items that stand in two rows (L0)."""
    columns = (tables.mentions.c.target_id, tables.mentions.c.external_id)
    return here.rows(sa.select(*columns).group_by(*columns).having(sa.func.count() > 1))


def integrity(here):
    if here.engine.dialect.name != "sqlite":
        return "ok"
    with here.engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()


def untold(here):
    """What people did and somebody was not told (L1), without asking the database what it means to have sent."""
    told = told_by_receiver(here)
    lost = []
    for client in troubled(here):
        for receiver in here.hearers(client):
            ids = {
                name.rpartition("/")[2] for name in told[receiver] if name.startswith(alert_id(client, ""))
            }
            lost += [(client, receiver, what) for what in missing(here, client, receiver, ids, told)]
    for day in here.days:
        lost += [
            (day, one) for one in ("accounts", "machines") if f"digest/{one}/daily/{day}" not in told[one]
        ]
    mentions = [
        one.words for name, each in told["machines"].items() if "/each_mention/" in name for one in each[:1]
    ]
    lost += [(text, "machines") for text in here.visits if sum(text in words for words in mentions) != 1]
    return lost


def troubled(here):
    return [client for client in (*LOUD, *NIGHT) if here.said[client]]


def missing(here, client, receiver, ids, told):
    """What of this client's incident is owed to this receiver and was not received."""
    hushed = client in here.silenced or client in NIGHT
    if hushed:
        summed = f"silence/{here.silenced.get(client)}/hidden"
        return [] if ids or summed in told[receiver] else ["anything"]
    owed = [what for what, receivers in here.owed[client] if receiver in receivers]
    lacking = [what for what in owed if not any(one.startswith(what) for one in ids)]
    return lacking if ids & ENDS else [*lacking, "its end"]


def repeated(here):
    """What was received again without its label (L2)."""
    return [
        (receiver, name, [one.repeat for one in each])
        for receiver, by_id in told_by_receiver(here).items()
        for name, each in by_id.items()
        if not all(one.repeat for one in each[1:])
    ]


def labelled(here):
    """How many messages came with their label."""
    each = [one for by_id in told_by_receiver(here).values() for some in by_id.values() for one in some]
    return len(each), sum(one.repeat for one in each)


def unlike(here):
    """Where what the outbox has sent and what was received are not the same (both ways)."""
    told = told_by_receiver(here)
    sent = defaultdict(set)
    for row in here.rows(sa.select(tables.outbox.c.receiver, tables.outbox.c.message)):
        sent[row.receiver].add(row.message["id"])
    differ = []
    for receiver in HEARERS["loud"]:
        groups = [each[0].words for name, each in told[receiver].items() if name.startswith("group:")]
        received = {name for name in told[receiver] if not name.startswith("group:")}
        lacking = sent[receiver] - received
        if len(lacking) > sum(words.count("\n") for words in groups):
            differ.append((receiver, sorted(lacking)))
        differ += [(receiver, name) for name in received - sent[receiver]]
    return differ


def astray(here):
    """Messages of the bot that begin another thread of their incident without being a possible repeat."""
    threads, wrong = {}, []
    for one in here.heard("bot"):
        client = one.id.partition("/")[0]
        if "/negative_spike/" not in one.id:
            continue
        known = threads.setdefault(client, set())
        if one.thread:
            if one.thread not in known:
                wrong.append((one.id, "a thread of nobody's"))
        elif known and not one.repeat:
            wrong.append((one.id, "a thread of its own"))
        known.add(one.thread or one.ts)
    return wrong


def opened(here):
    """How many incidents each client has."""
    query = sa.select(tables.incidents.c.client_id, sa.func.count().label("number"))
    return Counter(
        {row.client_id: row.number for row in here.rows(query.group_by(tables.incidents.c.client_id))}
    )
