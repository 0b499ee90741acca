"""Stack Exchange's particulars: quotas and waiting that stand in bodies, sites in many spellings, edits."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from listener.connector import NeedsAttention, TryLater, registry, testing
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply

CONNECTOR = registry.find("stackexchange")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def question(number=1, **more):
    return {"question_id": number, "creation_date": int(NOW.timestamp()) - 60, "title": "Mills", **more}


def told(status=200, **body):
    return Reply(status=status, body=json.dumps(body).encode())


def polled(reply, *, ledger=None, now=NOW, cursor=None, **options):
    asked = CONNECTOR.options(search='"mills"', **options)
    return list(
        testing.poll(
            CONNECTOR, asked, lambda *_: reply, now=now, cursor=cursor, ledger=ledger or LedgerHere()
        )
    )


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("stackoverflow", "stackoverflow"),
        ("https://stackoverflow.com/questions", "stackoverflow"),
        ("https://es.stackoverflow.com", "es.stackoverflow"),
        ("dba.stackexchange.com", "dba"),
        ("https://meta.stackexchange.com", "meta.stackexchange"),
        ("mathoverflow.net", "mathoverflow.net"),
    ],
)
def test_a_site_may_be_written_as_its_name_or_its_address(written, site):
    assert CONNECTOR.options(site=written).site == site


def test_what_is_no_site_is_told():
    with pytest.raises(ValidationError, match="is no site of Stack Exchange"):
        CONNECTOR.options(site="two words")


def test_an_order_to_wait_stops_the_reading_and_holds_for_every_search():
    ledger = LedgerHere()
    waits = told(items=[question()], has_more=True, backoff=900, quota_remaining=99)
    ((kept,)) = polled(waits, ledger=ledger)
    assert kept.page.truncated
    with pytest.raises(TryLater) as raised:
        polled(waits, ledger=ledger, now=NOW + timedelta(seconds=300), site="superuser")
    assert raised.value.after == timedelta(seconds=600)
    (later,) = polled(told(items=[], quota_remaining=98), ledger=ledger, now=NOW + timedelta(seconds=901))
    assert later.page.found == ()


def test_a_day_without_requests_left_is_over_at_midnight():
    ledger = LedgerHere()
    polled(told(items=[question()], has_more=False, quota_remaining=0), ledger=ledger)
    with pytest.raises(TryLater, match=r"no requests to Stack Exchange are left until 2026-11-21 00:00 UTC"):
        polled(told(items=[]), ledger=ledger, now=NOW + timedelta(hours=1))
    assert polled(told(items=[]), ledger=ledger, now=NOW + timedelta(hours=17))


@pytest.mark.parametrize(
    ("number", "message", "kind", "said"),
    [
        (502, "too many requests from this IP, more requests available in 5400 seconds", TryLater, "5400"),
        (503, "temporarily unavailable", TryLater, "a fault of its own"),
        (
            400,
            "No site found for name `supperuser`",
            NeedsAttention,
            r"knows no site .*stackexchange.com/sites",
        ),
        (400, "`key` is not valid", NeedsAttention, "does not take the key .*stackapps.com"),
        (400, "q or title must be set", NeedsAttention, "check the source's options"),
    ],
)
def test_what_a_refusal_means_stands_in_its_body(number, message, kind, said):
    with pytest.raises(kind, match=said) as raised:
        polled(told(400, error_id=number, error_message=message))
    if number == 502:
        assert raised.value.after == timedelta(seconds=5400)


def test_an_edited_question_says_when_and_a_deleted_asker_is_nobody():
    at = int(NOW.timestamp())
    row = question(last_edit_date=at, owner={"user_type": "does_not_exist", "display_name": "user9"})
    ((kept,)) = polled(told(items=[row], has_more=False))
    (found,) = kept.page.found
    assert (found.edited_at, found.author, found.author_hidden) == (NOW, None, True)


def test_a_reputation_is_no_audience():
    row = question(owner={"user_id": 7, "display_name": "Ann", "reputation": 90_000})
    ((kept,)) = polled(told(items=[row], has_more=False))
    assert kept.page.found[0].author.reach is None
