"""NEAR and ONEAR: at most so many other words between, however the words are written."""

import pytest

from listener.domain.item import Item
from listener.domain.reading import Reading, whole
from listener.domain.tree import Domain, Exact, Handle, In, Near, Or, Phrase, Prefix, Tag, Word

MILLS, REFUND, LATE = Word("mills"), Word("refund"), Word("late")


def near(within, left=MILLS, right=REFUND, *, ordered=False):
    return Near(left, right, within, ordered=ordered)


def holds(node, text, title=None):
    return Reading(Item(text=text, title=title)).holds(node)


def marked(node, text, title=None):
    spans = Reading(Item(text=text, title=title)).spans(node)
    return [whole(title, text)[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("between", "words"),
    [
        (" ", 0),
        (" sent my ", 2),
        ("’s ", 0),
        (", don’t ", 1),
        (" -- & 😡😡 ", 0),
        (" e-mail ", 2),
        (" AT&T ", 2),
        (" @dana_lee ", 2),
        (" 三井 ", 2),
        (" หมี ", 3),
        (" हिन्दी ", 1),
        (" 1,000 ", 2),
    ],
)
def test_what_is_counted_are_the_words_between(between, words):
    text = f"Mills{between}refund"
    assert holds(near(words), text)
    assert not words or not holds(near(words - 1), text)
    assert Reading(Item(text=text)).least_between(near(0)) == words


def test_either_order_counts_unless_it_is_asked_for():
    assert holds(near(1), "the refund from Mills")
    assert not holds(near(1, ordered=True), "the refund from Mills")
    assert holds(near(1, ordered=True), "Mills’ last refund")


def test_it_does_not_reach_from_the_title_into_the_text():
    assert not holds(near(99), "refund", title="Mills")
    assert holds(near(99), "refund at Mills", title="Mills")
    assert Reading(Item(text="refund", title="Mills")).least_between(near(99)) is None


def test_one_place_is_not_near_itself():
    twice = near(5, MILLS, MILLS)
    assert not holds(twice, "Mills")
    assert holds(twice, "Mills and Mills")
    assert not holds(near(5, MILLS, Phrase("mills supply")), "Mills Supply")
    assert holds(near(5, MILLS, Phrase("mills supply")), "Mills Supply, that Mills")


def test_a_chain_reaches_from_its_first_to_its_last_word():
    chain = near(0, near(3), LATE)
    assert holds(chain, "Mills sent my refund late")
    assert holds(chain, "late Mills sent my refund")
    assert not holds(chain, "Mills late sent my refund")
    assert not holds(chain, "Mills sent my refund very late")


def test_a_chain_tries_every_pair_and_not_only_the_nearest():
    assert holds(near(0, near(9, ordered=True), LATE, ordered=True), "Mills refund and refund late")


def test_a_side_may_be_any_term_or_one_of_several():
    either = Or((Handle("mills"), Tag("mills"), Exact("MILLS"), Domain("mills.example"), Prefix("mil")))
    for said in ("@mills", "#mills", "MILLS", "www.mills[.]example", "millers"):
        assert holds(near(1, either), f"so {said} my  refund"), said
    assert not holds(near(1, either), "mules my refund")


def test_the_words_of_a_long_place_are_not_between():
    assert holds(near(0, Phrase("mills of nova scotia")), "Mills of Nova Scotia refund")
    assert holds(near(0, Domain("mills.example")), "refund@www.mills.example")


def test_it_may_be_asked_of_the_title_alone():
    assert holds(In("title", near(0)), "nothing", title="Mills refund")
    assert not holds(In("title", near(0)), "Mills refund", title="nothing")


def test_spans_are_the_words_that_made_it_true():
    text = "Mills. A Ｍills\u200b sent the refund. refund"
    assert marked(near(2), text) == ["Ｍills", "refund"]
    assert marked(near(0), text) == []
    assert marked(near(2, near(2), Exact("A")), text) == ["A", "Ｍills", "refund"]
    assert marked(In("text", near(2)), text, title="Mills") == ["Ｍills", "refund"]


def test_the_least_distance_is_told_however_much_is_allowed():
    reading = Reading(Item(text="Mills " + "x " * 150 + "refund and my refund"))
    assert reading.least_between(near(5)) == 150
    assert reading.least_between(near(5, REFUND, MILLS, ordered=True)) is None
    assert reading.least_between(near(5, MILLS, LATE)) is None


def test_a_side_that_has_no_place_is_refused():
    with pytest.raises(TypeError, match="In cannot be a side of NEAR: only terms"):
        holds(near(1, In("title", MILLS)), "Mills refund")
