"""A reply says what its own words say: what it quotes of an earlier text is somebody else's."""

import time

import pytest
from builders import client
from hypothesis import given
from hypothesis import strategies as st

from listener.scoring.base import BaseScorer
from listener.scoring.earlier import own_words

MILLS = client()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> Mills is terrible\nNot in my town, they are great", "Not in my town, they are great"),
        ("Bob wrote:\n> Mills is terrible\n>> so is Globex\nNot here at all", "Not here at all"),
        (
            "Mills sent it at once.\n\nOn Mon, 2 Mar 2026 at 10:00, Bob\n<bob@x.example> wrote:\n> Never got it",
            "Mills sent it at once.\n",
        ),
        ("It came today.\n\nOn 2 March 2026 Bob wrote:\nNever got it.\nAwful.", "It came today.\n"),
        ("It came today.\n-----Original Message-----\nFrom: Bob\nNever got it.", "It came today."),
        (
            "> Mills is terrible\nyes\n> and rude\nI have seen worse than this",
            "yes\nI have seen worse than this",
        ),
    ],
)
def test_what_is_quoted_of_an_earlier_text_is_left_out(text, own):
    assert own_words(text, MILLS) == (own, True)


@pytest.mark.parametrize(
    "text",
    [
        "> Mills never sent my refund\n+1",
        "> Mills never sent my refund\nSame here.",
        "> Mills never sent my refund",
        "On 2 March 2026 Bob wrote:\nMills never sent my refund",
        "I read what was said of Mills.\nOn Monday customers wrote:\nThey never came.",
        "Globex > Bob\nany day",
        'so it begins again "@globex: we are thrilled to be open"',
        "this took them only a year RT @ann: Mills never came",
        'wow "@mills: we are thrilled to be open"',
        "RT @mills: our great new app",
        'see "@mills" in the news of today',
        "Customers wrote:\nMills is terrible",
        "",
    ],
)
def test_where_there_are_no_own_words_or_no_quoted_ones_the_text_stays_whole(text):
    assert own_words(text, MILLS) == (text.replace("> M", "M"), False)


def test_a_reply_that_disagrees_is_no_complaint_and_says_why():
    told = BaseScorer().score(
        text="> Mills never sent my refund and is a terrible shop\nMine came after a day, I can recommend them",
        title=None,
        client=MILLS,
        language="en",
    )
    assert told.label == "positive"
    assert "quoted: the earlier words that it answers do not count" in told.reasons


def test_a_reply_that_only_agrees_says_what_it_quotes():
    told = BaseScorer().score(
        text="> Mills never sent my refund\nSame here", title=None, client=MILLS, language="en"
    )
    assert told.label == "negative"
    assert not any(reason.startswith("quoted") for reason in told.reasons)


@given(st.text(st.sampled_from(">\n On2wrote:-Original Message") | st.characters(), max_size=60))
def test_own_words_are_lines_of_the_text_in_their_order(text):
    lines = iter(text.split("\n"))
    assert all(any(one.endswith(line) for one in lines) for line in own_words(text, MILLS)[0].split("\n"))


@pytest.mark.parametrize(
    "unit",
    [
        "\n>",
        "On 1\n",
        "wrote:\n",
        "> On 2 a wrote:\n",
        "--",
        "-- Original Message\n",
        "On 1 wrote ",
        '"@a b',
        "RT @a",
    ],
)
def test_any_text_of_twenty_thousand_characters_takes_a_fiftieth_of_a_second(unit):
    text = (unit * 20_000)[:19_980] + "\n>\nwrote:"
    spent = []
    for _ in range(3):
        began = time.process_time()
        own_words(text, MILLS)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.02
