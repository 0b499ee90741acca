"""Texts that mean harm: whatever is in them, every query is answered, its places lie in the text, and it takes bounded time."""

import random
from time import process_time

import pytest
from randomquery import TEXTS, random_item, random_tree

from listener.domain.item import Item
from listener.domain.near import MOST_PLACES
from listener.domain.reading import Reading, whole
from listener.domain.tree import Domain, Exact, Near, Or, Phrase, Prefix, Word, printed

MEGABYTE = 1_000_000
LONGEST = 3.0
"""CPU seconds that a busy machine may show for what takes under one on a quiet one."""

HOSTILE = {
    "a word again and again": "a ",
    "one endless word": "a",
    "underscores": "a_",
    "labels": "a.",
    "bracketed dots": "a [.] ",
    "brackets": "(",
    "open brackets": "a [ ",
    "emoji": "😡",
    "white space": " ",
    "NULs": "\0",
    "ideographs": "三",
    "marks": "\u0301",
    "accented words": "é ",
    "punycode": "xn--a.xn--b ",
    "apostrophes": "a'",
    "what folds to eighteen": "\ufdfa",
}


def chain(length, word="a"):
    node = Word(word)
    for _ in range(length):
        node = Near(node, Word(word), 99)
    return node


QUERIES = {
    "a word": Word("a"),
    "a longer word": Word("aa"),
    "an emoji": Word("😡"),
    "a prefix": Prefix("aa"),
    "exact": Exact("aa"),
    "exact with a space": Exact("a aa"),
    "a domain": Domain("mills.example"),
    "near": Near(Word("a"), Word("b"), 99),
    "near nobody": Near(Word("三"), Or((Word("b"), Phrase("a b"))), 99),
    "near itself": Near(Word("三"), Word("三"), 0),
    "a chain": chain(8),
    "a chain of emoji": chain(4, "😡"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_of_it_is_answered_in_a_second(text):
    text = text * (MEGABYTE // len(text.encode()))
    for name, query in QUERIES.items():
        began = process_time()
        Reading(Item(text=text)).holds(query)
        assert process_time() - began < LONGEST, name


def test_no_more_than_ten_thousand_places_are_told():
    assert len(Reading(Item(text="a " * MOST_PLACES * 2)).spans(Word("a"))) == MOST_PLACES


def fuzzed(chance):
    """A text of anything, much of it from what the queries look for."""
    return "".join(random_piece(chance) for _ in range(chance.choice([0, 1, 3, 10, 10, 30])))


def random_piece(chance):
    kind = chance.randrange(6)
    if kind < 2:
        return chance.choice(TEXTS)
    if kind == 2:
        return chance.choice(TEXTS) * chance.choice([2, 5, 300])
    if kind == 3:
        return chr(chance.randrange(0x110000))
    if kind == 4:
        return chr(
            chance.choice(
                [chance.randrange(0x20), chance.randrange(0x300, 0x370), chance.randrange(0x2000, 0x2070)]
            )
        )
    return chance.choice(
        ["<script>", "' OR 1=1 --", "(a+)+$", "%s%n", "&#xD83D;", "\ud83d", "\U000e0041", "\u202e", "\ufe0f"]
    )


def survive(chance):
    tree = random_tree(chance)
    item = random_item(chance, tree)
    title = chance.choice([None, fuzzed(chance)])
    fuzzy = Item(
        text=fuzzed(chance),
        title=title,
        author=(fuzzed(chance),),
        url=fuzzed(chance),
        links=(*item.links, fuzzed(chance)),
    )
    began = process_time()
    reading = Reading(fuzzy)
    held = reading.holds(tree)
    spans = reading.spans(tree)
    assert process_time() - began < LONGEST, printed(tree)
    size = len(whole(fuzzy.title, fuzzy.text))
    assert held in {True, False}
    assert all(0 <= start < end <= size for start, end in spans), (printed(tree), fuzzy)


def test_five_thousand_fuzzed_texts_are_survived():
    chance = random.Random(7)
    for _ in range(5_000):
        survive(chance)


@pytest.mark.slow
def test_a_hundred_thousand_fuzzed_texts_are_survived():
    chance = random.Random()
    for _ in range(100_000):
        survive(chance)
