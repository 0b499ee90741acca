"""How long a client could not be heard."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.alerting.pasts import heard_by
from listener.domain.client import Client
from listener.store import evidence


def deaf_for(
    connection: sa.Connection, client: Client, *, since: datetime, until: datetime
) -> timedelta | None:
    """How much of this time nobody listened for this client; None where it has no place to be heard at.

    An hour in which one of four places could not hear is a quarter of an hour. A place is deaf until it was read to its
    end for the first time.
    """
    since_by_place = evidence.hearing(connection, client)
    if not since_by_place or since >= until:
        return None
    ready = {place: at or until for place, at in since_by_place.items()}
    heard = heard_by(connection, ready, since=since, until=until)
    return (until - since) - heard.time(since, until) / heard.places
