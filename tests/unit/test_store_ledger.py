"""Budgets and what credentials are remembered by, on both databases: nothing forgotten, nothing spent twice, no token shown."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from listener.connector import Meter, UsedUp
from listener.connector.purse import Purse
from listener.domain.spending import Spent
from listener.store import ledger, tables
from listener.store.engine import open_database
from listener.store.ledger import StoredLedger
from listener.telemetry import LOG, REDACTION

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
X, OTHER = ("x", ""), ("x", "second")
TOKEN = "eyJhbGciOi.session.t0k3n"


@pytest.fixture(autouse=True)
def redaction():
    before = REDACTION._secrets
    yield
    REDACTION._secrets = before


def spending(amount):
    def how(known):
        known = known or Spent(began_at=NOW)
        return replace(known, spent=known.spent + amount)

    return how


def test_what_was_spent_is_known_after_a_restart(database, database_url):
    kept = StoredLedger(database)
    assert kept.spent(X, "usd") is None
    kept.change(X, "usd", spending(0.005), now=NOW)
    kept.change(X, "usd", lambda known: replace(known, left=12.5, resets_at=NOW + timedelta(days=3)), now=NOW)
    kept.change(OTHER, "usd", spending(7), now=NOW)
    again = open_database(database_url)
    assert StoredLedger(again).spent(X, "usd") == Spent(
        began_at=NOW, spent=0.005, left=12.5, resets_at=NOW + timedelta(days=3)
    )
    with again.read() as connection:
        assert {key: known.spent for key, known in ledger.all_spent(connection).items()} == {
            (X, "usd"): 0.005,
            (OTHER, "usd"): 7,
        }
    again.close()


def test_no_two_spend_the_same_be_they_threads_or_programs(database, database_url):
    """The first two find no row, and on PostgreSQL wait for each other's."""
    programs = [database, open_database(database_url)]
    ledgers = [StoredLedger(one) for one in programs]

    def spend(number):
        ledgers[number % 2].change(X, "usd", spending(1), now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(spend, range(60)))
    assert ledgers[0].spent(X, "usd").spent == 60
    programs[1].close()


def test_what_raises_leaves_the_meter_as_it_was(database):
    kept = StoredLedger(database)
    kept.change(X, "usd", spending(3), now=NOW)
    with pytest.raises(ZeroDivisionError):
        kept.change(X, "usd", lambda _: 1 / 0, now=NOW)
    assert kept.spent(X, "usd").spent == 3


@pytest.mark.parametrize("value", ["post.fields", {"access": TOKEN, "until": 12}, [1, 2.5, True], 0, ""])
def test_what_a_credential_is_remembered_by_comes_back_until_it_is_forgotten(database, value):
    kept = StoredLedger(database)
    assert kept.recall(X, "session") is None
    kept.remember(X, "session", "an earlier one", now=NOW)
    kept.remember(X, "session", value, now=NOW)
    assert kept.recall(X, "session") == value
    assert kept.recall(OTHER, "session") is None
    kept.remember(X, "session", None, now=NOW)
    assert kept.recall(X, "session") is None
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.remembered)) == 0


def test_a_remembered_token_is_shown_nowhere(database, database_url, caplog):
    StoredLedger(database).remember(X, "session", {"access": TOKEN}, now=NOW)
    REDACTION._secrets = ()
    again = open_database(database_url)
    StoredLedger(again).recall(X, "session")  # as after a restart
    again.close()
    caplog.handler.addFilter(REDACTION)
    with caplog.at_level(logging.DEBUG):
        LOG.error("refused: %s", TOKEN)
    caplog.handler.removeFilter(REDACTION)
    assert TOKEN not in caplog.text
    assert "refused: ***" in caplog.text
    assert TOKEN not in repr(StoredLedger(database))


def test_of_a_session_that_is_renewed_every_hour_the_last_two_are_hidden(database):
    kept = StoredLedger(database)
    tokens = [f"session-number-{number}" for number in range(50)]
    for token in tokens:
        kept.remember(X, "session", token, now=NOW)
    assert set(tokens) & set(REDACTION._secrets) == set(tokens[-2:])


CALLS = {"calls": Meter(name="calls", unit="calls", most=1_000, per=timedelta(hours=1))}


def told(database, left):
    """A purse of which an answer has just told how much is left, and its ledger."""
    kept = StoredLedger(database)
    purse = Purse(ledger=kept, account=X, meters=CALLS, now=NOW)
    purse.heed("calls", {"x-ratelimit-remaining": str(left), "x-ratelimit-reset": "600"})
    return purse, kept


def left(database):
    """As another program knows it."""
    known = StoredLedger(database).spent(X, "calls")
    return known and known.left


def test_what_an_answer_tells_beside_is_known_at_once_and_written_with_the_polls(database):
    _, kept = told(database, 20)
    assert (kept.spent(X, "calls").left, left(database)) == (20, None)
    kept.write_heard()
    kept.write_heard()
    assert left(database) == 20


def test_that_nothing_is_left_is_written_before_anything_else_is_asked(database):
    purse, _ = told(database, 0)
    assert left(database) == 0
    with pytest.raises(UsedUp):
        purse.allow("calls")


def test_a_reservation_counts_what_was_heard_before_it_and_is_written_at_once(database):
    purse, _ = told(database, 20)
    purse.reserve("calls", 15)
    known = StoredLedger(database).spent(X, "calls")
    assert (known.spent, known.left) == (15, 5)
    with pytest.raises(UsedUp):
        purse.reserve("calls", 10)
