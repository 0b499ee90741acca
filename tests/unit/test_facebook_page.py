"""What the facebook_page connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import facebook_page
from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("facebook_page")
PAGE = "104050607080901"
ABOUT = {"id": PAGE, "username": "millssupply", "followers": 812}


def options(**given):
    return CONNECTOR.options(**{"token": "of-nobody", "page": "millssupply", **given})


def reply(body, status=200):
    return Reply(status=status, body=json.dumps(body).encode())


def place(edges, *, me=PAGE, page=ABOUT):
    """A page whose edges (by the end of their path) have these rows, newest first, in pages of two."""

    def answers(method, url, poll):
        parts = urlsplit(url)
        asked = {name: said[0] for name, said in parse_qs(parts.query).items()}
        node, _, edge = parts.path.removeprefix("/v26.0/").partition("/")
        if not edge:
            return reply({"id": me} if node == "me" else page)
        rows = edges.get(parts.path.removeprefix("/v26.0/"), edges.get(edge, []))
        if isinstance(rows, Reply):
            return rows
        start = int(asked.get("after", "0"))
        paging = {"cursors": {"after": str(start + 2)}, "next": "https://x/?access_token=t"}
        return reply(
            {"data": rows[start : start + 2], **({"paging": paging} if len(rows) > start + 2 else {})}
        )

    return answers


def row(number, at=NOW, **told):
    return {"id": f"{PAGE}_{number}", "message": f"Mills {number}", "created_time": at.isoformat(), **told}


def polled(given, answers, cursor=None):
    return list(testing.poll(CONNECTOR, given, answers, now=NOW, cursor=cursor))


def ids(kept):
    return [one.external_id.rpartition("_")[2] for each in kept for one in each.page.found]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@MillsSupply", "millssupply"),
        ("https://www.facebook.com/MillsSupply/", "millssupply"),
        ("https://facebook.com/profile.php?id=104050607080901", PAGE),
        ("https://www.facebook.com/Mills-Supply-104050607080901/", PAGE),
        (PAGE, PAGE),
    ],
)
def test_a_page_may_be_written_as_people_write_it(written, read):
    assert options(page=written).page == read


def test_what_the_page_says_is_its_own_and_what_hides_its_author_is_not():
    own = facebook_page.post({**row(1), "from": {"id": PAGE, "name": "Mills"}}, NOW, page=ABOUT)
    hidden = facebook_page.post(row(2), NOW, page=ABOUT)
    mills = Client(
        id="mills",
        name="Mills",
        watch_list="shops",
        query=parse_query("mills"),
        own=Own(handles={"facebook": "@MillsSupply"}),
    )
    assert is_own(own, mills, kind="facebook_page")
    assert own.author.reach == 812
    assert not is_own(hidden, mills, kind="facebook_page")
    assert hidden.author_hidden


@pytest.mark.parametrize(
    ("told", "stars"),
    [
        ({"recommendation_type": "positive"}, 1.0),
        ({"recommendation_type": "negative", "rating": 5}, 0.0),
        ({"rating": 4}, 0.75),
        ({"rating": 9}, None),
    ],
)
def test_a_recommendation_is_a_review_with_all_stars_or_none(told, stars):
    found = facebook_page.rating({"created_time": NOW.isoformat(), **told}, NOW, page=ABOUT)
    assert (found.form, found.rating) == ("review", stars)


def test_two_recommendations_of_one_moment_without_names_are_two():
    rows = [{"created_time": NOW.isoformat(), "review_text": text} for text in ("Slow", "Rude")]
    assert len({facebook_page.rating(one, NOW, page=ABOUT).external_id for one in rows}) == 2


def test_a_token_of_a_person_is_told_and_reads_nothing():
    with pytest.raises(NeedsAttention, match="not the one of the page millssupply"):
        polled(options(), place({}, me="9001"))


def test_a_part_that_the_token_may_not_read_does_not_hide_the_others():
    error = {"code": 200, "message": "requires pages_read_user_content"}
    answers = place({"tagged": reply({"error": error}, 403), "feed": [row(1)], "ratings": []})
    reading = testing.poll(CONNECTOR, options(read=["tagged", "posts"]), answers, now=NOW)
    assert ids([next(reading)]) == ["1"]
    with pytest.raises(NeedsAttention, match="lacks pages_read_user_content"):
        next(reading)


def test_comments_are_read_again_only_where_a_post_has_new_ones():
    def counted(number, count):
        return row(number, updated_time=NOW.isoformat(), comments={"summary": {"total_count": count}})

    asked = []

    def spied(edges):
        def answers(method, url, poll):
            asked.extend([urlsplit(url).path.split("/")[2]] if "/comments" in url.partition("?")[0] else [])
            return place(edges)(method, url, poll)

        return answers

    comments = {f"{PAGE}_{post}/comments": [row(f"{post}0{n}") for n in range(post)] for post in (1, 3)}
    given = options(read=["comments"])
    first = polled(given, spied({"feed": [counted(1, 1), counted(2, 0)], **comments}))
    assert ids(first) == ["100"]
    second = polled(given, spied({"feed": [counted(3, 3), counted(1, 1)], **comments}), first[-1].cursor)
    assert ids(second) == ["300", "301", "302"]
    assert asked == [f"{PAGE}_1", f"{PAGE}_3", f"{PAGE}_3"]


def test_an_address_with_a_token_in_it_is_never_asked():
    urls = []

    def answers(method, url, poll):
        urls.append(url)
        return place({"feed": [row(number) for number in range(5)]})(method, url, poll)

    assert len(ids(polled(options(read=["posts"]), answers))) == 5
    assert not [url for url in urls if "token" in url]


def test_a_cursor_that_has_grown_old_begins_the_walk_again():
    def answers(method, url, poll):
        if "after=old" in url:
            return reply({"error": {"code": 100, "message": "(#100) Invalid cursor"}}, 400)
        return place({"feed": [row(1, NOW - timedelta(hours=1))]})(method, url, poll)

    moment = int(NOW.timestamp() * 1000)
    walk = {"until": moment - 1, "deep": moment, "began": moment, "top": moment, "below": "2", "mark": "old"}
    assert ids(polled(options(read=["posts"]), answers, {"posts": walk})) == ["1"]
