"""What a query may ask besides words: site, language, source, kind, address and reach."""

import pytest

from listener.domain.item import Item
from listener.domain.reading import Reading
from listener.domain.tree import And, Followers, Known, Not, Or, Word


@pytest.mark.parametrize(
    ("fact", "value", "item", "holds"),
    [
        ("site", "globe.example", {"site": "globe.example"}, True),
        ("site", "globe.example", {"site": "news.globe.example"}, True),
        ("site", "globe.example", {"site": "notglobe.example"}, False),
        ("site", "news.globe.example", {"site": "globe.example"}, False),
        ("site", "globe.example", {}, False),
        ("lang", "en", {"language": "en-CA"}, True),
        ("lang", "en", {"language": "EN_ca"}, True),
        ("lang", "en", {"language": "eng"}, False),
        ("lang", "en-CA", {"language": "en"}, False),
        ("lang", "en-CA", {"language": "en-ca"}, True),
        ("lang", "en", {}, False),
        ("source", "globe business", {"source": "The Globe  Business page"}, True),
        ("source", "Globe", {"source": "Globes"}, False),
        ("kind", "rss", {"kind": "rss"}, True),
        ("kind", "rss", {"kind": "rss2"}, False),
        ("url", "/Sports/", {"url": "https://globe.example/sports/1"}, True),
        ("url", "/sports/", {"url": "https://globe.example/arts/1"}, False),
        ("url", "a.*b", {"url": "https://globe.example/axxb"}, False),
        ("url", "x", {}, False),
    ],
)
def test_it_is_asked_of_what_is_known(fact, value, item, holds):
    reading = Reading(Item(text="no word of it", **item))
    assert reading.holds(Known(fact, value)) is holds
    assert reading.holds(Not(Known(fact, value))) is not holds
    assert reading.spans(Known(fact, value)) == ()


@pytest.mark.parametrize(
    ("asked", "reach", "holds"),
    [
        (Followers(least=1_000), 1_000, True),
        (Followers(least=1_000), 999, False),
        (Followers(most=1_000), 1_000, True),
        (Followers(most=1_000), 1_001, False),
        (Followers(1_000, 5_000), 5_000, True),
        (Followers(most=10), 0, True),
        (Followers(most=10), None, False),
        (Followers(least=0), None, False),
    ],
)
def test_followers_count_both_ends_and_an_unknown_reach_has_none(asked, reach, holds):
    assert Reading(Item(text="", reach=reach)).holds(asked) is holds


def test_the_language_is_found_out_once_and_only_where_it_is_asked_for():
    told = []

    def tell(text):
        told.append(text)

    reading = Reading(Item(text="bonjour", title="salut"), tell)
    assert reading.holds(Word("bonjour"))
    assert told == []
    assert not reading.holds(Or((Known("lang", "fr"), Known("lang", "en"))))
    assert not reading.holds(Known("lang", "fr"))
    assert told == ["salut\nbonjour"]


def test_the_place_knows_its_language_best():
    def tell(_):
        pytest.fail("The place told the language already")

    assert Reading(Item(text="bonjour", language="fr-CA"), tell).holds(
        And((Known("lang", "fr"), Word("bonjour")))
    )
    assert Reading(Item(text="bonjour"), lambda _: "fr").holds(Known("lang", "fr"))
