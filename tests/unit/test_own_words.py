"""What a client's own place says is the client's own, reviews there apart."""

from dataclasses import replace

import pytest
from builders import NOW, client, found, score
from wanted import target

from listener.polling.intake import Intake


def judged(form, *, own_words):
    home = target(clients=())
    home = replace(home, direct=frozenset({"mills"}), connector=replace(home.connector, own_words=own_words))
    intake = Intake(clients={"mills": client()}, percolator=None, scorer=None, asked={"mills": NOW})
    return intake._judged(home, found(form=form), client(), None, score())


@pytest.mark.parametrize(
    ("form", "own_words", "own"),
    [
        ("article", True, True),
        ("page_change", True, True),
        ("review", True, False),
        ("article", False, False),
    ],
)
def test_the_owner_of_a_place_writes_what_it_publishes(form, own_words, own):
    assert judged(form, own_words=own_words).own is own
