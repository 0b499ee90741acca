"""A model is plain data that is believed only after every part of it was looked at; what is no model at all: test_scoring_bad_input."""

import json

import pytest
from teaching import sentences, taught

from listener.scoring import modelfile, training
from listener.scoring.base import version
from listener.scoring.modelfile import Unusable, checksum, read, written


@pytest.fixture(scope="module")
def text():
    return written(training.train(taught(sentences(120))).model)[0]


def reads(text, base=None):
    return read(text, checksum(text), base=base or version())


def test_it_comes_back_as_it_was(text):
    model = reads(text)
    assert written(model) == (text, checksum(text))
    assert len(text) < modelfile.LONGEST


def changed(text, **parts):
    return json.dumps({**json.loads(text), **parts})


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"format": True}, "the format True"),
        ({"base": 7}, "which base"),
        ({"lean": 1.5}, "beyond 0 to 1"),
        ({"lean": "all"}, "no number"),
        ({"lean": True}, "no number"),
        ({"start": [1, 2]}, "not three numbers"),
        ({"start": [1, 2, float("nan")]}, "no number"),
        ({"start": [1, 2, 1e9]}, "beyond"),
        ({"start": [1, 2, 10**400]}, "beyond"),
        ({"facts": [1]}, "no JSON object"),
        ({"facts": {"x": [1, 2, None]}}, "no number"),
        ({"facts": {"x" * 300: [1, 2, 3]}}, "more than 200 characters"),
        ({"facts": {str(n): [0, 0, 0] for n in range(20_001)}}, "are the most"),
        ({"grams": {"words": {}}}, "other grams"),
        ({"grams": {"words": {"x": [1, 2, 3]}, "letters": {}}}, "four numbers"),
        ({"grams": {"words": {"x": "rm -rf"}, "letters": {}}}, "four numbers"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_with_the_reason(text, parts, why):
    with pytest.raises(Unusable, match=why):
        reads(changed(text, **parts))
