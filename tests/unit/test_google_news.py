"""What the google_news connector does beyond the contract that all connectors share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from listener.connector import registry, testing
from listener.connector.testing import Reply
from listener.domain.query import parse_query

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def asked(kind: str, *queries: str, **options: object) -> list[str]:
    connector = registry.find(kind)
    named = {str(number): parse_query(text) for number, text in enumerate(queries)}
    return [search.options.search for search in connector.search(named, connector.options(**options))]


def polled(kind: str, options, answers, *, now=NOW, cursor=None):
    return list(testing.poll(registry.find(kind), options, answers, now=now, cursor=cursor))


def test_it_asks_one_question_for_each_client():
    assert asked("google_news", '("Mills Supply" OR @mills) NOT Hayley', "arc AND (browser OR company)") == [
        '"mills supply" OR "mills"',
        '("arc" "browser") OR ("arc" "company")',
    ]


def test_a_long_query_becomes_questions_that_google_reads_to_the_end():
    questions = asked("google_news", " OR ".join(f'"brand {n}"' for n in range(40)))
    assert all(len(question.split()) <= 32 for question in questions)
    assert sum(question.count("brand") for question in questions) == 40
    (one,) = asked("google_news", " AND ".join(f"word{n}" for n in range(60)))
    assert len(one.split()) <= 32


def test_it_asks_in_language_and_country():
    connector = registry.find("google_news")
    urls: list[str] = []

    def answers(method, url, poll):
        urls.append(url)
        return Reply(body=b"<rss version='2.0'><channel/></rss>")

    for more in ({"language": "en", "country": "ca"}, {"language": "pt-BR", "country": "BR"}):
        polled("google_news", connector.options(search='"mills"', **more), answers)
    said = [{name: value[0] for name, value in parse_qs(urlsplit(url).query).items()} for url in urls]
    assert said[0] == {"q": '"mills" when:1d', "hl": "en-CA", "gl": "CA", "ceid": "CA:en"}
    assert (said[1]["hl"], said[1]["ceid"]) == ("pt-BR", "BR:pt-BR")


def test_after_a_pause_it_reaches_back_over_all_of_it():
    connector = registry.find("google_news")
    urls: list[str] = []

    def answers(method, url, poll):
        urls.append(url)
        return Reply(body=b"<rss version='2.0'><channel/></rss>")

    cursor = {"read_at": (NOW - timedelta(days=3)).isoformat()}
    polled("google_news", connector.options(search="x"), answers, cursor=cursor)
    assert "when%3A4d" in urls[0]


def test_how_far_back_it_reaches_is_no_part_of_the_target():
    connector = registry.find("google_news")
    scopes = {connector.scope(connector.options(search="x", within=within)) for within in ("1d", "7d")}
    assert len(scopes) == 1
    assert connector.scope(connector.options(search="x", country="CA")) not in scopes


@pytest.mark.parametrize(
    "wrong", [{"language": "english"}, {"country": "Canada"}, {"within": "soon"}, {"within": "0d"}]
)
def test_options_that_google_has_not_are_refused(wrong):
    with pytest.raises(ValidationError):
        registry.find("google_news").options(**wrong)


def test_a_publisher_whose_address_is_none_costs_nothing_but_the_address():
    body = (
        b"<rss version='2.0'><channel><item><guid>1</guid><title>Mills recalls drills - The Paper</title>"
        b"<link>https://news.google.com/a</link><source url='https://[broken'>The Paper</source></item></channel></rss>"
    )
    connector = registry.find("google_news")
    (page,) = polled("google_news", connector.options(search='"mills"'), lambda *_: Reply(body=body))
    (article,) = page.page.found
    assert (article.title, article.site, article.author.name) == ("Mills recalls drills", None, "The Paper")
