"""What X costs, how it refuses, and in which words it is asked: beyond the contract that all connectors share."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from xplace import BEARER, NOW, SEARCH, X, answer, asked, options, polled, post, spent

from listener.connector import testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.purse import purse_for
from listener.connector.testing import Reply
from listener.connector.x.posts import id_at
from listener.domain.query import parse_query
from listener.telemetry import REDACTION, start_logging


def test_clients_are_asked_for_in_one_search_as_long_as_they_fit():
    queries = {
        "mills": '"Mills Supply" NOT "Hayley Mills"',
        "arc": "Arc AND (browser OR #arc)",
        "far": "domain:arc.example",
    }
    (one,) = X.search({name: parse_query(query) for name, query in queries.items()}, options())
    assert one.options.search == (
        '("mills supply" OR ("arc" "browser") OR ("arc" #arc) OR ("arc example" OR "arc dot example" OR url:"arc.example")) -is:retweet'
    )
    assert one.clients == ("mills", "arc", "far")
    many = {str(n): parse_query(f'"client number {n} of the agency"') for n in range(40)}
    searches = X.search(many, options())
    assert len(searches) == 3
    assert all(len(search.options.search) <= 512 for search in searches)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("handle", "@MillsSupply", "millssupply"),
        ("handle", "https://x.com/MillsSupply/", "millssupply"),
        ("mentions", "twitter.com/MillsSupply?lang=en", "millssupply"),
        ("list", "https://x.com/i/lists/84839422", "84839422"),
        ("list", 84839422, "84839422"),
    ],
)
def test_a_handle_and_a_list_are_taken_as_people_have_them(name, value, read):
    assert getattr(options(**{name: value}), name) == read
    assert X.search({}, options(**{name: value})) is None


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("x" * 25, "an API key or a secret"),
        ("Y" * 50, "an API key or a secret"),
        ("2244994945-" + "Z" * 40, "OAuth 1.0a"),
        ("", "no bearer token"),
    ],
)
def test_a_key_of_another_kind_is_told_without_being_shown(token, said):
    with pytest.raises(ValidationError, match=said) as raised:
        X.options(token=token, budget={"usd_per_month": 50})
    assert "console.x.com" in raised.value.errors()[0]["msg"]


def test_the_budget_pays_for_what_came_and_once_a_day_for_each_post():
    ledger = LedgerHere()
    first, _ = polled([answer(post(30, 1), post(20, 2), None)], ledger=ledger)
    assert spent(ledger) == 0.015
    later = NOW + timedelta(minutes=15)
    again, _ = polled([answer(post(20, 2), post(-9, 3))], ledger=ledger, cursor=first[-1].cursor, now=later)
    assert spent(ledger) == 0.020
    tomorrow = NOW + timedelta(days=1)
    polled([answer(post(-9, 3))], ledger=ledger, cursor=again[-1].cursor, now=tomorrow)
    assert spent(ledger) == 0.025


def test_authors_are_paid_for_only_where_they_are_asked_for():
    who = {"id": "7", "name": "Rae", "username": "rkelly", "public_metrics": {"followers_count": 120}}
    reply = answer(post(5), includes={"users": [who]})
    ledger = LedgerHere()
    (kept,), (url,) = polled([reply], options(search="(a)", authors=True), ledger=ledger)
    author = kept.page.found[0].author
    assert (author.key, author.handle, author.reach, author.url) == (
        "7",
        "rkelly",
        120,
        "https://x.com/rkelly",
    )
    assert (asked(url)["expansions"], spent(ledger)) == ("author_id", 0.015)
    (kept,), (url,) = polled([answer(post(5))])
    assert "expansions" not in asked(url)
    assert kept.page.found[0].author.url == "https://x.com/i/user/7"


def test_the_clients_own_account_is_known_by_name_for_one_look_up():
    ledger, own = LedgerHere(), options(search="(a)", accounts=["@MillsSupply"])
    account = Reply(body=json.dumps({"data": {"id": "7", "username": "MillsSupply"}}).encode())
    (kept,), urls = polled([account, answer(post(5))], own, ledger=ledger)
    assert kept.page.found[0].author.handle == "millssupply"
    _, again = polled([answer(post(5))], own, ledger=ledger, cursor=kept.cursor)
    assert (len(urls), len(again)) == (2, 1)


def test_a_used_up_budget_asks_nothing():
    ledger, poor = LedgerHere(), options(1, search="(a)")
    ledger.change(("x", ""), "usd", lambda _: _spent(0.97), now=NOW)
    with pytest.raises(TryLater, match=r"2026-12-01 00:00 UTC.*raise the budget|used up until 2026-12-01"):
        polled([answer()], poor, ledger=ledger)


def _spent(usd):
    from listener.domain.spending import Spent

    return Spent(began_at=datetime(2026, 11, 1, tzinfo=UTC), spent=usd)


CAPPED = {
    "title": "UsageCapExceeded",
    "detail": "Usage cap exceeded: Monthly product cap",
    "scope": "Product",
}
WINDOW = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(NOW.timestamp()) + 600)}
ROOM = {"x-rate-limit-remaining": "449", "x-rate-limit-reset": str(int(NOW.timestamp()) + 600)}


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected", "after", "said"),
    [
        (429, WINDOW, {"title": "Too Many Requests"}, TryLater, timedelta(minutes=10), "too often"),
        (429, ROOM, {**CAPPED, "period": "Monthly"}, NeedsAttention, None, "raise the spend cap"),
        (429, ROOM, {**CAPPED, "period": "Daily"}, TryLater, timedelta(hours=16), "after midnight UTC"),
        (402, {}, {"title": "CreditsDepleted", "detail": "no credits"}, NeedsAttention, None, "buy some"),
        (403, {}, {"detail": "Spend cap reached", "title": "SpendCapReached"}, NeedsAttention, None, "raise the spend cap"),
        (403, {}, {"reason": "client-not-enrolled"}, NeedsAttention, None, "in no project"),
        (401, {}, {"title": "Unauthorized"}, NeedsAttention, None, "Take the Bearer Token"),
        (400, {}, {"errors": [{"message": "missing EOF at '('"}]}, NeedsAttention, None, "missing EOF"),
        (400, {}, {"errors": [3, None]}, NeedsAttention, None, "does not accept"),
        (429, {}, ["odd"], TryLater, None, "too often"),
    ],
)  # fmt: skip
def test_a_window_a_cap_and_empty_pockets_are_told_apart(status, headers, body, expected, after, said):
    reply = Reply(status=status, headers=headers, body=json.dumps(body).encode())
    with pytest.raises(expected, match=said) as raised:
        polled([reply])
    assert getattr(raised.value, "after", None) == after


def test_what_the_window_has_left_is_remembered_and_not_asked_for():
    ledger = LedgerHere()
    polled([answer(headers=WINDOW)], ledger=ledger)
    with pytest.raises(TryLater, match="no search requests are left until 2026-11-20 08:10 UTC"):
        polled([answer()], ledger=ledger)


def test_the_other_spelling_is_tried_once_and_remembered():
    ledger = LedgerHere()
    refusal = Reply(status=400, body=b'{"errors": [{"message": "there is no tweet fields"}]}')
    (kept,), urls = polled([refusal, answer(post(5))], ledger=ledger)
    assert [sorted(asked(url).keys() & {"tweet.fields", "post.fields"}) for url in urls] == [
        ["tweet.fields"],
        ["post.fields"],
    ]
    _, (url,) = polled([answer(post(5))], ledger=ledger, cursor=kept.cursor)
    assert "note_post" in asked(url)["post.fields"]
    assert asked(url)["expansions"] == "author_id"
    with pytest.raises(NeedsAttention, match="no tweet fields"):
        polled([refusal], options(search="(a)", spelling="post"), ledger=ledger)


def test_a_probe_spares_the_search_where_nothing_is_new_but_not_for_ever():
    probing = options(search="(a)", probe=True)
    there, sent = [post(5, 1), post(4, 2)], []

    def answers(method, url, poll):
        sent.append(urlsplit(url).path.rpartition("/counts/")[1])
        return answer(meta={"total_post_count": len(there)}) if sent[-1] else answer(*there)

    last, searches = None, []
    for number in range(30):
        sent.clear()
        if number == 29:
            there.append(post(3, 3))
        (last,) = testing.poll(X, probing, answers, now=NOW, cursor=last and last.cursor)
        searches.append("" in sent)
    assert [number for number, searched in enumerate(searches) if searched] == [0, 25, 29]
    assert len(last.page.found) == 3


def test_a_page_limit_leaves_a_cursor_that_goes_on_below():
    def endless(method, url, poll):
        mark = int(asked(url).get("next_token") or asked(url).get("until_id") or id_at(NOW))
        return answer(
            {"id": str(mark - 1), "text": "x", "author_id": "7"}, meta={"next_token": str(mark - 1)}
        )

    kept = list(testing.poll(X, SEARCH, endless, now=NOW))
    assert (len(kept), kept[-1].page.truncated) == (10, True)
    _, (url, *_) = polled([answer()], cursor=kept[-1].cursor)
    assert int(asked(url)["until_id"]) == id_at(NOW) - 10


def test_a_number_of_the_future_does_not_deafen_it():
    kept, _ = polled([answer(post(5, 1), post(-23 * 60, 2))])
    _, (url,) = polled([answer()], cursor=kept[-1].cursor, now=NOW + timedelta(minutes=5))
    assert int(asked(url)["since_id"]) == id_at(NOW - timedelta(minutes=10))


def test_a_lists_mark_that_has_died_begins_the_list_anew():
    marked = {"since": str(id_at(NOW - timedelta(days=1))), "below": str(id_at(NOW)), "token": "dead"}
    dead = Reply(status=400, body=b'{"errors": [{"message": "not a valid pagination token"}]}')
    kept, urls = polled([dead, dead, answer(post(5))], options(list="5"), cursor=marked)
    assert [asked(url).get("pagination_token") for url in urls] == ["dead", "dead", None]
    assert len(kept[0].page.found) == 1


def test_what_is_gone_or_changed_is_told_again():
    kept_id, hidden, deleted, edited = (str(id_at(NOW - timedelta(days=2)) + n) for n in range(4))
    newer = str(id_at(NOW - timedelta(days=2) + timedelta(minutes=9)))
    problem = "https://api.twitter.com/2/problems/"
    first = {
        "data": [
            {"id": kept_id, "text": "as it was", "author_id": "7"},
            {"id": edited, "text": "old", "author_id": "7", "edit_history_tweet_ids": [edited, newer]},
        ],
        "errors": [
            {"resource_type": "tweet", "resource_id": deleted, "type": problem + "resource-not-found"},
            {
                "resource_type": "tweet",
                "resource_id": hidden,
                "type": problem + "not-authorized-for-resource",
            },
        ],
    }
    second = {
        "data": [{"id": newer, "text": "new", "author_id": "7", "edit_history_tweet_ids": [edited, newer]}]
    }
    replies = [Reply(body=json.dumps(body).encode()) for body in (first, second)]
    ledger = LedgerHere()
    purse = purse_for(X, SEARCH, now=NOW, ledger=ledger)
    http = testing.visit(lambda *_: replies.pop(0), now=NOW, purse=purse)
    told = X.recheck(http, SEARCH, [kept_id, hidden, deleted, edited])
    assert set(told.gone) == {hidden, deleted}
    assert {one.external_id: one.text for one in told.found} == {kept_id: "as it was", edited: "new"}
    assert next(one for one in told.found if one.text == "new").edited_at == NOW - timedelta(
        days=2
    ) + timedelta(minutes=9)
    assert spent(ledger) == 0.015


def test_an_account_that_x_does_not_show_is_told():
    suspended = {
        "errors": [
            {"detail": "User has been suspended: [mills].", "title": "Forbidden", "resource_type": "user"}
        ]
    }
    with pytest.raises(
        NeedsAttention, match=r"@mills: “User has been suspended: \[mills\].”. Check the handle"
    ):
        polled([Reply(body=json.dumps(suspended).encode())], options(handle="mills"))


def test_the_bearer_is_sent_in_a_header_and_stands_in_no_log_at_debug():
    root, before = logging.getLogger(), REDACTION._secrets
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    levels = {name: logging.getLogger(name).level for name in ("tweepy", "tweepy.client")}
    start_logging(verbose=True, stream=stream)
    REDACTION.learn([BEARER])
    try:
        root.setLevel(logging.DEBUG)
        logging.getLogger("tweepy").setLevel(logging.DEBUG)
        _, urls = polled([answer(post(5))])
    finally:
        root.handlers[:], REDACTION._secrets = handlers, before
        root.setLevel(level)
        for name, old in levels.items():
            logging.getLogger(name).setLevel(old)
    assert "Making API request" in stream.getvalue()
    assert "Bearer ***" in stream.getvalue()
    assert BEARER not in stream.getvalue() + "".join(urls)


@pytest.mark.parametrize("where", [{"list": "5"}, {"mentions": "mills"}, {"search": "(a)"}], ids="-".join)
def test_to_a_client_that_is_new_what_was_read_before_is_read_again(where):
    given, there, shown = options(**where), [post(900, 1), post(5, 2)], []

    def answers(method, url, poll):
        if "/by/username/" in url:
            return Reply(body=b'{"data": {"id": "7"}}')
        since = int(asked(url).get("since_id", 0))
        return answer(*[one for one in reversed(there) if int(one["id"]) > since])

    (first,) = testing.poll(X, given, answers, now=NOW)
    for fresh in (False, True):
        http = testing.visit(answers, now=NOW, purse=purse_for(X, given, now=NOW))
        http.fresh = fresh
        (page,) = X.fetch(http, given, first.cursor)
        shown.append(len(page.found))
    assert shown == ([2, 2] if "list" in where else [1, 2])
