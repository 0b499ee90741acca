"""What the youtube connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.purse import purse_for
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("youtube")
CHANNEL = "UCmillsSupplyOfficial001"
VIDEO = "aB3dE5gH7jK"


def options(**given):
    return CONNECTOR.options(**{"key": "of-nobody", **given})


def reply(body, status=200):
    return Reply(status=status, body=json.dumps(body).encode())


def refusal(status, *reasons, message="", details=()):
    errors = [{"reason": reason, "message": message, "domain": "youtube"} for reason in reasons]
    error = {"code": status, "message": message, "errors": errors, "details": list(details)}
    return reply({"error": error}, status)


def comment(name, at=NOW, **told):
    snippet = {
        "publishedAt": at.isoformat(),
        "updatedAt": at.isoformat(),
        "textDisplay": "Mills",
        "authorDisplayName": "@ann",
        "authorChannelId": {"value": "UCann"},
        **told,
    }
    return {"id": name, "snippet": snippet}


def thread(name, at=NOW, total=0, **told):
    return {
        "id": name,
        "snippet": {"topLevelComment": comment(name, at, **told), "totalReplyCount": total, "videoId": VIDEO},
    }


def polled(given, answers, cursor=None, ledger=None, now=NOW):
    return list(testing.poll(CONNECTOR, given, answers, now=now, cursor=cursor, ledger=ledger))


def found(kept):
    return [one for each in kept for one in each.page.found]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@MillsSupply", "@millssupply"),
        ("millssupply", "@millssupply"),
        (CHANNEL, CHANNEL),
        (f"https://www.youtube.com/channel/{CHANNEL}/videos", CHANNEL),
        ("https://youtube.com/@Mills.Supply/", "@mills.supply"),
        ("https://www.youtube.com/user/mills", "user/mills"),
    ],
)
def test_a_channel_may_be_written_as_people_write_it(written, read):
    assert options(channel=written).channel == read


@pytest.mark.parametrize(
    "written",
    [
        VIDEO,
        f"https://youtu.be/{VIDEO}?t=3",
        f"https://www.youtube.com/watch?t=3&v={VIDEO}",
        f"youtube.com/shorts/{VIDEO}",
    ],
)
def test_a_video_may_be_written_as_its_address(written):
    assert options(videos=[written]).videos == (VIDEO,)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"channel": "two words"}, "“two words” is no channel"),
        ({"channel": "https://youtube.com/c/mills"}, "an address that YouTube no longer gives"),
        ({"videos": ["mills"]}, "“mills” is no video"),
        ({"videos": [VIDEO], "channel": "@mills"}, "channel and videos are two sources"),
        ({"key": "ya29.abc"}, "this is an access token"),
        ({"key": "1-a.apps.googleusercontent.com"}, "this is the id of a client"),
        ({"key": "my key"}, "this is no API key"),
    ],
)
def test_options_that_cannot_work_are_told(given, said):
    with pytest.raises(ValidationError, match=said):
        options(**given)


INFO = {"@type": "type.googleapis.com/google.rpc.ErrorInfo"}


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (refusal(403, "commentsDisabled"), NeedsAttention, f"Comments are switched off at {VIDEO}"),
        (refusal(404, "videoNotFound"), NeedsAttention, f"YouTube has no video {VIDEO}"),
        (refusal(403, "accessNotConfigured"), NeedsAttention, "switch it on at https://console"),
        (refusal(400, "keyInvalid"), NeedsAttention, "does not know this key"),
        (
            refusal(400, "badRequest", details=[{**INFO, "reason": "API_KEY_INVALID"}]),
            NeedsAttention,
            "does not know this key",
        ),
        (
            refusal(
                400,
                "badRequest",
                message="API key expired. Please renew the API key.",
                details=[{**INFO, "reason": "API_KEY_INVALID"}],
            ),
            NeedsAttention,
            "The key for YouTube has expired",
        ),
        (
            refusal(403, "forbidden", details=[{**INFO, "reason": "API_KEY_IP_ADDRESS_BLOCKED"}]),
            NeedsAttention,
            "restricted to other uses",
        ),
        (refusal(403, "rateLimitExceeded"), TryLater, "we ask too often"),
        (refusal(400, "processingFailure"), TryLater, "asked again later"),
        (reply("who are you", 403), NeedsAttention, "refuses us"),
    ],
)
def test_a_refusal_says_what_mends_it(answer, kind, said):
    with pytest.raises(kind, match=said):
        polled(options(videos=[VIDEO]), lambda *_: answer)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(403, "quotaExceeded"),
        refusal(
            429,
            details=[
                {
                    **INFO,
                    "reason": "RATE_LIMIT_EXCEEDED",
                    "metadata": {"quota_limit": "SearchesPerDayPerProject"},
                }
            ],
        ),
    ],
    ids=["403", "429"],
)
def test_a_used_up_day_ends_at_midnight_in_california_and_nothing_is_asked_before(answer):
    ledger, sent = LedgerHere(), []

    def answers(method, url, poll):
        sent.append(url)
        return answer

    midnight = datetime(2026, 11, 21, 8, tzinfo=UTC)
    for now in (NOW + timedelta(hours=1), NOW + timedelta(hours=2)):
        with pytest.raises(TryLater, match="2026-11-21 08:00") as raised:
            polled(options(search='"mills"'), answers, ledger=ledger, now=now)
        assert raised.value.after == midnight - now
    assert len(sent) == 1


def test_searches_have_a_budget_of_their_own():
    purse = purse_for(CONNECTOR, options(searches=10, units=1_000), now=NOW)
    assert {name: meter.most for name, meter in purse.meters.items()} == {"searches": 10, "units": 1_000}
    assert {meter.zone for meter in purse.meters.values()} == {"America/Los_Angeles"}


def test_the_key_is_sent_in_a_header_and_never_in_an_address():
    asked = []

    def answers(method, url, poll):
        asked.append(url)
        return reply({"kind": "youtube#commentThreadListResponse", "items": []})

    polled(options(videos=[VIDEO], key="AIza-secret"), answers)
    assert asked
    assert not [url for url in asked if "secret" in url]


def test_one_video_without_comments_does_not_hide_the_other():
    other = "zY9xW7vU5tS"

    def answers(method, url, poll):
        return refusal(403, "commentsDisabled") if VIDEO in url else reply({"items": [thread("c1")]})

    reading = testing.poll(CONNECTOR, options(videos=[VIDEO, other]), answers, now=NOW)
    assert next(reading).page.found[0].external_id == "c1"
    with pytest.raises(NeedsAttention, match=VIDEO):
        next(reading)


def test_replies_are_asked_for_when_their_count_has_grown_and_not_again():
    asked = []

    def answers(method, url, poll):
        asked.append(urlsplit(url).path.rpartition("/")[2])
        if asked[-1] == "comments":
            return reply({"items": [comment("c1.a"), comment("c1.b")]})
        return reply({"items": [thread("c1", total=2)]})

    first = polled(options(videos=[VIDEO]), answers)
    assert [one.external_id for one in found(first)] == ["c1", "c1.a", "c1.b"]
    assert found(first)[1].url == f"https://www.youtube.com/watch?v={VIDEO}&lc=c1.a"
    polled(options(videos=[VIDEO]), answers, cursor=first[-1].cursor)
    assert asked == ["commentThreads", "comments", "commentThreads"]


def test_more_replies_than_one_poll_asks_for_are_read_by_the_next():
    threads = [thread(f"c{number}", total=1) for number in range(30)]

    def answers(method, url, poll):
        asked = parse_qs(urlsplit(url).query)
        if "parentId" in asked:
            return reply({"items": [comment(f"{asked['parentId'][0]}.a")]})
        return reply({"items": threads})

    first = polled(options(videos=[VIDEO]), answers)
    assert first[-1].page.truncated
    second = polled(options(videos=[VIDEO]), answers, cursor=first[-1].cursor)
    assert not second[-1].page.truncated
    replies = {one.external_id for one in found([*first, *second]) if one.external_id.endswith(".a")}
    assert len(replies) == 30


def test_a_page_token_that_has_grown_old_begins_the_walk_again():
    def answers(method, url, poll):
        if "pageToken=old" in url:
            return refusal(400, "invalidPageToken")
        return reply({"items": [thread("c1")]})

    moment = int(NOW.timestamp() * 1000)
    walk = {"until": moment - 1, "deep": moment, "began": moment, "top": moment, "below": "2", "mark": "old"}
    kept = polled(options(videos=[VIDEO]), answers, cursor={VIDEO: walk})
    assert [one.external_id for one in found(kept)] == ["c1"]
    assert "mark" not in kept[-1].cursor[VIDEO]


def test_an_edited_comment_says_when_and_links_are_seen():
    changed = NOW + timedelta(hours=1)
    told = thread(
        "c1", updatedAt=changed.isoformat(), textDisplay="See https://mills.example/x.", likeCount=3
    )
    (one,) = found(polled(options(videos=[VIDEO]), lambda *_: reply({"items": [told]})))
    assert one.edited_at == changed
    assert one.links == ("https://mills.example/x",)
    assert one.engagement == {"likes": 3, "replies": 0}


@pytest.mark.parametrize(("comments", "shown"), [(False, [2]), (True, [None, None])])
def test_new_comments_are_not_taken_for_videos_that_pushed_others_out_of_the_feed(comments, shown):
    entry = "<entry><id>yt:video:{0}</id><title>{0}</title><updated>2026-11-20T07:00:00Z</updated></entry>"
    feed = (
        f'<feed xmlns="http://www.w3.org/2005/Atom">{entry.format(VIDEO)}{entry.format("aB3dE5gH7jL")}</feed>'
    )

    def answers(method, url, poll):
        if "videos.xml" in url:
            return Reply(status=200, body=feed.encode(), headers={"content-type": "application/atom+xml"})
        return reply({"items": [thread("one")]})

    kept = polled(options(channel=CHANNEL, comments=comments), answers)
    assert [one.page.shown for one in kept] == shown


def test_what_a_channel_says_is_its_own_by_handle_or_id():
    (one,) = found(polled(options(videos=[VIDEO]), lambda *_: reply({"items": [thread("c1")]})))
    for handle in ("@Ann", "UCann"):
        client = Client(
            id="a", name="A", watch_list="l", query=parse_query("a"), own=Own(handles={"youtube": handle})
        )
        assert is_own(one, client, kind="youtube")


def test_a_recheck_tells_what_is_gone_and_what_reads_otherwise():
    def answers(method, url, poll):
        parts = urlsplit(url)
        if parts.path.endswith("/videos"):
            snippet = {"publishedAt": NOW.isoformat(), "title": "New title", "channelId": "UCann"}
            return reply({"items": [{"id": VIDEO, "snippet": snippet}]})
        return reply({"items": [comment("Ugx-still-there-0001")]})

    http = testing.visit(answers, now=NOW)
    told = CONNECTOR.recheck(
        http, options(videos=[VIDEO]), [VIDEO, "zY9xW7vU5tS", "Ugx-still-there-0001", "Ugx-gone-0000000001"]
    )
    assert told.gone == ("zY9xW7vU5tS", "Ugx-gone-0000000001")
    assert [one.title or one.text for one in told.found] == ["New title", "Mills"]
    assert all(one.edited_at == NOW for one in told.found)  # so that what reads otherwise is taken over


def test_a_recheck_that_is_answered_with_garbage_erases_nothing():
    http = testing.visit(lambda *_: reply({}), now=NOW)
    with pytest.raises(TryLater):
        CONNECTOR.recheck(http, options(videos=[VIDEO]), [VIDEO])
