"""Cues: phrases that say good or bad of a company, as the files have them, and how they are found."""

import time

import pytest
from builders import client
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.client import Cues
from listener.scoring.base import BaseScorer, weigh
from listener.scoring.cues.load import cues, emoji
from listener.scoring.cues.phrases import Phrases, spellings
from listener.scoring.points import signs

MILLS = client()


def label(text, who=MILLS):
    return BaseScorer().score(text=text, title=None, client=who, language="en").label


def found(phrases, text):
    words = text.split()
    ends = [word.endswith(",") for word in words]
    return [one[:2] for one in phrases.found([word.strip(",") for word in words], ends)]


def compiled(*phrases):
    return Phrases([(spelling, phrase) for phrase in phrases for spelling in spellings(phrase)])


@pytest.mark.parametrize(
    ("phrase", "text", "places"),
    [
        ("on hold", "i am on hold now", [(2, 4)]),
        ("refund*", "no refunds or refunding", [(1, 2), (3, 4)]),
        ("wait NUMBER hours", "wait 3 hours wait two hours wait some hours", [(0, 3), (3, 6)]),
        ("lost . bag", "lost my bag lost bag lost my old bag", [(0, 3)]),
        ("lost .. bag", "lost bag lost my very old bag lost a b c d bag", [(0, 2), (2, 7)]),
        ("lost .. bag", "lost it, my bag is here", []),
        ("lost .. bag", "lost time and my bag", []),
        ("(never|not) (sent|got) (it|)", "never got it and not sent", [(0, 3), (4, 6)]),
        ("so (bad|bad that it hurts)", "so bad that it hurts, so bad that", [(0, 5), (5, 7)]),
    ],
)
def test_a_phrase_is_found_as_it_is_written(phrase, text, places):
    assert found(compiled(phrase), text) == places


def test_the_longest_cue_counts_and_none_overlap():
    both = compiled("refund*", "got my refund", "my refund never came")
    assert found(both, "got my refund never came refund") == [(0, 3), (5, 6)]


def test_a_parenthesis_that_is_not_closed_is_told():
    with pytest.raises(ValueError, match="not closed"):
        list(spellings("(never|not sent"))


@given(st.lists(st.sampled_from(["a", "b", "c", "d,", "a,"]), max_size=12))
def test_every_place_of_a_plain_phrase_is_found(words):
    plain = [word.strip(",") for word in words]
    wanted, at = [], 0
    while at < len(plain) - 1:
        if plain[at : at + 2] == ["a", "b"]:
            wanted.append((at, at + 2))
            at += 2
        else:
            at += 1
    assert found(compiled("a b"), " ".join(words)) == wanted


def test_finding_cues_takes_time_in_proportion_to_the_text():
    known = cues("en")
    words = [
        "not",
        "the",
        "one",
        "is",
        "still",
        "not",
        "waiting",
        "for",
        "never",
        "a",
        "big",
        "one",
        "lost",
        "my",
        "the",
        "a",
    ]

    def spent(times):
        text = words * times
        began = time.process_time()
        known.found(text, [False] * len(text))
        return time.process_time() - began

    spent(10)
    short, long = min(spent(50) for _ in range(5)), min(spent(500) for _ in range(3))
    assert long < 40 * short


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Best day to wait: Mills is still waiting for a part for my order", "negative"),
        ("Mills never sent my refund", "negative"),
        ("Mills charged me twice for one order", "negative"),
        ("my parcel from Mills never arrived", "negative"),
        ("Mills is down again, third time this week", "negative"),
        ("great, Mills is down again", "negative"),
        ("the appointment at Mills was cancelled", "negative"),
        ("I am switching away, leaving Mills today", "negative"),
        ("nobody answers the phone at Mills", "negative"),
        ("on hold with Mills for two hours", "negative"),
        ("@mills thanks for nothing", "negative"),
        ("why can't Mills answer a simple mail", "negative"),
        ("the app of Mills keeps crashing", "negative"),
        ("the so-called 'service' of Mills", "negative"),
        ("Mills writes of so-called heat pumps", "neutral"),
        ("no delay at Mills today", "positive"),
        ("Mills finally fixed my account", "positive"),
        ("Mills sorted it out and I got my refund", "positive"),
        ("thanks for fixing it so quickly, Mills", "positive"),
        ("I highly recommend Mills", "positive"),
        ("Mills compensated me in full", "positive"),
        ("can't fault the service at Mills", "positive"),
        ("Mills never disappoints", "positive"),
        ("Mills opens at nine, please bring your card", "neutral"),
        ("interest rates and shares: what Mills says on Friday", "neutral"),
        ("does Mills ship to Leeds", "neutral"),
        ("Mills said its profit rose by 12 % in the first quarter", "positive"),
        ("operating profit of Mills fell to 3 million", "negative"),
        ("Mills wins a contract for two ships", "positive"),
        ("Mills recalls 2,000 saws", "negative"),
        ("Mills lays off 300 people", "negative"),
        ("Mills was fined by the regulator", "negative"),
        ("Mills sued over a data breach", "negative"),
        ("Mills 👎", "negative"),
        ("Mills 🙄 💔", "negative"),
        ("Mills 👏👏", "positive"),
    ],
)
def test_what_people_say_of_a_company_is_understood(text, expected):
    assert label(text) == expected


def test_a_client_has_cues_of_its_own():
    who = client(
        cues=Cues(negative=("splinter*", "wrong length"), positive=("bone dry",), neutral=("Sharp Crack",))
    )
    assert label("the boards of Mills are full of splinters", who) == "negative"
    assert label("the boards of Mills have the wrong length", who) == "negative"
    assert label("the boards of Mills are bone dry", who) == "positive"
    assert label("Mills has a new saw, the Sharp Crack", who) == "neutral"
    assert label("the boards of Mills are full of splinters") == "neutral"


def test_a_negated_cue_of_its_own_says_the_opposite():
    who = client(cues=Cues(negative=("splinter*",)))
    assert weigh(text="no splinters at Mills", title=None, client=who, language="en").value > 0


def test_the_reasons_name_the_cue_with_its_words_and_nothing_that_is_not_plain():
    told = BaseScorer().score(
        text="Mills never sent \u202emy\u202c refund", title=None, client=MILLS, language="en"
    )
    assert told.reasons[2:] == ("cues: nobody answers (−: never sent … refund)",)


def test_every_emoji_that_we_weigh_is_one_sign_and_ours_goes_before_the_lexicon():
    own = emoji("en")
    assert all(len(sign) == 1 for sign in own)
    assert own["👎"] < 0 < own["👍"]
    assert signs()["💔"] == own["💔"] < 0


def test_ten_hearts_say_no_more_than_one():
    one, ten = (
        weigh(text="Mills " + "❤️" * count, title=None, client=MILLS, language="en") for count in (1, 10)
    )
    assert one.value == ten.value > 0


def test_features_stay_within_their_bounds():
    told = weigh(
        text="Mills! " + "never got my refund! " * 60, title=None, client=MILLS, language="en"
    ).features
    assert all(-10 <= value <= 10 for value in told.values())
    assert told["cue: nobody answers"] == -10
    assert told["exclamations"] == 10
