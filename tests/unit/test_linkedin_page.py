"""What the linkedin_page connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from pydantic import ValidationError

from listener.connector import linkedin, registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)
CONNECTOR = registry.find("linkedin_page")
ORGANISATION = "urn:li:organization:2414183"
POST = "urn:li:activity:7394000000000000002"


def options(**given):
    return CONNECTOR.options(**{"token": "of-nobody", "organization": "2414183", **given})


def reply(body, status=200):
    return Reply(status=status, body=json.dumps(body).encode())


def told(action, number, *, at=MS, text="Mills", by="urn:li:person:ann"):
    urn = f"urn:li:comment:({POST},{number})"
    shown = {"comment": {"owner": by, "text": text, "entity": urn}} if text else {}
    return {
        "action": action,
        "sourcePost": POST,
        "generatedActivity": urn,
        "lastModifiedAt": at,
        "decoratedGeneratedActivity": shown,
    }


def comment(number, *, replies=0, by="urn:li:person:ann"):
    return {
        "commentUrn": f"urn:li:comment:({POST},{number})",
        "created": {"time": MS},
        "actor": by,
        "object": POST,
        "message": {"text": f"Mills {number}"},
        "commentsSummary": {"aggregatedTotalComments": replies},
    }


def place(notifications=(), comments=None, asked=None):
    """A page without posts of its own; comments by the end of the urn that they are on."""

    def answers(method, url, poll):
        path = unquote(url)
        if asked is not None:
            asked.append(url)
        if "/comments" not in path:
            return reply({"elements": list(notifications) if "Notifications" in path else []})
        for urn, rows in (comments or {}).items():
            if f"{urn}/comments" in path or f"{urn})/comments" in path:
                return reply({"elements": rows})
        return reply({"message": "gone"}, 404)

    return answers


def polled(answers, cursor=None, ledger=None, now=NOW):
    return list(testing.poll(CONNECTOR, options(), answers, now=now, cursor=cursor, ledger=ledger))


def ids(kept):
    return [one.external_id for each in kept for one in each.page.found]


@pytest.mark.parametrize(
    "written",
    [
        "2414183",
        ORGANISATION,
        "https://www.linkedin.com/company/2414183/admin/",
        "linkedin.com/company/2414183",
    ],
)
def test_an_organisation_may_be_written_as_people_write_it(written):
    assert options(organization=written).urn == ORGANISATION


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"organization": "https://www.linkedin.com/company/mills-supply"},
            "is no number of an organisation",
        ),
        ({"version": "26.0"}, "“26.0” is no version"),
        ({"version": "202613"}, "“202613” is no version"),
        ({"token": "WPL_AP1.abc"}, "the secret of an app"),
        ({"token": "my token"}, "no access token"),
        ({"days": 61}, "less than or equal to 60"),
    ],
)
def test_options_that_cannot_work_are_told(given, said):
    with pytest.raises(ValidationError, match=said):
        options(**given)


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            426,
            {"code": "NONEXISTENT_VERSION", "message": "Requested version is not active"},
            NeedsAttention,
            "`version`",
        ),
        (
            400,
            {"code": "VERSION_MISSING", "message": "A version must be present"},
            NeedsAttention,
            "`version`",
        ),
        (
            401,
            {"code": "EXPIRED_ACCESS_TOKEN", "message": "The token has expired"},
            NeedsAttention,
            "is expired",
        ),
        (
            401,
            {"code": "REVOKED_ACCESS_TOKEN", "message": "revoked by the user"},
            NeedsAttention,
            "is revoked",
        ),
        (401, {"message": "Invalid access token"}, NeedsAttention, "is not valid"),
        (
            403,
            {"code": "ACCESS_DENIED", "message": "Not enough permissions"},
            NeedsAttention,
            "r_organization_social",
        ),
        (404, {"message": "Could not find entity"}, NeedsAttention, "is the number of the organisation"),
        (
            400,
            {"code": "ILLEGAL_ARGUMENT", "message": "Syntax exception"},
            NeedsAttention,
            "Syntax exception",
        ),
        (429, {"message": "Too many requests in a minute"}, TryLater, "ask too often"),
    ],
)
def test_a_refusal_says_what_mends_it(status, body, kind, said):
    with pytest.raises(kind, match=said):
        polled(lambda *_: reply(body, status))


def test_a_used_up_day_ends_at_midnight_and_nothing_is_asked_before():
    ledger, asked = LedgerHere(), []

    def answers(method, url, poll):
        asked.append(url)
        said = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
        return reply({"message": said, "status": 429}, 429)

    for _ in range(2):
        with pytest.raises(TryLater, match="2026-11-21 00:00 UTC") as raised:
            polled(answers, ledger=ledger)
        assert raised.value.after == timedelta(hours=16)
    assert len(asked) == 1


def test_rest_li_gets_its_parentheses_as_they_are_and_the_urn_encoded():
    asked = []
    polled(place(asked=asked), now=NOW)
    (notifications,) = [url for url in asked if "Notifications" in url]
    assert "&actions=List(COMMENT,ADMIN_COMMENT," in notifications
    assert "&organizationalEntity=urn%3Ali%3Aorganization%3A2414183&" in notifications
    assert f"&timeRange=(start:{MS - 8 * 86_400_000},end:{MS})" in notifications


def test_a_comment_is_one_item_however_its_urn_is_spelled():
    answers = place([told("COMMENT", 7)], {POST: [comment(7)]})
    assert ids(polled(answers)) == ["comment:7", "comment:7"]


def test_a_comment_without_its_words_is_read_at_its_post():
    assert ids(polled(place([told("COMMENT", 7, text="")], {POST: [comment(7)]}))) == ["comment:7"]


def test_a_deleted_comment_is_told_gone_and_an_edited_one_says_when():
    rows = [told("COMMENT_DELETE", 7), told("COMMENT_EDIT", 8, text="Mills!")]
    kept = polled(place(rows, {POST: []}))
    assert [name for one in kept for name in one.page.gone] == ["comment:7"]
    (edited,) = [one for each in kept for one in each.page.found]
    assert (edited.external_id, edited.edited_at) == ("comment:8", NOW)


def test_replies_are_read_where_their_count_has_grown_and_a_deleted_post_stops_nothing():
    asked = []
    rows = [told("COMMENT", 7, text=""), {**told("COMMENT", 9, text=""), "sourcePost": "urn:li:share:gone"}]
    answers = place(rows, {POST: [comment(7, replies=1)], "7": [comment(8)]}, asked)
    first = polled(answers)
    assert ids(first) == ["comment:7", "comment:8"]
    assert not first[-1].page.truncated
    asked.clear()
    assert ids(polled(answers, first[-1].cursor)) == []
    assert not [url for url in asked if "socialActions" in url]


def test_more_posts_than_one_poll_reads_are_read_by_the_next():
    rows = [{**told("COMMENT", n, text=""), "sourcePost": f"urn:li:share:9{n:02}"} for n in range(15)]
    answers = place(rows, {f"urn:li:share:9{n:02}": [comment(n)] for n in range(15)})
    first = polled(answers)
    assert first[-1].page.truncated
    second = polled(answers, first[-1].cursor)
    assert not second[-1].page.truncated
    assert sorted(ids([*first, *second])) == sorted(f"comment:{n}" for n in range(15))


def test_what_the_organisation_says_is_its_own():
    (one,) = [
        one for each in polled(place([told("ADMIN_COMMENT", 7, by=ORGANISATION)])) for one in each.page.found
    ]
    for handle in ("2414183", ORGANISATION):
        client = Client(
            id="m", name="M", watch_list="l", query=parse_query("m"), own=Own(handles={"linkedin": handle})
        )
        assert is_own(one, client, kind="linkedin_page")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"Here \(at last\) {hashtag|\#|saws}", "Here (at last) #saws"),
        ("Thanks @[Globex](urn:li:organization:99)!", "Thanks Globex!"),
        (r"a\_b \* \@home", "a_b * @home"),
        ("{broken|", "{broken|"),
    ],
)
def test_little_text_reads_as_people_see_it(written, read):
    assert linkedin.little_text(written) == read


def test_drafts_and_posts_for_few_are_never_kept():
    rows = [
        {"id": f"urn:li:share:{n}", "publishedAt": MS, "author": ORGANISATION, **more}
        for n, more in enumerate(
            [{}, {"lifecycleState": "DRAFT"}, {"visibility": "CONNECTIONS"}, {"visibility": "LOGGED_IN"}]
        )
    ]
    sheet = linkedin.read_posts(json.dumps({"elements": rows}).encode(), NOW)
    assert [one.external_id for one in sheet.found] == ["urn:li:share:0"]
