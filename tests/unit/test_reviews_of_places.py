"""App Store, Trustpilot and GDELT: what their feeds leave out, hide or say instead of an answer."""

import json
import re
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from listener.connector import NeedsAttention, TryLater, registry, testing
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply
from listener.domain.query import parse_query

STORE, PILOT, GDELT = (registry.find(kind) for kind in ("app_store", "trustpilot", "gdelt"))
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def told(body, status=200):
    return Reply(status=status, body=body if isinstance(body, bytes) else json.dumps(body).encode())


def polled(connector, options, answers, *, cursor=None, now=NOW, ledger=None):
    return list(
        testing.poll(connector, options, answers, now=now, cursor=cursor, ledger=ledger or LedgerHere())
    )


def entry(number, stars="1", **more):
    return {
        "id": {"label": str(number)},
        "im:rating": {"label": stars},
        "content": {"label": "Mills"},
        **more,
    }


def feed(*entries):
    return told(
        {
            "feed": {
                "author": {"name": {"label": "iTunes Store"}},
                **({"entry": list(entries)} if entries else {}),
            }
        }
    )


def store(first, **options):
    def answers(method, url, poll):
        country, page = url.split("/")[3], int(re.search(r"page=(\d+)", url)[1])
        reply = first[country] if isinstance(first, dict) else first
        return reply if page == 1 or reply.status != 200 else feed()

    return STORE.options(app="389801252", **options), answers


def test_a_feed_that_was_never_filled_is_empty_and_one_that_was_is_not_known():
    options, empty = store(feed())
    assert polled(STORE, options, empty)[-1].page.found == ()
    kept = polled(STORE, *store(feed(entry(1))))
    with pytest.raises(TryLater, match="shows no reviews in us, where there were some"):
        polled(STORE, options, empty, cursor=kept[-1].cursor)


def test_one_country_without_the_app_does_not_hide_the_others():
    first = {"us": told(b"", 404), "ca": feed(entry(7))}
    options, answers = store(first, countries=["us", "ca"])
    reading = testing.poll(STORE, options, answers, now=NOW)
    pages = [next(reading) for _ in range(2)]
    assert [one.external_id for kept in pages for one in kept.page.found] == ["7"]
    with pytest.raises(NeedsAttention, match="no app 389801252 in us"):
        next(reading)


@pytest.mark.parametrize(
    "written", ["389801252", 389801252, "id389801252", "https://apps.apple.com/ca/app/mills/id389801252?l=fr"]
)
def test_an_app_may_be_written_as_its_number_or_its_address(written):
    assert STORE.options(app=written).app == "389801252"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"app": "com.mills.shop"}, "no app of the App Store"),
        ({"app": "389801252", "countries": ["uk"]}, "write gb"),
        ({"app": "389801252", "countries": "Canada"}, "is no country"),
    ],
)
def test_what_cannot_be_an_app_or_a_country_is_told(given, said):
    with pytest.raises(ValidationError, match=said):
        STORE.options(**given)


def test_a_company_is_looked_up_once_and_again_where_it_has_moved():
    ledger, asked = LedgerHere(), []
    options = PILOT.options(domain="https://www.trustpilot.com/review/mills.example?stars=1", api_key="k")
    unit = ["old"]

    def answers(method, url, poll):
        path = url.partition("/v1/business-units/")[2].partition("?")[0]
        asked.append(path)
        if path == "find":
            return told({"id": unit[0]})
        return told({"reviews": []}) if path == f"{unit[0]}/reviews" else told({}, 404)

    polled(PILOT, options, answers, ledger=ledger)
    polled(PILOT, options, answers, ledger=ledger)
    assert asked == ["find", "old/reviews", "old/reviews"]
    unit[0] = "new"
    polled(PILOT, options, answers, ledger=ledger)
    assert asked[3:] == ["old/reviews", "find", "new/reviews"]


@pytest.mark.parametrize(
    ("status", "said"), [(401, "not the secret"), (403, "must include the API"), (404, "has no company at")]
)
def test_trustpilot_says_no_in_three_ways(status, said):
    with pytest.raises(NeedsAttention, match=said):
        polled(PILOT, PILOT.options(domain="mills.example", api_key="k"), lambda *_: told({}, status))


def article(number, seen="20261120T074500Z", **more):
    return {"url": f"https://p.example/{number}", "title": "Mills", "seendate": seen, **more}


ASKED = GDELT.options(search="mills")


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"Please limit requests to one every 5 seconds.", TryLater, "ask too often"),
        (b"The specified phrase is too short.", NeedsAttention, "a longer or rarer name"),
        (b"Something else went wrong.", TryLater, "answered with a sentence"),
        (b"<html>busy</html>", TryLater, "did not answer with JSON"),
    ],
)
def test_a_sentence_with_200_is_told_and_never_silence(body, kind, said):
    with pytest.raises(kind, match=said):
        polled(GDELT, ASKED, lambda *_: told(body))


def test_a_title_that_breaks_json_costs_nothing():
    body = b'{"articles": [{"url": "https://p.example/1", "title": "A\\_B \t \\"Mills\\"", "seendate": "20261120T074500Z"}]}'
    (kept,) = polled(GDELT, ASKED, lambda *_: told(body))
    assert kept.page.found[0].title == 'A\\_B "Mills"'


def windows(url):
    return tuple(re.search(rf"{name}=(\d+)", url)[1] for name in ("startdatetime", "enddatetime"))


def test_a_full_answer_is_cut_by_time_and_one_instant_that_is_full_is_told():
    asked = []
    step = [article(number) for number in range(250)]
    older = [article(900, "20261120T061500Z")]

    def answers(method, url, poll):
        asked.append(windows(url))
        return told({"articles": step if asked[-1][1] >= "20261120074500" else older})

    cursor, truncated, found = None, [], set()
    for _ in range(3):
        (kept,) = polled(GDELT, ASKED, answers, cursor=cursor)
        cursor = kept.cursor
        truncated.append(kept.page.truncated)
        found |= {one.external_id for one in kept.page.found}
    assert [until for _, until in asked] == ["20261120080000", "20261120074500", "20261120073000"]
    assert truncated == [True, True, False]
    assert "https://p.example/900" in found


def test_its_hours_of_silence_are_no_evidence():
    assert GDELT.best_effort


def test_clients_share_a_question_and_a_way_of_several_phrases_has_its_own():
    queries = {
        "mills": parse_query('"Mills Supply" OR Millsco'),
        "acme": parse_query("Acme"),
        "arc": parse_query("Arc AND (browser OR company)"),
    }
    asked = {one.options.search: one.clients for one in GDELT.search(queries, GDELT.options())}
    assert asked == {
        '("mills supply" OR millsco OR acme)': ("mills", "acme"),
        "arc browser": ("arc",),
        "arc company": ("arc",),
    }


def test_a_poll_asks_once_and_waits_its_turn():
    asked = []
    polled(GDELT, ASKED, lambda *request: asked.append(request) or told({"articles": []}))
    assert len(asked) == 1
    http = testing.visit(lambda *_: told({"articles": []}), now=NOW)
    GDELT.check(http, ASKED)
    assert http._door._spacing._paces == {"api.gdeltproject.org": 5.0}
