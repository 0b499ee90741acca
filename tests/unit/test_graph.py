"""What errors of Meta's Graph API are worth: each says what mends it, and a limit is no refusal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("facebook_page")
PAGE = "104050607080901"


def options(**given):
    return CONNECTOR.options(**{"token": "of-nobody", "page": PAGE, **given})


def refusal(code, status=400, **told):
    error = {"code": code, "type": "OAuthException", "fbtrace_id": "A", "message": "", **told}
    return Reply(status=status, body=json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (refusal(4), TryLater, "we ask too often"),
        (refusal(32, 403), TryLater, "we ask too often"),
        (refusal(80_001), TryLater, "we ask too often"),
        (refusal(2, 500), TryLater, "a fault of its own"),
        (refusal(190, error_subcode=463), NeedsAttention, "has expired"),
        (refusal(190, error_subcode=460), NeedsAttention, "changed the password"),
        (refusal(190, error_subcode=458), NeedsAttention, "removed the app"),
        (refusal(190), NeedsAttention, "is not valid"),
        (
            refusal(10, message="(#10) This endpoint requires the 'pages_read_engagement' permission or"),
            NeedsAttention,
            "lacks pages_read_engagement",
        ),
        (refusal(200, 403, message="Permissions error"), NeedsAttention, "lacks a permission"),
        (refusal(100, error_subcode=33), NeedsAttention, "check the id, and whose token it is"),
        (refusal(2500, message="Unknown path components: /v19.0"), NeedsAttention, "write another `version`"),
        (refusal(100, message="Tried accessing nonexisting field"), NeedsAttention, "does not accept"),
    ],
)
def test_an_error_says_what_mends_it(answer, kind, said):
    with pytest.raises(kind, match=said):
        list(testing.poll(CONNECTOR, options(), lambda *_: answer, now=NOW))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": "123|abc"}, "the token of an app"),
        ({"token": "IGAAabc"}, "a token of another login"),
        ({"token": "access_token=EAAB"}, "no access token"),
        ({"version": "latest"}, "“latest” is no version"),
        ({"page": "Mills Supply"}, "“Mills Supply” is no page"),
    ],
)
def test_options_that_cannot_work_are_told(given, said):
    with pytest.raises(ValidationError, match=said):
        options(**given)


def test_an_app_that_has_used_all_of_its_calls_asks_nothing_until_it_may():
    ledger, asked = LedgerHere(), []
    usage = {"acc": [{"call_count": 100, "total_time": 5, "estimated_time_to_regain_access": 19}]}

    def answers(method, url, poll):
        asked.append(url)
        body = {"id": PAGE}
        return Reply(headers={"x-business-use-case-usage": json.dumps(usage)}, body=json.dumps(body).encode())

    for _ in range(2):
        with pytest.raises(TryLater, match="08:19 UTC") as raised:
            list(testing.poll(CONNECTOR, options(), answers, now=NOW, ledger=ledger))
        assert raised.value.after == timedelta(minutes=19)
    assert len(asked) == 1


def test_pages_are_smaller_once_meta_says_that_they_are_too_much():
    ledger, limits = LedgerHere(), []

    def answers(method, url, poll):
        if "limit=50" in url:
            limits.append(50)
            return refusal(1, 500, message="Please reduce the amount of data you're asking for, then retry")
        limits.extend([10] if "limit=10" in url else [])
        return Reply(body=json.dumps({"id": PAGE, "data": []}).encode())

    with pytest.raises(TryLater):
        list(testing.poll(CONNECTOR, options(read=["posts"]), answers, now=NOW, ledger=ledger))
    list(testing.poll(CONNECTOR, options(read=["posts"]), answers, now=NOW, ledger=ledger))
    assert limits == [50, 10]
