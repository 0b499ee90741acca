"""Which words of a text stand for the client, and which terms of its query are names."""

import pytest
from builders import client
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.client import Own
from listener.domain.masking import mask
from listener.domain.nameterms import name_terms
from listener.domain.query import parse_query


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Mills", ["Mills"]),
        ("Mills AND refund", ["Mills"]),
        ("Mills refund NOT Hayley", ["Mills"]),
        ('"Mills Supply" OR Millie', ["Mills Supply", "Millie"]),
        ('("Mills Supply" OR Millie) AND (refund OR "charged twice")', ["Mills Supply", "Millie"]),
        ("(Mills NEAR/3 order*) OR @millshelp", ["Mills", "@millshelp"]),
        ("title:(Mills) OR author:(Millie)", ["Mills"]),
        ("lumber NOT Mills", ["lumber"]),
        ("domain:mills.example OR exact:MILLS", ["domain:mills.example", 'exact:"MILLS"']),
    ],
)
def test_the_names_of_a_query_are_what_suffices_alone_or_holds_the_name(query, names):
    found = name_terms(parse_query(query).tree, ["Mills"])
    assert sorted(term.written for term in found) == sorted(names)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Best Buy never sent my refund", "company never sent my refund"),
        ("BEST BUY, best  buy and BestBuy", "company, company and company"),
        ("@BestBuy #bestbuy @bbhelp help", "company company company help"),
        ("The best buy-back and the best buyer", "The company-back and the best buyer"),
        ("see bestbuy.example/refund", "see company/refund"),
        ("@BestBuyUK and bestbuys are others", "@BestBuyUK and bestbuys are others"),
    ],
)
def test_names_are_masked_as_whole_words_longest_first(text, masked):
    who = client("Best Buy", own=Own(handles={"x": "bbhelp"}, sites=("bestbuy.example",)))
    assert mask(text, who)[0] == masked


def test_the_names_in_the_query_are_masked_and_its_context_is_not():
    who = client("Mills", query='("Mills Supply" OR Millie) AND (refund OR awful)')
    assert mask("Millie at Mills Supply: awful, no refund", who)[0] == "company at company: awful, no refund"


@given(st.text(max_size=40))
def test_a_query_that_nobody_can_read_masks_the_name_all_the_same(query):
    assert mask("Mills is late", client("Mills", query="( " + query))[0].startswith("company is")


@given(st.sampled_from(["best buy", "BEST BUY", "Best Buy", "bEST bUY"]))
def test_the_case_of_a_name_changes_nothing(name):
    assert mask(f"{name} is late", client("Best Buy"))[0] == "company is late"
