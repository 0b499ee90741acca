"""Of a text, the sentences about a client, with its names masked."""

import time

import pytest
from builders import client
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.about import about
from listener.domain.client import Own
from listener.domain.masking import mask

MILLS = client(
    aliases=("Mills Supply", "Müller & Co."),
    own=Own(sites=("mills.example",), handles={"x": "millssupply", "bluesky": "mills.example"}),
)


@pytest.mark.parametrize(
    ("text", "masked", "names"),
    [
        ("Mills Supply never sent it", "company never sent it", ("Mills Supply",)),
        ("MILLS' and Mills’s", "company' and company’s", ("Mills",)),
        ("@millssupply #MillsSupply", "company company", ("@MillsSupply", "#MillsSupply")),
        ("see shop.mills.example", "see shop.company", ("mills.example",)),
        ("bei MULLER & co. und Mu\u0308ller & Co.", "bei company und company", ("Müller & Co.",)),
        ("millstone, @millsfan and mills_x", "millstone, @millsfan and mills_x", ()),
        ("Mills\n  Supply ok", "company ok", ("Mills Supply",)),
        ("", "", ()),
    ],
)
def test_every_name_becomes_one_neutral_word_the_longest_first(text, masked, names):
    assert mask(text, MILLS) == (masked, names)


@pytest.mark.parametrize("name", [".*", "(", "😡", "C++", "\\"])
def test_a_name_may_look_like_a_pattern_or_be_an_emoji(name):
    assert mask(f"oh {name} oh", client(name))[0] in {"oh company oh", f"oh {name} oh"}
    assert mask("oh", client(name)) == ("oh", ())


@given(st.text(st.one_of(st.sampled_from("mills Mills@#\u0301ßİ’ \n"), st.characters()), max_size=40))
def test_masking_and_cutting_never_break_on_a_text(text):
    masked, names = mask(text, MILLS)
    assert (masked == text) is (not names)
    assert len(about(text, text, MILLS, cap=20)) <= 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Globex is awful. Mills shipped fine.", "Mills shipped fine."),
        ("Mills shipped. It was late! They lied. Globex lied.", "Mills shipped.\nIt was late!\nThey lied."),
        ("It rained. Mills was open.", "Mills was open."),
        ("I wrote to Mills Inc. Never heard back. Sad.", "I wrote to Mills Inc. Never heard back."),
        ("Yahoo! is fine\nMills is not", "Mills is not"),
        ("Nobody is named. At all.", "Nobody is named.\nAt all."),
        (
            "@millssupply where is my order? Three weeks. Awful.",
            "@millssupply where is my order?\nThree weeks.\nAwful.",
        ),
        ("Three weeks. Awful. @bob @millssupply", "Three weeks.\nAwful.\n@bob @millssupply"),
        ("株式。Mills は悪い。終わり", "Mills は悪い。"),
    ],
)
def test_it_keeps_the_sentences_about_the_client(text, said):
    assert about(None, text, MILLS) == said


def test_the_title_comes_first_unless_the_text_begins_with_it():
    assert about("News  of Mills", "Nothing. Mills won.", MILLS) == "News of Mills\nMills won."
    assert about("Mills won", "Mills won a prize. Rain.", MILLS) == "Mills won a prize."
    assert about("Mills won", "The prize. Is big.", MILLS) == "Mills won\nThe prize.\nIs big."


def test_it_is_cut_at_a_sentence_or_else_at_a_word():
    assert about(None, "Mills one. Mills two. Mills three.", MILLS, cap=22) == "Mills one.\nMills two."
    assert about(None, "Mills " + "word " * 50, MILLS, cap=18) == "Mills word word"
    assert about(None, "x" * 50, MILLS, cap=18) == "x" * 18


@pytest.mark.parametrize(
    "unit", [".", " ", "Mills. ", "a. ", "é ", "\n", "Mills\n ", '!" ', "\u0301", "Inc. "]
)
def test_a_megabyte_takes_a_tenth_of_a_second_at_most(unit):
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    about(text, text, MILLS)
    assert time.process_time() - began < 0.1
