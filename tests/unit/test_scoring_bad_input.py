"""Whatever text, title, language, name of a client, correction or model comes: no exception, a short time, and a stated reason."""

import json
import math
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from builders import client

from listener.app import make_scorer
from listener.cli.texts import LONGEST
from listener.domain.client import Own
from listener.domain.sentiment import LABELS, Ask
from listener.scoring import modelfile
from listener.scoring.base import version
from listener.scoring.learned import Model
from listener.scoring.lessons import Correction
from listener.scoring.taught import Version
from listener.scoring.training import train_on

SCORER = make_scorer()
FULL = "they never sent my refund, what an awful shop, and nobody answers the phone"

TEXTS = {
    "nothing": None,
    "empty": "",
    "blank": " \n\t\u00a0\u200b ",
    "one character": "x",
    "one emoji": "💔",
    "only the name": "Mills",
    "the name many times": "Mills " * 200_000,
    "a megabyte": "they never sent my refund. " * 38_000,
    "a megabyte without a space": "a" * 1_000_000,
    "4,000 emoji": "😡" * 4_000,
    "4,000 different signs": "".join(map(chr, range(0x1F300, 0x1F300 + 4_000))),
    "half surrogate pairs": "Mills \ud83d is \udfff awful \ud800",
    "control characters": "Mills \x00\x07\x1b[2J\x7f\x85 awful \r\n\v\f",
    "NULs": "\0" * 10_000,
    "bidi": "\u202eMills awful\u202c \u2066\u2069",
    "combining": "M\u0301\u0302" * 5_000,
    "markup": "<b>Mills</b> &lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} %s ${x} awful",
    "backslashes": "\\1 \\g<0> (?P<a>.*) [a-z]{1,9999}" * 300,
    "quotes": "\"'“”‘’" * 3_000,
    "lines": "Mills\n" * 50_000,
    "one long line of negations": "not never no " * 30_000,
    "numbers": "1234567890 " * 5_000,
    "json": '{"label": "positive"}' * 500,
}  # fmt: skip

NAMES = {
    "a regex": "(.*)+[a-z]{1,99}$",
    "an open bracket": "[(",
    "a replacement": r"\1\g<0>",
    "an emoji": "🍎",
    "several emoji": "👨‍👩‍👧‍👦🍎",
    "one letter": "M",
    "one sign": "!",
    "a word of feeling": "Awful",
    "the stand-in": "company",
    "a question": "What the?!",
    "10,000 characters": "Mills " * 1_666,
    "10,000 letters": "m" * 10_000,
    "nothing": "",
    "blanks": "   ",
    "half a pair": "\ud83d",
    "a NUL": "\0",
    "another script": "ミルズ商店",
    "right to left": "مطاحن",
    "every space": "a\u2003b\u00a0c",
    "a line end": "Mills\nShop",
}

texts = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
names = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)


def named(name):
    return replace(client("mills"), name=name, aliases=(name,))


def scored(text, *, who=None, title=None, language=None):
    return SCORER.score(text=text, title=title, client=who or client("mills"), language=language)


def sound(told, *, by=SCORER):
    assert told.label in {"negative", "neutral", "positive", "unknown"}
    assert (told.value is None) is (told.label == "unknown")
    assert told.value is None or (math.isfinite(told.value) and -1 <= told.value <= 1)
    assert told.scorer == by.version_for(client("mills"))
    assert told.reasons
    assert all(0 < len(reason) < 11_000 for reason in told.reasons)
    json.dumps(told.reasons)


def least_time(act):
    spent = []
    for _ in range(3):
        began = time.process_time()
        act()
        spent.append(time.process_time() - began)
        if spent[-1] < 0.05:
            break
    return min(spent)


@texts
def test_any_text_is_scored_soundly_and_soon(text):
    scored("warm")
    sound(scored(text))
    assert least_time(lambda: scored(text)) < 0.05


@texts
def test_any_title_is_scored_soundly_and_soon(text):
    sound(scored("", title=text))
    sound(scored(FULL, title=text))
    assert least_time(lambda: scored(text, title=text)) < 0.05


@names
def test_any_name_is_masked_soundly_and_soon(name):
    who = named(name)
    for text in (FULL, name, f"{name} is awful", f"I hate {name}, {name}! @{name} #{name}", name * 3):
        sound(scored(text, who=who))
    scored(FULL, who=who)
    assert least_time(lambda: scored(f"{name} is awful. {FULL} {name}", who=who)) < 0.05


@pytest.mark.parametrize(
    "sort",
    [
        "a regex",
        "an open bracket",
        "a replacement",
        "an emoji",
        "one letter",
        "a word of feeling",
        "another script",
    ],
)
def test_a_name_of_any_sort_does_not_change_what_is_said_of_it(sort):
    name = NAMES[sort]
    told = scored(f"{FULL}, says a man of {name}", who=named(name))
    assert told.label == "negative"
    assert f"masked: {name}" in told.reasons


@pytest.mark.parametrize(
    "language",
    ["", "en", "EN-us", "xx", "und", "e" * 10_000, "\ud800", "de-\0", "..", "١٢", "-", "_", "en\n"],
)
def test_any_word_of_the_place_is_taken_or_left(language):
    sound(scored(FULL, language=language))


def test_nothing_or_nothing_but_the_name_says_nothing():
    assert scored(None).label == scored("").label == "unknown"
    assert scored("Mills").label == "unknown"
    assert scored("", title="Mills").label == "unknown"
    assert scored("@mills #mills Mills!").label == "unknown"


def test_a_title_without_a_text_is_enough():
    told = scored("", title="Mills: worst shop ever, still no refund")
    assert told.label == "negative"


def test_handles_and_sites_of_a_client_may_be_anything():
    own = Own(
        sites=("", "::::", "http://[", "mills.example/../.."), handles={"x": "", "y": "@@", "z": "(.*)"}
    )
    sound(scored(FULL + " @@ (.*) http://[ mills.example", who=client("mills", own=own)))


def model(**parts):
    """A model as text, which is ours but for these parts."""
    text, _ = modelfile.written(
        Model(base=version(), lean=1.0, start=(0, 0, 0), facts={}, grams={"words": {}, "letters": {}})
    )
    return json.dumps({**json.loads(text), **parts})


MODELS = {
    "empty": ("", "no JSON"),
    "null": ("null", "no JSON object"),
    "a list": ("[]", "no JSON object"),
    "half of one": (model()[:40], "no JSON"),
    "a pickle": ("\x80\x04K\x01.", "no JSON"),
    "deep": ("[" * 100_000, "no JSON"),
    "half a surrogate pair": ('"\ud800"', "no JSON object"),
    "too long": (" " * (modelfile.LONGEST + 1), "are the most"),
    "of another program": ('{"weights": [0.1, 0.2], "bias": 1}', "the format None"),
    "of a later form": (model(format=99), "the format 99"),
    "of another base": (model(base="base.0"), "leans on the base base.0"),
    "with an endless number": (model(start=[0, 0, float("inf")]), "beyond"),
    "with a text for a number": (model(facts={"base value": ["a", 0, 0]}), "no number"),
}


@pytest.mark.parametrize(("text", "why"), MODELS.values(), ids=MODELS)
def test_a_corrupt_or_foreign_model_is_refused_soon_and_with_the_reason(text, why):
    def refused():
        with pytest.raises(modelfile.Unusable, match=why):
            modelfile.read(text, modelfile.checksum(text), base=version())

    assert least_time(refused) < 0.05


def test_a_model_that_was_touched_is_refused():
    with pytest.raises(modelfile.Unusable, match="damaged"):
        modelfile.read(model(lean=0.5), modelfile.checksum(model()), base=version())


@texts
def test_a_model_of_the_greatest_numbers_scores_any_text_soundly_and_soon(text):
    most = [modelfile.GREATEST, -modelfile.GREATEST, modelfile.GREATEST]
    grams = {"words": {"awful": [modelfile.GREATEST, *most]}, "letters": {"_m": [modelfile.GREATEST, *most]}}
    held = model(start=most, facts={"length": most, "base value": most}, grams=grams)
    read = modelfile.read(held, modelfile.checksum(held), base=version())
    mills = client("mills")
    scorer = make_scorer({mills.watch_list: Version(number=1, corrections=40, model=read)})

    def taught():
        return scorer.score(text=text, title=None, client=mills, language=None)

    sound(taught(), by=scorer)
    assert least_time(taught) < 0.05


CONTRADICTING = {
    "each text both ways": (
        [(n, label) for n in range(60) for label in ("negative", "positive")],
        "0 distinct texts are of use",
    ),
    "each text twice so and once otherwise": (
        [(n, label) for n in range(60) for label in ("negative", "positive", "negative")],
        "all say negative",
    ),
    "one text each way": ([(1, label) for label in LABELS] * 100, "0 distinct texts are of use"),
    "taken back": ([(n, label) for n in range(60) for label in ("neutral", "unknown")], "all say neutral"),
}


@pytest.mark.parametrize(("said", "why"), CONTRADICTING.values(), ids=CONTRADICTING)
def test_corrections_that_contradict_each_other_teach_nothing_and_the_reason_is_told(said, why):
    base = make_scorer()
    made = base.weigh_all(
        [
            Ask(text=f"Mills pump number {n}", title=None, client=client("mills"), language="en")
            for n, _ in said
        ]
    )
    those = [Correction(weighed=one, label=label) for one, (_, label) in zip(made, said, strict=True)]
    trained = train_on(those, given=len(those), base=base.version)
    assert trained.model is None
    assert why in trained.figures.sentence
    assert least_time(lambda: train_on(those, given=len(those), base=base.version)) < 0.05


def stream(*lines):
    done = subprocess.run(
        [sys.executable, "-m", "listener", "score", "--jsonl"],
        input=b"\n".join(lines) + b"\n", capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def as_line(**held):
    return json.dumps(held).encode()


def test_the_stream_answers_every_text_however_odd():
    asked = [as_line(id=one, text=text, client="Mills") for one, text in TEXTS.items()]
    asked += [as_line(id=one, text=f"{name} is awful", client=name) for one, name in NAMES.items()]
    asked += [as_line(id="no text"), as_line(text="x", title="y")]
    code, told, said = stream(*asked)
    assert (code, said) == (0, "")
    assert [one["id"] for one in told] == [*TEXTS, *NAMES, "no text", None]
    for one in told:
        assert set(one) == {"id", "label", "score", "reasons"}
        assert (one["score"] is None) is (one["label"] == "unknown")
        assert one["reasons"]


def test_a_wrong_line_of_the_stream_is_told_with_its_number_and_costs_only_itself():
    wrong = {
        2: (b"not json", "is not JSON"),
        3: (b'"text"', "holds no JSON object"),
        4: (b"[" * 100_000, "is not JSON"),
        5: (b'{"text": 5}', "has a text that is no text"),
        6: (b'{"text": "x", "client": ["Mills"]}', "has a client that is no text"),
        7: (b'{"id": {}, "text": "x"}', "has an id that is neither"),
        8: (b"\xff\xfe\x00", "is not JSON"),
        9: (b'{"text": "' + b"a" * LONGEST + b'"}', "is longer than"),
        10: (b"\x1b]0;evil\x07", "is not JSON"),
    }
    good = as_line(id=1, text=FULL, client="Mills")
    code, told, said = stream(good, *(line for line, _ in wrong.values()), b"", good)
    assert code == 1
    assert [(one["id"], one["label"]) for one in told] == [(1, "negative")] * 2
    lines = said.splitlines()
    assert len(lines) == len(wrong)
    for line, (number, (_, reason)) in zip(lines, wrong.items(), strict=True):
        assert line.startswith(f"line {number} {reason}")
    assert "\x1b" not in said
