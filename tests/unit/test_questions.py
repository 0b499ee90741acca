"""Several clients asked for at once, at places that mix no AND with an OR."""

from __future__ import annotations

import pytest

from listener.connector.questions import questions_apart
from listener.domain.query import parse_query

LONG = " OR ".join(f"alternative{number}" for number in range(20))


def asked(queries, *, longest=40, most_apart=4, **given):
    read = {client: parse_query(query) for client, query in queries.items()}
    return questions_apart(read, longest=longest, most_apart=most_apart, **given)


def test_phrases_of_several_clients_share_a_question_and_phrases_that_belong_together_have_their_own():
    told = asked({"mills": '"Mills Supply" OR (mills refund)', "globex": "globex"})
    assert [(one.text, one.clients) for one in told] == [
        ('"mills" "refund"', ("mills",)),
        ('"mills supply" OR "globex"', ("mills", "globex")),
    ]


def test_what_two_clients_ask_alike_is_asked_once():
    (told,) = asked({"one": "mills", "two": "mills OR globex"})
    assert told.text == '"mills" OR "globex"'
    assert told.clients == ("one", "two")


@pytest.mark.parametrize("most", [None, 2])
def test_no_question_is_longer_or_holds_more_than_the_place_takes(most):
    told = asked({"mills": LONG}, most_together=most)
    parts = [one.text.split(" OR ") for one in told]
    assert sorted(part for each in parts for part in each) == sorted(
        f'"alternative{number}"' for number in range(20)
    )
    assert all(len(one.text) <= 40 for one in told)
    assert max(map(len, parts)) == 2


def test_a_query_of_too_many_questions_is_asked_by_the_rarest_phrase_of_each_way():
    query = "(mills refund) OR (mills delivery) OR (mills parcel)"
    assert len(asked({"mills": query}, most_apart=3)) == 3
    assert [one.text for one in asked({"mills": query}, most_apart=2, longest=99)] == [
        '"refund" OR "delivery" OR "parcel"'
    ]


def test_what_is_too_long_loses_words_and_says_that_our_matcher_sees_to_them():
    (told,) = asked({"mills": 'mills AND "a phrase of words that are far too many for it"'})
    assert told.text == '"mills"'
    assert "is left to our matcher" in told.widened["mills"][0]
    (told,) = asked({"mills": '"a phrase of words that are far too many for it"'})
    assert told.text == '"a phrase of words that are far too"'
