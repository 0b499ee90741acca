"""What docs/sentiment.md says that we get wrong is still what we get, and wrong; what it shows is what is printed."""

import re
from pathlib import Path

import pytest
from builders import client

from listener.scoring.base import BaseScorer

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sentiment.md").read_text(encoding="utf-8")
WRONG = re.findall(r"^\| (.+?) \| (negative|neutral|positive|unknown) \| .+ \|$", PAGE, re.MULTILINE)


def scored(text):
    return BaseScorer().score(text=text, title=None, client=client(), language=None)


@pytest.mark.parametrize(("text", "label"), WRONG, ids=[text[:40] for text, _ in WRONG])
def test_it_gets_wrong_what_the_page_says(text, label):
    assert scored(text).label == label


def test_the_page_has_examples():
    assert len(WRONG) >= 8


def test_the_page_shows_what_is_printed():
    (text, first, *reasons) = (
        re.search(r'\$ listener score "(.+)" --client Mills\n((?:.+\n)+)```', PAGE)
        .expand(r"\1\n\2")
        .splitlines()
    )
    made = scored(text)
    assert first == f"{made.label} {made.value:+.2f} toward Mills ({made.scorer})"
    assert [line.strip() for line in reasons] == list(made.reasons)
