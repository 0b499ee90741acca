"""What the discourse connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import discourse
from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("discourse")
HIT = discourse.Hit(number=5, topic=2, title="Waiting", likes=3, at=0, seal=0)


def reply(body, status=200, **headers):
    return Reply(status=status, headers=headers, body=json.dumps(body).encode())


def found(*posts, **told):
    return {"posts": posts, "grouped_search_result": {"more_full_page_results": None, "error": None, **told}}


def post(number, *, topic=1, at=NOW, text="Mills", **told):
    return {
        "id": number,
        "topic_id": topic,
        "post_number": number,
        "username": "Ann",
        "user_id": 7,
        "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
        "blurb": text,
        "cooked": f"<p>{text}</p>",
        **told,
    }


def forum(*posts):
    """Answers like a forum's: of each topic the newest post, all of them where one topic is asked for."""

    def answers(method, url, poll):
        path = urlsplit(url).path
        if path.startswith("/posts/"):
            (one,) = (post for post in posts if path == f"/posts/{post['id']}.json")
            return reply(one)
        asked = parse_qs(urlsplit(url).query)["q"][0]
        newest = sorted(posts, key=lambda one: -one["id"])
        if "topic:" in asked:
            return reply(found(*(one for one in newest if f"topic:{one['topic_id']}" in asked.split())))
        return reply(found(*{one["topic_id"]: one for one in reversed(newest)}.values()))

    return answers


def polled(answers, *, cursor=None, now=NOW, **given):
    options = CONNECTOR.options(**{"site": "https://forum.example", "search": "mills", **given})
    return list(testing.poll(CONNECTOR, options, answers, now=now, cursor=cursor))


def texts(kept):
    return [one.text for page in kept for one in page.page.found]


def test_every_post_of_a_topic_is_found_though_the_search_shows_one():
    kept = polled(forum(post(1, text="one"), post(2, text="two"), post(3, topic=9, text="three")))
    assert sorted(texts(kept)) == ["one", "three", "two"]


def test_a_post_is_read_once_and_again_when_its_words_changed():
    first = polled(forum(post(1), post(2)))
    assert texts(polled(forum(post(1), post(2)), cursor=first[-1].cursor)) == []
    changed = post(2, text="No refund", updated_at=(NOW + timedelta(minutes=5)).isoformat())
    second = polled(forum(post(1), changed), cursor=first[-1].cursor, now=NOW + timedelta(minutes=15))
    assert texts(second) == ["No refund"]
    assert second[0].page.found[0].edited_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("told", [{"hidden": True}, {"user_deleted": True}, {"deleted_at": NOW.isoformat()}])
def test_a_post_that_is_hidden_or_deleted_is_gone(told):
    kept = polled(forum(post(1, **told)))
    assert kept[0].page.gone == ("1",)
    assert texts(kept) == []


def test_a_forum_that_is_too_busy_to_search_is_no_silence():
    busy = found(error="We are under extreme load, try later.")
    with pytest.raises(TryLater, match="did not search"):
        polled(lambda *_: reply(busy))


@pytest.mark.parametrize(
    ("key", "said"), [(None, "shows its posts to members only"), ("k", "refuses the key of system")]
)
def test_a_refusal_names_its_remedy(key, said):
    refused = {"errors": ["You need to be logged in to do that."], "error_type": "not_logged_in"}
    with pytest.raises(NeedsAttention, match=said):
        polled(lambda *_: reply(refused, 403), api_key=key)


def test_words_are_asked_for_without_order_and_letters_by_themselves_are_not():
    asked = CONNECTOR.search(
        {"a": parse_query('"O\'Reilly Books" AND refund')}, CONNECTOR.options(site="forum.example")
    )
    assert [one.options.search for one in asked] == ["reilly books refund"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("forum.example", "https://forum.example"),
        ("https://forum.example/t/waiting/55/3", "https://forum.example"),
        ("https://mills.example/forum/latest", "https://mills.example/forum"),
    ],
)
def test_the_address_of_any_page_of_a_forum_will_do(written, read):
    assert CONNECTOR.options(site=written).site == read


def test_authors_are_told_apart_between_forums_and_known_as_the_clients_own():
    read = [
        discourse.read_post(json.dumps(post(5)).encode(), HIT, f"https://{host}", NOW)
        for host in ("a.example", "b.example")
    ]
    assert read[0].author.key != read[1].author.key
    mills = Client(id="m", name="M", watch_list="s", query="m", own=Own(handles={"discourse": "@ann"}))
    assert is_own(read[0], mills, kind="discourse")


def test_what_others_write_in_a_clients_own_forum_is_not_its_own():
    mills = Client(id="m", name="M", watch_list="s", query="m", own=Own(sites=("forum.mills.example",)))
    read = discourse.read_post(json.dumps(post(5)).encode(), HIT, "https://forum.mills.example", NOW)
    assert not is_own(read, mills, kind="discourse")
