"""What the github connector does beyond the contract that all connectors share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import github
from listener.connector import registry, testing
from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply
from listener.domain.client import Client, Own
from listener.domain.ownership import is_own
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CONNECTOR = registry.find("github")


def issue(number, *, at=NOW, **told):
    return {
        "id": number,
        "title": "Mills",
        "body": "Mills",
        "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "user": {"login": "ann", "id": 7},
        **told,
    }


def results(*items, **told):
    return json.dumps(
        {"total_count": len(items), "incomplete_results": False, "items": items, **told}
    ).encode()


def polled(answers, *, token=None, cursor=None, ledger=None):
    options = CONNECTOR.options(search='"mills"', token=token)
    return list(testing.poll(CONNECTOR, options, answers, now=NOW, cursor=cursor, ledger=ledger))


def asked(**queries):
    read = {client: parse_query(text) for client, text in queries.items()}
    return [(one.options.search, one.clients) for one in CONNECTOR.search(read, CONNECTOR.options())]


def test_clients_share_a_search_as_far_as_github_lets_words_be_joined():
    assert asked(mills="Mills OR @millssupply", arc='"Arc Browser"') == [
        ('"mills" OR "millssupply" OR "arc browser"', ("mills", "arc"))
    ]
    many = asked(many=" OR ".join(f"city{n}" for n in range(8)))
    assert [text.count(" OR ") for text, _ in many] == [5, 1]
    long = asked(a=" OR ".join(f'"{letter * 50} store"' for letter in "abcdef"))
    assert [text.count(" OR ") for text, _ in long] == [3, 1]
    assert all(len(text) <= 256 for text, _ in long)


def test_words_that_must_stand_together_are_asked_apart():
    assert asked(arc="arc AND (browser OR company)", mills="Mills") == [
        ('"arc" "browser"', ("arc",)),
        ('"arc" "company"', ("arc",)),
        ('"mills"', ("mills",)),
    ]


def github_of(moments):
    """Answers like GitHub's: newest first, a hundred at the most, by the times that are asked for."""

    def answers(method, url, poll):
        said = parse_qs(urlsplit(url).query)["q"][0].rpartition("created:")[2]
        low, _, high = said.removeprefix(">=").partition("..")
        within = [
            at
            for at in sorted(moments, reverse=True)
            if low <= f"{at:%Y-%m-%dT%H:%M:%SZ}" <= (high or "9999")
        ]
        return Reply(body=results(*(issue(int(at.timestamp()), at=at) for at in within[:100])))

    return answers


def test_more_than_the_thousand_that_github_shows_is_sliced_by_time():
    moments = [NOW - timedelta(minutes=n) for n in range(1_500)]
    first = polled(github_of(moments))
    assert first[-1].page.truncated
    second = polled(github_of(moments), cursor=first[-1].cursor)
    assert not second[-1].page.truncated
    assert len({found.external_id for kept in first + second for found in kept.page.found}) == 1_500


def test_a_search_that_github_did_not_finish_is_no_answer():
    with pytest.raises(TryLater, match="ran out of time"):
        polled(lambda *_: Reply(body=results(issue(1), incomplete_results=True)))


@pytest.mark.parametrize(
    ("status", "headers", "said", "seconds"),
    [
        (403, {"retry-after": "45"}, "You have exceeded a secondary rate limit.", 45),
        (403, {}, "You have exceeded a secondary rate limit.", 60),
        (
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795161630"},
            "API rate limit exceeded",
            30,
        ),
        (
            429,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795161630"},
            "API rate limit exceeded",
            30,
        ),
    ],
)
def test_a_limit_is_waited_for_and_nobody_asks_before_it_resets(status, headers, said, seconds):
    count, ledger = [], LedgerHere()

    def answers(method, url, poll):
        count.append(url)
        return Reply(status=status, headers=headers, body=json.dumps({"message": said}).encode())

    with pytest.raises(TryLater) as raised:
        polled(answers, ledger=ledger)
    assert abs(raised.value.after - timedelta(seconds=seconds)) < timedelta(seconds=2)
    with pytest.raises(TryLater, match="no searches are left"):
        polled(answers, ledger=ledger)
    assert len(count) == 1


@pytest.mark.parametrize(
    ("status", "body", "token", "said"),
    [
        (401, {"message": "Bad credentials"}, "t", "not valid, revoked or expired"),
        (
            403,
            {"message": "Resource not accessible by personal access token"},
            "t",
            "refuses the token .403: Resource",
        ),
        (403, {"message": "Forbidden"}, None, "refuses searches without a token"),
        (
            422,
            {
                "message": "Validation Failed",
                "errors": [{"message": "The search is longer than 256 characters."}],
            },
            None,
            "longer than 256 characters. Make the client's query simpler",
        ),
    ],
)
def test_a_refusal_names_its_remedy(status, body, token, said):
    with pytest.raises(NeedsAttention, match=said):
        polled(lambda *_: Reply(status=status, body=json.dumps(body).encode()), token=token)


def test_the_token_is_sent_in_a_header_and_nowhere_else():
    urls = []

    def answers(method, url, poll):
        urls.append(url)
        return Reply(body=results(issue(1)))

    polled(answers, token="of-nobody")
    assert urls
    assert not any("of-nobody" in url for url in urls)


def test_an_item_is_read_with_its_author_and_what_it_points_to():
    body = "<!-- please fill in -->\nNo **refund**, see https://harbour.example/2026/11/901/."
    told = issue(
        5, body=body, comments=2, reactions={"total_count": 3}, html_url="https://github.com/a/b/issues/5"
    )
    left = issue(6, user=None, body=None)
    (found, ghost) = github.read_results(results(told, left), NOW).found
    assert (found.text, found.links) == (
        "No **refund**, see https://harbour.example/2026/11/901/.",
        ("https://harbour.example/2026/11/901/",),
    )
    assert dict(found.engagement) == {"comments": 2, "reactions": 3}
    own = Client(id="m", name="M", watch_list="shops", query="m", own=Own(handles={"github": "@Ann"}))
    assert is_own(found, own, kind="github")
    assert ghost.author_hidden


def discussion(number):
    return issue(None) | {"id": f"D_{number}", "comments": {"total_count": 1}, "updated_at": None}


def page_of(*nodes, end=None):
    told = {"hasNextPage": end is not None, "endCursor": end}
    return Reply(body=json.dumps({"data": {"search": {"pageInfo": told, "nodes": nodes}}}).encode())


def test_discussions_are_read_to_the_end_before_the_cursor_moves():
    pages = [page_of(discussion(1), end="a"), page_of(discussion(2), end="b"), page_of(discussion(3))]
    options = CONNECTOR.options(read="discussions", token="t", search='"mills"')
    kept = list(testing.poll(CONNECTOR, options, lambda *_: pages.pop(0), now=NOW))
    assert [found.external_id for one in kept for found in one.page.found] == ["D_1", "D_2", "D_3"]
    assert [one.cursor["until"] < kept[-1].cursor["until"] for one in kept] == [True, True, False]


@pytest.mark.parametrize(
    ("reply", "trouble", "said"),
    [
        (page_of(discussion(1), end="a"), TryLater, "the same page again"),
        (Reply(body=b'{"errors": [{"type": "RATE_LIMITED"}]}'), TryLater, "no points are left"),
        (
            Reply(body=b'{"errors": [{"message": "Something went wrong"}], "data": null}'),
            TryLater,
            "without a list",
        ),
        (
            Reply(status=401, body=b'{"message": "Bad credentials"}'),
            NeedsAttention,
            "not valid, revoked or expired",
        ),
    ],
)
def test_what_graphql_refuses_is_told(reply, trouble, said):
    options = CONNECTOR.options(read="discussions", token="t", search='"mills"')
    with pytest.raises(trouble, match=said):
        list(testing.poll(CONNECTOR, options, lambda *_: reply, now=NOW))


def test_discussions_are_asked_for_one_phrase_at_a_time_for_nobody_says_that_they_know_or():
    query = {"mills": parse_query("Mills OR refund")}
    options = CONNECTOR.options(read="discussions", token="t")
    assert [one.options.search for one in CONNECTOR.search(query, options)] == ['"mills"', '"refund"']


def test_one_bad_item_costs_itself():
    read = github.read_results(results(issue(1), None, {"title": "x"}), NOW)
    assert (len(read.found), len(read.refused)) == (1, 2)
