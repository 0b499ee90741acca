"""What hosts asked of us, kept over a restart: until when to wait, and their robots.txt."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from listener.connector.robots import Robots
from listener.store.tables import hosts
from listener.store.upsert import insert


def hold(connection: sa.Connection, origin: str, until: datetime) -> None:
    """Ask nothing of this origin before then; of two such times the later one holds."""
    statement = insert(connection, hosts).values(origin=origin, not_before_at=until)
    held, asked = hosts.c.not_before_at, statement.excluded.not_before_at
    later = sa.case((held > asked, held), else_=asked)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["origin"], set_={"not_before_at": later})
    )


def holds(connection: sa.Connection, *, now: datetime) -> dict[str, datetime]:
    """The origins that are still to be left alone, and until when."""
    rows = connection.execute(
        sa.select(hosts.c.origin, hosts.c.not_before_at).where(hosts.c.not_before_at > now)
    )
    return {row.origin: row.not_before_at for row in rows}


def put_robots(connection: sa.Connection, origin: str, robots: Robots) -> None:
    """Remember this answer in the place of the one before."""
    new = {"robots_status": robots.status, "robots_body": robots.body, "robots_at": robots.at}
    connection.execute(
        insert(connection, hosts)
        .values(origin=origin, **new)
        .on_conflict_do_update(index_elements=["origin"], set_=new)
    )


def robots(connection: sa.Connection, origin: str) -> Robots | None:
    """What this origin answered last, or None where it was never asked."""
    row = connection.execute(_HOST, {"origin": origin}).one_or_none()
    if row is None or row.robots_at is None:
        return None
    return Robots(status=row.robots_status, body=row.robots_body, at=row.robots_at)


_HOST = sa.select(hosts).where(hosts.c.origin == sa.bindparam("origin"))
