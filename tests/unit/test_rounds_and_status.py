"""One round of everything, what is let go after a while, and what counts as being alive."""

import time
from datetime import timedelta

import pytest
import rounds
import sqlalchemy as sa
import telling
from fakeslack import poster, serving
from oneplace import START, found, one_place, page

from listener.domain.found import Refused
from listener.jobs.prune import KEEP_QUARANTINE, KEEP_SENT, prune
from listener.jobs.rounds import once
from listener.jobs.status import status
from listener.store import outbox, quarantine, tables
from listener.store.errors import ReadOnly, StoreError

COMPLAINTS = [
    "never sent my refund",
    "charged me twice, awful",
    "lost my order, terrible",
    "is rude and useless",
]


@pytest.fixture
def here(database):
    """A place whose pages a test sets, and a Slack for the accounts."""
    pages = []
    with serving() as slack, one_place(database, fetch=lambda _: pages) as here:
        here.pages, here.slack = pages, slack
        here.plan.receivers["accounts"] = rounds.receiver(slack.url)
        yield here


def one_round(here, *, everything=True):
    return once(
        here.database, here.plan, here.polls, poster(timeout=2.0),
        clock=here.clock, monotonic=time.monotonic, sleep=lambda seconds: here.later(seconds=seconds),
        everything=everything,
    )  # fmt: skip


def test_a_round_says_what_it_did(here):
    here.pages[:] = [page(found("Mills opens a shop", at=START), found("Nobody we know", 1, at=START))]
    done = one_round(here)
    assert (done.polled, dict(done.states), done.mentions) == (1, {"ok": 1}, 1)
    assert (done.alerts.opened, done.delivered.sent) == (0, 0)


def test_a_round_that_could_not_be_stored_ends_with_the_reason(database):
    def fetch(_):
        raise ReadOnly(where="here.db")

    with one_place(database, fetch=fetch) as here:
        began = time.monotonic()
        with pytest.raises(StoreError, match=r"here\.db cannot be written"):
            one_round(here)
        assert time.monotonic() - began < 30


def test_it_delivers_all_that_waits_at_the_pace_of_the_receiver(here):
    rounds.put(here.database, "a", "b", "c", now=START)
    done = one_round(here)
    assert (done.delivered.sent, len(here.slack.taken)) == (3, 3)
    assert here.now >= START + timedelta(seconds=2)


def test_it_does_not_wait_for_a_receiver_that_wants_a_pause(here):
    here.slack.script[:] = ["429 600"]
    rounds.put(here.database, "a", now=START)
    done = one_round(here)
    assert (done.delivered.sent, done.delivered.retried) == (0, 1)
    assert here.now < START + timedelta(seconds=60)


def test_what_is_given_up_is_told_elsewhere(here):
    here.slack.script[:] = ["no_service"]
    rounds.put(here.database, "a", now=START)
    one_round(here)
    with here.database.read() as connection:
        query = sa.select(tables.outbox.c.receiver, tables.outbox.c.message)
        told = {row.receiver: row.message["lines"] for row in connection.execute(query)}
    assert told["ops"][0].startswith("Receiver accounts is shut: Slack's webhook takes nothing any more")


def asked(here, *, round_age_s=0.1):
    return status(here.database, now=here.now, round_age_s=round_age_s)


def test_all_is_well_after_a_round(here):
    one_round(here)
    seen = asked(here)
    assert (seen.healthy, seen.troubles) == (True, ())
    assert seen.facts["sources"] == {"ok": 1}
    assert seen.facts["last_poll_at"] == START.isoformat()


def test_a_loop_that_stands_still_is_trouble(here):
    one_round(here)
    seen = asked(here, round_age_s=31.0)
    assert seen.troubles == ("no round has finished for 31 s: the loop is stalled",)


def test_a_source_that_is_due_and_not_polled_is_trouble(here):
    one_round(here)
    here.later(hours=2)
    (trouble,) = asked(here).troubles
    assert trouble.startswith("a source has been due for")


def test_a_notification_that_does_not_leave_is_trouble(here):
    one_round(here)
    rounds.put(here.database, "a", now=START - timedelta(minutes=31))
    assert asked(here).troubles == ("a notification has been waiting for 31 min",)


def test_a_database_that_does_not_answer_is_trouble_and_no_crash(sqlite_url, tmp_path):
    from listener.store.engine import open_database

    database = open_database(sqlite_url)
    (tmp_path / "listener.db").rename(tmp_path / "away.db")
    seen = status(database, now=START, round_age_s=0.1)
    database.close()
    assert not seen.healthy
    assert "it is gone" in seen.troubles[0]


def test_what_was_sent_or_set_aside_long_ago_is_let_go_and_what_waits_is_not(here):
    one_round(here)
    with here.database.write() as connection:
        target = connection.execute(sa.select(tables.targets.c.id)).scalar_one()
        for days in (KEEP_QUARANTINE + timedelta(days=1), timedelta(days=1)):
            refused = Refused(reason="It could not be read.", payload=b"x", external_id=str(days))
            quarantine.add(connection, target, refused, now=START - days)
    rounds.put(
        here.database, "old", "waits", now=START - KEEP_SENT - timedelta(days=2), message=telling.RESOLVED
    )
    with here.database.write() as connection:
        old = sa.update(tables.outbox).where(tables.outbox.c.key == "old@accounts")
        connection.execute(old.values(state="sent", sent_at=START - KEEP_SENT - timedelta(days=1)))
    assert prune(here.database, now=START) == 2
    assert prune(here.database, now=START) == 0
    with here.database.read() as connection:
        assert outbox.awaited(connection) == {"accounts"}
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.quarantine)).scalar_one() == 1
