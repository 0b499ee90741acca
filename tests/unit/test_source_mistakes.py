"""What the real kinds of source say to options that cannot work: a file for each kind in tests/mistakes/kinds, with its sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from listener.config.load import load
from listener.config.mistakes import Mistakes

FOLDER = Path(__file__).resolve().parents[1] / "mistakes" / "kinds"
FILES = sorted(FOLDER.glob("*.yaml"))


def mistakes_in(path):
    with pytest.raises(Mistakes) as caught:
        load(path, environ={"SET": "kept-outside-7391", "EMPTY": ""})
    return str(caught.value).replace(str(path), "config.yaml") + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_kind_tells_each_mistake_in_its_own_words(path):
    told = mistakes_in(path)

    assert told == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert all(re.fullmatch(r"config\.yaml:\d+: \S+: \S.*[^.]", line) for line in told.splitlines()), told
    assert not re.search(r"pydantic|input should|type=|value error|extra inputs", told, re.IGNORECASE)
    assert "kept-outside-7391" not in told
