"""Every file in tests/mistakes holds one kind of mistake; the text beside it has the sentences, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kinds import CONNECTORS, NOTIFIERS

from listener.config.load import load
from listener.config.mistakes import Mistakes

FOLDER = Path(__file__).resolve().parents[1] / "mistakes"
OUTSIDE = "kept-outside-7391"
FILES = [path for path in sorted(FOLDER.glob("*.yaml")) if ".marks" not in path.suffixes]
PYDANTIC = re.compile(
    r"pydantic|input should|input_|type=|value error|assertion failed|extra inputs|field required",
    re.IGNORECASE,
)


def mistakes_in(path: Path) -> str:
    with pytest.raises(Mistakes) as caught:
        load(path, environ={"SET": OUTSIDE, "EMPTY": ""}, connectors=CONNECTORS, notifiers=NOTIFIERS)
    marks = path.with_name(f"{path.stem}.marks.yaml")
    told = str(caught.value).replace(str(path), "config.yaml").replace(str(marks), "config.marks.yaml")
    return told + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_tells_each_mistake_in_its_own_words(path):
    told = mistakes_in(path)

    assert told == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert all(
        re.fullmatch(r"config(?:\.marks)?\.yaml:\d+: \S+: \S.*[^.]", line) for line in told.splitlines()
    ), told
    assert not PYDANTIC.search(told)
    assert OUTSIDE not in told
    assert "verysecret" not in told
    assert str(FOLDER) not in told


def test_it_has_a_sentence_for_each_file_and_a_file_for_each_sentence():
    assert {one.stem for one in FILES} == {one.stem for one in FOLDER.glob("*.txt")}
