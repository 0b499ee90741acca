"""Tokens that outlive a crash, and clocks that do not agree."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from listener.connector import TryLater, oauth, testing
from listener.connector.ledger import LedgerHere
from listener.connector.purse import Purse
from listener.connector.testing import Reply
from listener.connector.visit import Told

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def visit(ledger, now=NOW):
    purse = Purse(ledger=ledger, account=("made_up", ""), meters={}, now=now)
    return testing.visit(lambda *_: Reply(), now=now, purse=purse)


def giving(name, seconds=3600, asked=None):
    def ask():
        if asked is not None:
            asked.append(name)
        body = f'{{"access_token": "{name}", "expires_in": {seconds}}}'
        return Told(url="https://t.example", headers={}, body=body.encode(), status=200)

    return ask


def test_a_token_is_asked_for_once_and_outlives_the_process():
    ledger, asked = LedgerHere(), []
    for minutes in (0, 20, 50):
        http = visit(ledger, NOW + timedelta(minutes=minutes))
        assert oauth.token(http, giving("first", asked=asked), whose="ann", place="X") == "first"
    assert asked == ["first"]


def test_it_is_renewed_before_it_ends():
    ledger = LedgerHere()
    oauth.token(visit(ledger), giving("first"), whose="ann", place="X")
    late = visit(ledger, NOW + timedelta(minutes=56))
    assert oauth.token(late, giving("second"), whose="ann", place="X") == "second"


def test_the_token_of_another_account_is_of_no_use():
    ledger = LedgerHere()
    oauth.token(visit(ledger), giving("first"), whose="ann", place="X")
    assert oauth.token(visit(ledger), giving("second"), whose="bob", place="X") == "second"


@pytest.mark.parametrize("seconds", ["null", "-1", "true", '"soon"', "1" + "0" * 400])
def test_a_time_that_cannot_be_keeps_no_token_for_ever(seconds):
    ledger = LedgerHere()
    oauth.token(visit(ledger), giving("first", seconds), whose="ann", place="X")
    later = visit(ledger, NOW + timedelta(days=1))
    assert oauth.token(later, giving("second"), whose="ann", place="X") == "second"


@pytest.mark.parametrize("name", ["", "two words", "line\\nbreak", "ключ"])
def test_an_answer_without_a_token_is_told(name):
    with pytest.raises(TryLater, match="without a token"):
        oauth.token(visit(LedgerHere()), giving(name), whose="ann", place="X")


def test_a_token_that_is_refused_is_asked_for_anew_once():
    sent = []

    def call(bearer):
        sent.append(bearer)
        return Told(url="https://t.example", headers={}, body=b"", status=401)

    assert oauth.called(call, lambda anew: "new" if anew else "old").status == 401
    assert sent == ["old", "new"]


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, None), (1, None), (7, r"off by 7 min \(slow\)"), (-1500, r"1,500 min \(fast\)")]
)
def test_a_clock_that_is_off_is_told_with_by_how_much(minutes, said):
    date = format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)
    answer = Told(url="https://t.example", headers={"date": date}, body=b"", status=400)
    trouble = oauth.clock_off(answer, NOW)
    assert (trouble is None) is (said is None)
    if said:
        assert re.search(said, trouble.reason)
