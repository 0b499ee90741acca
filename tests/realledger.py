"""The books of the real run: what the database holds, beside what the oracle says that it must hold."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa

from listener.domain.identity import identity_hash
from listener.store import tables


@dataclass(kw_only=True)
class Books:
    """Where they differ. `beyond` are mentions from feeds that feedparser cannot read and we can: no loss, no surprise."""

    entries: int = 0
    expected: int = 0
    stored: int = 0
    merged: int = 0
    aside: int = 0
    beyond: int = 0
    lost: list = field(default_factory=list)
    unexpected: list = field(default_factory=list)
    twice: list = field(default_factory=list)
    stuck: list = field(default_factory=list)
    integrity: str = "ok"


@dataclass(frozen=True, kw_only=True)
class Held:
    """Rows of the database, by what they are looked for."""

    mentions: dict[int, sa.Row]
    identities: dict[bytes, int]
    targets: dict[str, int]
    clients: dict[int, set[str]]
    aside: set[int]


def compared(database_url, readings, *, root):
    """`readings` are the oracle's, by path below `root`."""
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        held = _held(connection)
        books = Books(
            entries=sum(reading.entries for reading in readings.values()),
            stored=len(held.mentions),
            stuck=_stuck(connection),
            twice=_twice(connection),
            integrity=_integrity(connection),
        )
    engine.dispose()
    expected = _expected(held, readings, root, books)
    _unexpected(held, readings, root, expected, books)
    return books


def _held(connection):
    names = _pairs(connection, tables.clients.c.id, tables.clients.c.name)
    clients = defaultdict(set)
    for mention, client in connection.execute(
        sa.select(tables.matches.c.mention_id, tables.matches.c.client_id)
    ):
        clients[mention].add(names[client])
    known = sa.select(tables.identities.c.hash, tables.identities.c.mention_id)
    return Held(
        mentions={row.id: row for row in connection.execute(sa.select(tables.mentions))},
        identities={bytes(row.hash): row.mention_id for row in connection.execute(known)},
        targets=_pairs(connection, tables.targets.c.scope, tables.targets.c.id),
        clients=clients,
        aside=set(connection.scalars(sa.select(tables.quarantine.c.target_id))),
    )


def _pairs(connection, key, value):
    return {row[0]: row[1] for row in connection.execute(sa.select(key, value))}


def _expected(held, readings, root, books):
    """The clients that each stored mention must be matched with; items without a mention are noted as lost or aside."""
    wanted: dict[int, set] = {}
    for path, reading in readings.items():
        scope = root + path
        target = held.targets.get(scope)
        for item in reading.items:
            books.expected += 1
            mention = _mention_of(held, item, scope, target, given=wanted)
            if mention is not None:
                books.merged += mention in wanted
                wanted[mention] = wanted.get(mention, set()) | item.clients
            elif target in held.aside:
                books.aside += 1
            else:
                books.lost.append((path, item.id, sorted(item.clients)))
    return wanted


def _mention_of(held, item, scope, target, *, given):
    """By its identity; where a feed gives no id, or one to several, by its words: those not given away yet come first."""
    if item.id is not None and not item.shared:
        mention = held.identities.get(identity_hash("rss", scope, item.id))
        if mention is not None:
            return mention
    alike = [
        row.id for row in held.mentions.values() if row.target_id == target and _words(row) == item.words
    ]
    return min(alike, key=lambda number: (number in given, number), default=None)


def _words(row):
    from oracle import Said, folded, words

    return words(Said(folded(row.title or ""), folded(row.text)))


def _unexpected(held, readings, root, expected, books):
    paths = {target: scope.removeprefix(root) for scope, target in held.targets.items()}
    for number, row in held.mentions.items():
        reading = readings.get(paths[row.target_id])
        if reading is not None and not reading.is_feed and not reading.entries:
            books.beyond += 1
        elif held.clients[number] != expected.get(number):
            books.unexpected.append(
                (
                    paths[row.target_id],
                    row.external_id,
                    sorted(held.clients[number]),
                    sorted(expected.get(number, ())),
                )
            )


def _twice(connection):
    """The same item in two rows, and counts that say more or less than the matches that they count."""
    columns = (tables.mentions.c.target_id, tables.mentions.c.external_id)
    again = sa.select(*columns).group_by(*columns).having(sa.func.count() > 1)
    found = [tuple(row) for row in connection.execute(again)]
    counted, real = Counter(), Counter()
    for row in connection.execute(sa.select(tables.counts)):
        counted[row.client_id] += row.mentions
    for row in connection.execute(sa.select(tables.matches.c.client_id).where(~tables.matches.c.backfill)):
        real[row.client_id] += 1
    return found + [
        (client, counted[client], real[client])
        for client in counted | real
        if counted[client] != real[client]
    ]


def _stuck(connection):
    claimed = sa.select(tables.targets.c.scope).where(tables.targets.c.claimed_until.is_not(None))
    unsent = sa.select(tables.outbox.c.key, tables.outbox.c.state).where(tables.outbox.c.state != "sent")
    return [*connection.scalars(claimed), *map(tuple, connection.execute(unsent))]


def _integrity(connection):
    if connection.dialect.name != "sqlite":
        return "ok"
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return str(broken) if broken else connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()


def is_heard(database_url, scope):
    """Whether the first poll of this target has come to its end: what comes from now on is news."""
    engine = sa.create_engine(database_url)
    heard = sa.select(tables.hearings.c.since_at).join(tables.targets).where(tables.targets.c.scope == scope)
    try:
        with engine.connect() as connection:
            times = list(connection.scalars(heard))
    except sa.exc.OperationalError:  # no tables yet
        return False
    finally:
        engine.dispose()
    return bool(times) and all(times)
