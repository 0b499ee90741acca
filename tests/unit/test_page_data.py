"""What a page says about itself to machines: articles, reviews and a rating, from JSON-LD and from microdata."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from paperworld import PaperWeb, Poller

from connectors.company_page import CONNECTOR
from listener.connector.page.bytes import tree_of
from listener.connector.page.data import Structured, structured
from listener.connector.page.dates import instant

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
URL = "https://mills.example/saws"
WORDS = (
    "<main><p>The saws of Mills cut wood, metal and stone, and we sharpen them for you at no cost.</p></main>"
)


def read(html: str) -> Structured:
    return structured(tree_of(html), url=URL, now=NOW)


def ld(*objects: object) -> str:
    return "".join(f"<script type='application/ld+json'>{json.dumps(one)}</script>" for one in objects)


def review(text: str, stars: object = 1, **more: object) -> dict[str, object]:
    return {"@type": "Review", "reviewBody": text, "reviewRating": {"ratingValue": stars}, **more}


def product(*reviews: object, rating: float = 4.1) -> dict[str, object]:
    return {
        "@type": "Product",
        "name": "Saw",
        "aggregateRating": {"ratingValue": rating},
        "review": list(reviews),
    }


def test_it_reads_the_reviews_of_a_product_wherever_they_stand():
    items = read(
        ld({"@context": "https://schema.org", "@graph": [product(review("Broke at once"), review("Fine"))]})
    ).items
    assert [(item.form, item.text) for item in items] == [("review", "Broke at once"), ("review", "Fine")]


def test_it_reads_an_article_with_its_headline_author_and_time():
    data = {
        "@type": ["NewsArticle"],
        "headline": "Mills wins &amp; thanks",
        "description": "<p>An award</p><p>for <b>saws</b></p>",
        "url": "/news/award",
        "datePublished": "2026-11-19T10:00:00-04:00",
        "author": [{"@type": "Person", "name": "Dana Lee"}],
        "inLanguage": "en-CA",
    }
    (item,) = read(ld(data)).items
    assert item.external_id == item.url == "https://mills.example/news/award"
    assert (item.title, item.text, item.language) == ("Mills wins & thanks", "An award\nfor saws", "en-ca")
    assert item.published_at == datetime(2026, 11, 19, 14, tzinfo=UTC)
    assert item.author is not None
    assert item.author.name == "Dana Lee"


def test_it_reads_microdata_as_it_reads_json():
    (item,) = read(
        "<div itemscope itemtype='https://schema.org/Review'><b itemprop=author itemscope itemtype='https://schema.org/Person'>"
        "<i itemprop=name>Bo</i></b><p itemprop=reviewBody>Great <i>saw</i></p><div itemprop=reviewRating itemscope"
        " itemtype='https://schema.org/Rating'><meta itemprop=ratingValue content=4></div>"
        "<time itemprop=datePublished datetime=2026-11-03></time></div>"
    ).items
    assert (item.text, item.rating, item.author and item.author.name) == ("Great saw", 0.75, "Bo")
    assert item.published_at == datetime(2026, 11, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ({"ratingValue": 1}, 0.0),
        ({"ratingValue": "5"}, 1.0),
        ({"ratingValue": "3,0"}, 0.5),
        ({"ratingValue": 9, "bestRating": "10", "worstRating": 0}, 0.9),
        ({"ratingValue": 80, "bestRating": 100, "worstRating": "0"}, 0.8),
        ({"ratingValue": 11, "bestRating": 10}, 1.0),
        ([{"ratingValue": 3}], 0.5),
        ("4", 0.75),
        ({"ratingValue": "good"}, None),
        ({"ratingValue": 1, "bestRating": 1, "worstRating": 1}, None),
        ({"ratingValue": float("nan")}, None),
        ({"ratingValue": 10**400}, None),
        ({"ratingValue": True}, None),
        (None, None),
    ],
)
def test_it_turns_stars_into_a_part_of_what_could_be_given(rating, expected):
    (item,) = read(ld(review("Words") | {"reviewRating": rating})).items
    assert item.rating == expected


def test_it_gives_reviews_ids_that_stay_when_others_come():
    first = read(ld(product(review("Broke at once", author="Ann")))).items
    later = read(ld(product(review("New one"), review("Broke at once", author="Ann"), rating=2))).items
    assert first[0].external_id == later[1].external_id


def test_it_keeps_two_reviews_apart_that_a_template_gave_one_id():
    twins = read(ld(product(review("Good", **{"@id": "#review"}), review("Bad", **{"@id": "#review"})))).items
    assert len({item.external_id for item in twins}) == 2


def test_it_marks_a_review_without_a_name_as_hiding_its_author():
    named, unnamed = read(ld(product(review("One", author={"name": "Ann"}), review("Two")))).items
    assert (named.author_hidden, unnamed.author_hidden) == (False, True)


def test_a_broken_script_costs_itself():
    html = "<script type='application/ld+json'>{broken</script>" + ld(review("Fine"))
    assert [item.text for item in read(html).items] == ["Fine"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        (" 2026-11-19 ", datetime(2026, 11, 19, tzinfo=UTC)),
        ("2026-11-19T10:00Z", datetime(2026, 11, 19, 10, tzinfo=UTC)),
        ("2026-11-19T10:00:00.123-04:00", datetime(2026, 11, 19, 14, 0, 0, 123000, tzinfo=UTC)),
        ("1970-01-01", None),
        ("2090-01-01", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        (20261119, None),
    ],
)
def test_it_reads_the_dates_of_the_web_and_no_nonsense(written, expected):
    assert instant(written, now=NOW) == expected


def test_new_reviews_are_found_one_by_one_with_the_rating_kept():
    old, bad = review("Fine saw", 5, author="Ann"), review("Broke at once and nobody answers", 1, author="Bo")
    web = PaperWeb({URL: ld(product(old)) + WORDS})
    mills = Poller(web, CONNECTOR, {"url": URL})
    assert mills.poll() == []
    web.pages[URL] = ld(product(bad, old)) + WORDS + "<main><p>Broke at once and nobody answers</p></main>"
    (found,) = mills.poll()
    assert (found.form, found.rating, found.text) == ("review", 0.0, "Broke at once and nobody answers")
    assert mills.poll() == []
    web.pages[URL] = ld(product(bad, old, rating=2.5)) + WORDS + "<main><p>We sell chains now</p></main>"
    (found,) = mills.poll()
    assert found.form == "page_change"
    assert found.raw["rating"] == {"ratingValue": 2.5}


def test_a_review_that_leaves_the_page_and_returns_is_not_new():
    one, two = review("Fine saw", author="Ann"), review("Poor saw", author="Bo")
    web = PaperWeb({URL: ld(product(one, two)) + WORDS})
    mills = Poller(web, CONNECTOR, {"url": URL})
    mills.poll()
    for shown in ([one], [two], [two, one]):
        web.pages[URL] = ld(product(*shown)) + WORDS
        assert mills.poll(hours=48) == []
