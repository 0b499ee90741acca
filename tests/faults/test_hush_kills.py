"""kill -9 where a silence is summed up, quiet hours end and a digest is told: each of it is told, and once."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import add_client
from world import listener, write_config

from listener.domain.message import Message
from listener.domain.silence import About, Matchers, Withheld
from listener.store import silences, tables, withheld
from listener.store.engine import open_database

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
NOBODY = "http://127.0.0.1:9"  # the feed and the receiver: what is told stays in the outbox
EXTRA = 'digest: {daily: "00:00", to: [accounts]}\n'


def hide(database):
    """A message under a silence that is over, and one in quiet hours that are no more."""
    about = About(client_id="Mills", watch_list="key-accounts", rule="each_mention")
    with database.write() as connection:
        add_client(connection, "Mills")
        silence = silences.add(
            connection,
            Matchers(),
            starts_at=NOW - 2 * HOUR,
            ends_at=NOW - HOUR,
            author="Dana",
            comment="deploy",
            now=NOW,
        )
        for number, held_by in enumerate((silence.id, None)):
            message = Message(
                id=f"Mills/each_mention/{number}/mentions", kind="mentions", headline="1 mention"
            )
            why = Withheld(until=NOW - HOUR, silence=held_by)
            withheld.add(connection, message, "accounts", about, why, now=NOW - 2 * HOUR)


def kinds(database):
    with database.read() as connection:
        messages = connection.scalars(sa.select(tables.outbox.c.message))
        return sorted(one["kind"] for one in messages if one["kind"] != "health")


@pytest.mark.slow
def test_a_death_at_each_of_them_loses_nothing_and_tells_nothing_twice(database_url, tmp_path):
    config = write_config(
        tmp_path,
        feeds=[f"{NOBODY}/talk.xml"],
        clients=["Mills"],
        hook=f"{NOBODY}/hook",
        database=database_url,
        extra=EXTRA,
    )
    told = []
    with closing(open_database(database_url)) as database:
        hide(database)
        for boundary in ("silence-summed-up", "quiet-ended", "digest-composed", "digest-told"):
            words = ("run", "-c", str(config), "--once")
            died = listener(*words, hook=f"{NOBODY}/hook", check=False, LISTENER_DIE_AT=boundary)
            assert died.returncode == -9, died.stderr
            told.append(kinds(database))
        in_time = ["hidden", "mentions"]
        assert told == [["hidden"], in_time, in_time, ["digest", *in_time]]
        listener("run", "-c", str(config), "--once", hook=f"{NOBODY}/hook")
        assert kinds(database) == told[-1]
