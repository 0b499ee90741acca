"""Our VADER says what theirs says, to the last digit, whatever the text."""

import gzip
import json
import random
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.scoring.valence import measure

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from vaderSentiment.vaderSentiment import (
        BOOSTER_DICT,
        NEGATE,
        SPECIAL_CASES,
        SentimentIntensityAnalyzer,
    )

    THEIRS = SentimentIntensityAnalyzer()

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "eval" / "sentiment" / "dev"
RULES = [
    *BOOSTER_DICT,
    *NEGATE,
    *(word for idiom in SPECIAL_CASES for word in idiom.split()),
    *[
        "no",
        "or",
        "nor",
        "least",
        "at",
        "very",
        "but",
        "so",
        "this",
        "never",
        "without",
        "doubt",
        "kind",
        "of",
        "sort",
        "just",
        "enough",
    ],
]
PLAIN = [
    "the",
    "a",
    "mills",
    "order",
    "GOOD",
    "BAD",
    "NO",
    "VERY",
    "But",
    ":)",
    ":D",
    "!",
    "?",
    "??",
    "!!!",
    "n't",
    "x",
]
ENDS = ("", "", "", "!", "?", ",", "…", "'")


def pair(text):
    ours = measure(text)
    mine = {"neg": ours.negative, "neu": ours.neutral, "pos": ours.positive, "compound": ours.compound}
    return mine, THEIRS.polarity_scores(text)


def differing(texts):
    return [(text, mine, other) for text in texts for mine, other in [pair(text)] if mine != other]


def made_up(count, seed):
    """Texts in which the words that VADER's rules speak of stand close together."""
    chance = random.Random(seed)
    words = [*chance.sample(sorted(THEIRS.lexicon), 200), *RULES, *PLAIN]
    for _ in range(count):
        said = [chance.choice(words) for _ in range(chance.randrange(14))]
        said = [word.upper() if chance.random() < 0.08 else word + chance.choice(ENDS) for word in said]
        if chance.random() < 0.2:
            said.insert(chance.randrange(len(said) + 1), chance.choice(sorted(THEIRS.emojis)) + "a")
        yield chance.choice((" ", " ", "\n")).join(said)


def test_ten_thousand_made_up_texts_get_their_four_values():
    assert differing(made_up(10_000, seed=5)) == []


@pytest.mark.parametrize("name", ["airline", "tweeteval", "newsmtsc"])
def test_real_texts_get_their_four_values(name):
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the evaluation data is not beside this checkout")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(1500), strict=False)]
    assert differing(texts) == []


@given(st.text(max_size=60), st.lists(st.sampled_from([*RULES, "good", "bad", "💔", "👎"]), max_size=8))
def test_any_text_gets_their_four_values(odd, words):
    assert differing([odd, " ".join(words), f"{' '.join(words)} {odd}"]) == []


def test_equal_weights_around_but_are_changed_as_theirs_are():
    chance = random.Random(9)
    words = ["good", "good", "great", "bad", "bad", "awful", "but", "but", "mills", "fine", "nice"]
    assert differing(" ".join(chance.choices(words, k=12)) for _ in range(2_000)) == []
