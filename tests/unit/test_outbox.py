from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
import telling

from listener.store import outbox, receivers
from listener.store.engine import open_database
from listener.store.tables import outbox as table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


def add(database, *keys, receiver="accounts", now=NOW, message=telling.FIRING):
    with database.write() as conn:
        return [
            outbox.add(
                conn, key=f"{key}@{receiver}", receiver=receiver, message=replace(message, id=key), now=now
            )
            for key in keys
        ]


def claim(database, *, now=NOW, token="mine", names=("accounts",)):
    with database.write() as conn:
        return outbox.claim(conn, now=now, receivers=names, token=token, lease=LEASE)


def states(database):
    with database.read() as conn:
        return [row.state for row in conn.execute(sa.select(table.c.state).order_by(table.c.id))]


def test_a_key_is_taken_once_for_ever(database):
    assert add(database, "a", "a") == [True, False]
    (held,) = claim(database)
    with database.write() as conn:
        assert outbox.sent(conn, held, now=NOW) == 1
    assert add(database, "a") == [False]
    assert states(database) == ["sent"]


@pytest.mark.parametrize(
    "message", [*telling.ALL.values(), replace(telling.FIRING, headline="\x00 \ud800 🔥")]
)
def test_a_message_comes_back_as_it_was_put_in(database, message):
    add(database, message.id, message=message)
    (held,) = claim(database)
    assert held.notifications[0].message == message
    assert held.notifications[0].created_at == NOW


def test_it_takes_one_of_each_receiver_oldest_first(database):
    add(database, "a", "b")
    add(database, "c", receiver="ops")
    add(database, "d", receiver="elsewhere")
    held = claim(database, names=("accounts", "ops"))
    assert [(each.receiver, [one.message.id for one in each.notifications]) for each in held] == [
        ("accounts", ["a"]),
        ("ops", ["c"]),
    ]
    assert [each.notifications[0].attempt for each in held] == [1, 1]
    assert states(database) == ["sending", "pending", "sending", "pending"]


def test_a_receiver_has_one_request_on_its_way(database):
    add(database, "a", "b")
    assert claim(database)
    assert claim(database, token="another") == []


def test_two_senders_at_once_never_hold_the_same_row(database, database_url):
    names = [f"receiver-{number}" for number in range(12)]
    for name in names:
        add(database, "a", receiver=name)
    with closing(open_database(database_url)) as other, ThreadPoolExecutor(max_workers=2) as pool:
        together = Barrier(2)

        def take(where, token):
            together.wait(timeout=30)
            return [held for name in names for held in claim(where, token=token, names=[name])]

        futures = [pool.submit(take, where, token) for where, token in ((database, "one"), (other, "two"))]
        held = [each for future in futures for each in future.result(timeout=60)]
    assert sorted(each.receiver for each in held) == sorted(names)
    with database.write() as conn:
        assert sum(outbox.sent(conn, each, now=NOW) for each in held) == len(names)


def test_who_lost_the_claim_changes_nothing(database):
    add(database, "a")
    (lost,) = claim(database, token="first")
    with database.write() as conn:
        assert outbox.recover(conn, now=NOW + LEASE + SECOND) == 1
    (held,) = claim(database, token="second", now=NOW + LEASE + SECOND)
    with database.write() as conn:
        assert outbox.sent(conn, lost, now=NOW) == 0
        assert outbox.dead(conn, lost, error="x") == 0
        assert outbox.retry(conn, lost, next_try_at=NOW, in_doubt=False, error="x") == 0
    assert states(database) == ["sending"]
    with database.write() as conn:
        assert outbox.sent(conn, held, now=NOW) == 1
        assert outbox.sent(conn, held, now=NOW) == 0


def test_what_a_crash_left_comes_back_in_doubt_when_its_lease_is_over(database):
    add(database, "a")
    claim(database)
    with database.write() as conn:
        assert outbox.recover(conn, now=NOW + LEASE) == 0
        assert outbox.recover(conn, now=NOW + LEASE + SECOND) == 1
    (again,) = claim(database)
    assert again.notifications[0].in_doubt
    assert again.notifications[0].attempt == 2


def test_a_daemon_that_starts_alone_takes_back_all_claims_at_once(database):
    add(database, "a")
    claim(database)
    with database.write() as conn:
        assert outbox.recover(conn, now=NOW, orphaned=True) == 1


def test_a_clock_that_jumped_back_leaves_nothing_stuck(database):
    add(database, "a", "b", now=NOW)
    (held,) = claim(database, now=NOW)
    before = NOW - timedelta(days=3_650)
    with database.write() as conn:
        receivers.hold(conn, "accounts", until=NOW)
        assert outbox.recover(conn, now=before) == 1
    assert [each.id for each in claim(database, now=before)[0].notifications] == [held.notifications[0].id]


def test_doubt_once_raised_stays(database):
    add(database, "a")
    for in_doubt in (True, False):
        (held,) = claim(database)
        with database.write() as conn:
            assert outbox.retry(conn, held, next_try_at=NOW, in_doubt=in_doubt, error="no answer") == 1
    assert claim(database)[0].notifications[0].in_doubt


def test_a_held_or_dead_receiver_is_left_alone_until_its_time(database):
    add(database, "a")
    with database.write() as conn:
        receivers.hold(conn, "accounts", until=NOW + SECOND)
    assert claim(database) == []
    with database.write() as conn:
        receivers.kill(conn, "accounts", reason="archived", fingerprint="f")
    assert claim(database, now=NOW + SECOND) == []
    with database.read() as conn:
        stands = receivers.standings(conn)["accounts"]
        assert (stands.dead_reason, stands.fingerprint, stands.not_before_at) == (
            "archived",
            "f",
            NOW + SECOND,
        )
    with database.write() as conn:
        receivers.revive(conn, "accounts")
    assert len(claim(database)) == 1


def test_the_oldest_unsent_is_the_oldest_that_somebody_could_take(database):
    add(database, "a", receiver="shut", now=NOW - 2 * SECOND)
    add(database, "b", now=NOW - SECOND)
    add(database, "c", now=NOW)
    with database.write() as conn:
        receivers.kill(conn, "shut", reason="archived", fingerprint="f")
        assert outbox.oldest_unsent_at(conn) == NOW - SECOND
    (held,) = claim(database)
    with database.write() as conn:
        assert outbox.oldest_unsent_at(conn) == NOW - SECOND
        outbox.sent(conn, held, now=NOW)
        assert outbox.oldest_unsent_at(conn) == NOW


def test_an_empty_box_has_nothing_to_tell(database):
    with database.read() as conn:
        assert outbox.oldest_unsent_at(conn) is None
        assert outbox.count_by_state(conn) == {}
        assert outbox.newest(conn) == []
        assert outbox.awaited(conn) == set()


def test_a_person_can_read_the_box(database):
    add(database, "a", "b", "c")
    (held,) = claim(database)
    with database.write() as conn:
        outbox.dead(conn, held, error="refused")
        assert outbox.count_by_state(conn) == {"dead": 1, "pending": 2}
        assert [each.notification.message.id for each in outbox.newest(conn, limit=2)] == ["c", "b"]
        (dead,) = outbox.newest(conn, states=["dead"])
    assert (dead.notification.message.id, dead.state, dead.error, dead.sent_at) == (
        "a",
        "dead",
        "refused",
        None,
    )


def test_what_is_buried_is_given_back_in_order(database):
    add(database, "a", now=NOW - SECOND)
    add(database, "b")
    add(database, "c", receiver="ops")
    with database.write() as conn:
        old = outbox.bury(conn, "accounts", error="off", older_than=NOW)
        rest = outbox.bury(conn, "accounts", error="off")
    assert [each.message.id for each in (*old, *rest)] == ["a", "b"]
    assert states(database) == ["dead", "dead", "pending"]
