"""What a client's own place says is the client's own, reviews there apart."""

from dataclasses import replace

import pytest
from builders import NOW, client, found, score
from playing import FILES, played
from wanted import target

from listener.connector.testing import Recording
from listener.domain.found import Author
from listener.polling.intake import Intake, said_itself


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


@pytest.mark.parametrize(
    ("hosts", "direct", "own"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_what_a_page_itself_writes_is_the_clients_own_where_the_page_is_its_place(hosts, direct, own):
    place = target(clients=() if direct else ("mills",))
    place = replace(place, direct=frozenset({"mills"} if direct else ()))
    item = found(form="comment", author=Author(key="7", hosts=hosts))
    assert said_itself(place, item, client()) is own


@pytest.mark.parametrize("kind", ["facebook_page", "instagram", "linkedin_page"])
def test_a_page_that_its_owner_granted_tells_its_own_words_from_those_of_others(kind):
    items = [
        item
        for path in FILES[kind]
        for poll in played(kind, Recording.load(path))
        for kept in poll
        for item in kept.page.found
    ]
    assert {item.author.hosts for item in items if item.author} == {True, False}
    keys = {item.author.key for item in items if item.author and item.author.hosts}
    assert not [item for item in items if item.author and item.author.key in keys and not item.author.hosts]
