"""What the hackernews connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from listener.connector import registry, testing
from listener.connector.contract import TryLater
from listener.connector.testing import Reply
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def asked(kind: str, *queries: str, **options: object) -> list[str]:
    connector = registry.find(kind)
    named = {str(number): parse_query(text) for number, text in enumerate(queries)}
    return [search.options.search for search in connector.search(named, connector.options(**options))]


def polled(kind: str, options, answers, *, now=NOW, cursor=None):
    return list(testing.poll(registry.find(kind), options, answers, now=now, cursor=cursor))


def algolia(times: list[int], size: int = 200):
    """Answers like search_by_date: newest first, `size` at most, by the times that are asked for."""
    newest_first = sorted(times, reverse=True)

    def answers(method, url, poll):
        filters = parse_qs(urlsplit(url).query)["numericFilters"][0].split(",")
        after = int(filters[0].removeprefix("created_at_i>"))
        before = int(filters[1].removeprefix("created_at_i<=")) if len(filters) > 1 else 2**40
        hits = [
            {"objectID": f"i{at}", "created_at_i": at, "author": "a", "comment_text": f"<p>item of {at}"}
            for at in newest_first
            if after < at <= before
        ][:size]
        return Reply(body=json.dumps({"hits": hits, "hitsPerPage": size}).encode())

    return answers


def moments(count: int) -> list[int]:
    return [int(NOW.timestamp()) - 60 * n for n in range(count)]


def found_ids(kept) -> set[str]:
    return {found.external_id for one in kept for found in one.page.found}


OPTIONS = registry.find("hackernews").options(search='"mills"')


def test_it_asks_once_for_each_way_to_satisfy_a_query():
    assert asked("hackernews", "arc AND (browser OR company)") == ['"arc" "browser"', '"arc" "company"']
    assert asked("hackernews", "mills", '"mills"') == ['"mills"']


def test_a_query_of_many_ways_is_asked_by_its_rarest_terms():
    many = "(" + " OR ".join(f"city{n}" for n in range(20)) + ') AND "mills supply"'
    assert asked("hackernews", many) == ['"mills supply"']


def test_it_goes_on_by_time_where_a_page_is_full():
    kept = polled("hackernews", OPTIONS, algolia(moments(450)))
    assert len(found_ids(kept)) == 450
    assert [one.page.truncated for one in kept] == [False] * 3


def test_a_page_limit_leaves_a_cursor_that_goes_on_until_all_is_read():
    place = algolia(moments(3_000))
    first = polled("hackernews", OPTIONS, place)
    assert first[-1].page.truncated
    assert len(first) == 10
    second = polled("hackernews", OPTIONS, place, cursor=first[-1].cursor)
    assert not second[-1].page.truncated
    assert len(found_ids(first) | found_ids(second)) == 3_000


def test_what_came_while_it_read_on_is_found_by_the_next_poll():
    late = [int(NOW.timestamp()) + 60]
    first = polled("hackernews", OPTIONS, algolia(moments(250)))
    later = NOW + timedelta(minutes=10)
    second = polled("hackernews", OPTIONS, algolia(late + moments(250)), now=later, cursor=first[-1].cursor)
    assert f"item of {late[0]}" in {found.text for one in second for found in one.page.found}
    assert len(second) == 1


def test_it_says_so_where_every_page_is_the_same():
    full = [
        {"objectID": str(n), "created_at_i": int(NOW.timestamp()) - 5, "story_text": "x"} for n in range(200)
    ]
    body = json.dumps({"hits": full}).encode()
    with pytest.raises(TryLater, match="the same page again"):
        polled("hackernews", OPTIONS, lambda *_: Reply(body=body))


def test_one_bad_hit_costs_itself():
    hits = [
        {"objectID": "1", "created_at_i": 1795158000, "title": "T", "points": 3, "num_comments": 2},
        None,
        {"title": "x"},
    ]
    (kept,) = polled("hackernews", OPTIONS, lambda *_: Reply(body=json.dumps({"hits": hits}).encode()))
    (found,) = kept.page.found
    assert (found.title, dict(found.engagement)) == ("T", {"points": 3, "comments": 2})
    assert found.author_hidden
    assert len(kept.page.refused) == 2
