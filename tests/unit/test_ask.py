"""A client's query as words for a place that has a search."""

from __future__ import annotations

from listener.connector.ask import alternatives, rarest
from listener.domain.query import parse_query


def test_it_asks_wider_than_the_query_and_never_narrower():
    assert alternatives(parse_query('("Mills Supply" OR @millssupply) NOT "Hayley Mills"')) == (
        ("mills supply",),
        ("millssupply",),
    )
    assert alternatives(parse_query("mills OR (mills AND refund)")) == (("mills",),)
    assert len(alternatives(parse_query(" OR ".join(f"a{n}" for n in range(70))))) == 70


def test_the_rarest_term_has_most_words_then_most_letters():
    assert rarest(("refund", "mills supply", "delivery")) == "mills supply"
    assert rarest(("arc", "browser")) == "browser"
