"""Which words are told as new, and which are not."""

import random

import pytest
from builders import client

from listener.domain.client import Own
from listener.domain.frequency import RATES
from listener.domain.wordshift import Z_LEAST, Voiced, new_words

MILLS = client(
    name="Mills",
    aliases=("Mills Supply",),
    query='("Mills Supply" OR lumber OR @millssupply) NOT "Hayley Mills"',
    own=Own(handles={"x": "millssupply"}),
)
USUAL = [
    "Went to Mills Supply for boards today, the store was busy",
    "Mills has good prices on paint",
    "Delivery from @millssupply came late again",
    "Anyone know if Mills has cedar? The lumber is nice",
    "Great service at Mills as always",
    "Mills parking is terrible",
]
WINDOW = [
    "Mills Supply charged me twice and nobody answers the phone. Three weeks for a refund and counting.",
    "Has anyone ever got a refund out of Mills Supply? Charged twice!",
    "Readers report double charges; no refund so far",
    "Mills Supply is the worst, I want my refund",
    "they charged me twice at Mills, lumber and all",
]


def voiced(texts, prefix=""):
    return [Voiced(voice=f"{prefix}{number}", text=text) for number, text in enumerate(texts)]


def told(window, before=USUAL * 30, listed=(), of=MILLS):
    found = new_words(voiced(window), of, before=voiced(before), listed=voiced(listed))
    return {one.text: one.people for one in found}


def test_it_tells_what_the_complaints_are_about_as_they_write_it():
    assert told(WINDOW) == {"refund": 4, "charged me twice": 3}


def test_a_word_counts_once_a_voice_however_often_it_is_repeated():
    once = [*WINDOW[:1], "Mills is bad", "Mills annoys"]
    assert "refund" not in told([once[0] + " refund" * 50, *once[1:]])


def test_two_texts_of_one_voice_are_one_person():
    same = [Voiced(voice="ann", text="Mills owes a refund")] * 5 + voiced(["Mills is bad", "Mills annoys"])
    assert new_words(same, MILLS, before=voiced(USUAL * 30), listed=()) == ()


def test_what_is_always_said_of_the_client_is_not_new():
    assert told(["Mills delivery came late", "late delivery by Mills", "Mills: delivery late"]) == {}


@pytest.mark.parametrize("word", ["Mills", "Supply", "lumber", "@millssupply", "#Mills"])
def test_names_and_words_of_the_query_are_masked(word):
    assert told([f"{word} overcharged us", f"{word} overcharged them", f"{word} overcharged her"]) == {
        "overcharged": 3
    }


def test_with_too_little_history_the_lists_stands_for_it():
    complaints = ["terrible service", "a bad day at the shop", "the worst delivery", "rude staff"] * 40
    assert "refund" in told(WINDOW, before=USUAL, listed=complaints)
    worst = ["Mills is the worst", "worst shop", "the worst, Mills"]
    assert told(worst, before=USUAL, listed=[*complaints, *["the worst shop"] * 40]) == {}


def test_without_any_history_nothing_is_called_new():
    assert told(WINDOW, before=(), listed=()) == {}


def test_at_most_five_are_told_the_most_telling_first():
    found = new_words(
        voiced(["alpha. bravo. charlie. delta. echo. foxtrot. golf"] * 3 + ["alpha"]),
        MILLS,
        before=voiced(USUAL * 30),
        listed=(),
    )
    assert len(found) == 5
    assert found[0].text == "alpha"
    assert [one.z for one in found] == sorted((one.z for one in found), reverse=True)
    assert all(one.z >= Z_LEAST and one.people >= 2 for one in found)


def test_the_order_of_what_is_said_changes_nothing():
    shuffled = voiced(WINDOW)
    random.Random(1).shuffle(shuffled)
    before = voiced(USUAL * 30)
    assert new_words(shuffled, MILLS, before=before[::-1], listed=()) == new_words(
        voiced(WINDOW), MILLS, before=before, listed=()
    )


@pytest.mark.parametrize(("people", "most"), [(5, 0.4), (20, 0.4)])
def test_in_windows_like_all_others_chance_brings_up_few_words(people, most):
    """Texts of words as common as in English, and of rare ones, all drawn from the same urn."""
    draw = random.Random(people)
    rare = {f"rare{number}": 60 / (number + 20) for number in range(3_000)}
    urn, weights = zip(*{**{w: rate for w, rate in RATES.items() if rate < 3}, **rare}.items(), strict=True)

    def texts(number):
        return [" ".join(draw.choices(urn, weights, k=draw.randint(4, 12))) for _ in range(number)]

    before, listed = texts(300), texts(300)
    false = [len(told(texts(people), before=before, listed=listed)) for _ in range(12)]
    assert sum(false) / len(false) <= most
