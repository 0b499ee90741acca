"""Random queries, and random items that come close to holding them. `chance` is a random.Random, or Hypothesis' own."""

import re

from listener.domain.item import Item
from listener.domain.tree import (
    And,
    Domain,
    Exact,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Tag,
    Word,
    all_of,
    any_of,
    negation,
)

WORDS = [
    "mills",
    "mill",
    "supply",
    "refund",
    "a",
    "AT&T",
    "C++",
    "Yahoo!",
    "O'Reilly",
    "reilly",
    "三",
    "三井",
    "É",
    "👍",
]
PHRASES = ["mills supply", "supply mills", "@mills", "mills' supply", "a a", "7-Eleven"]
HANDLES = ["mills", "mills.example", "mill", "三井"]
EXACTS = ["Mills", "mills Supply", "É", "Google+", "AT&T", "三", "a"]
HOSTS = ["mills.example", "shop.mills.example", "example"]
VALUES = {
    "site": ["mills.example", "globe.example", "example"],
    "lang": ["en", "en-CA", "fr"],
    "source": ["globe", "Globe Business", "mill"],
    "kind": ["rss", "hackernews"],
    "url": ["/sports/", "GLOBE"],
}
TEXTS = [
    *(
        " ",
        " ",
        " ",
        "\n",
        "  ",
        " [.] ",
        " (dot) ",
        ".",
        "-",
        "_",
        "'",
        "’s",
        "@",
        "#",
        "\u200b",
        "\u00ad",
        "\0",
        "ﬁ",
    ),
    *re.split(
        r"\s+",
        """
        mills Mills MILLS’S mill mills_ refund Refunds refunding supply Supply reilly O’Reilly a a a b c
        @mills @mills_ @mills.example #mills #mill_ @三井 #三井 mills.example www.Mills.Example
        mills[.]example mills.example.com notmills.example x-mills.example mills.example-made
        info@mills.example hxxps://shop.mills(dot)example/a example mills.example@x
        Google+ google+ AT&T at&t C++ C++17 Yahoo! 7‑Eleven 7-Eleven É é E\u0301 三 井 三井 が か 👍 👍🏽
        """.strip(),
    ),
]
LINKS = ["https://www.mills.example/a", "http://mills.example.com", "https://shop.mills.example:80", "x"]


def random_term(chance):
    kind = chance.choice([Word, Word, Phrase, Handle, Tag, Prefix, Exact, Domain])
    if kind in {Handle, Tag}:
        return kind(chance.choice(HANDLES if kind is Handle else ["mills", "mill", "三井"]))
    pieces = {
        Word: WORDS,
        Phrase: PHRASES,
        Prefix: ["mill", "refund", "AT&T", "三井"],
        Exact: EXACTS,
        Domain: HOSTS,
    }
    return kind(chance.choice(pieces[kind]))


def random_side(chance, depth):
    """One side of a NEAR."""
    choice = chance.randrange(6)
    if choice == 0 and depth:
        return random_near(chance, depth - 1)
    if choice == 1:
        return any_of([random_side(chance, 0), random_side(chance, 0)])
    return random_term(chance)


def random_near(chance, depth=2):
    sides = random_side(chance, depth), random_side(chance, depth)
    return Near(*sides, within=chance.choice([0, 0, 1, 2, 5, 99]), ordered=chance.random() < 0.4)  # fmt: skip


def random_fact(chance):
    if chance.randrange(4) == 0:
        ends = sorted([chance.choice([0, 500, 1_000, 5_000]), chance.choice([0, 999, 1_000, 9_000])])
        return chance.choice([Followers(least=ends[0]), Followers(most=ends[1]), Followers(*ends)])
    fact = chance.choice(list(VALUES))
    return Known(fact, chance.choice(VALUES[fact]))


def random_tree(chance, depth=3, *, fields=True):
    """Any tree that the language can say, and some more."""
    choice = chance.randrange(11)
    if depth and choice in {0, 1, 2, 3}:
        joined = all_of if choice < 2 else any_of
        return joined(
            [random_tree(chance, depth - 1, fields=fields) for _ in range(chance.choice([2, 2, 3]))]
        )
    if depth and choice == 4:
        return negation(random_tree(chance, depth - 1, fields=fields))
    if fields and choice == 5:
        return In(
            chance.choice(["title", "text", "author"]), random_tree(chance, min(depth, 1), fields=False)
        )
    if fields and choice == 6:
        return random_fact(chance)
    return random_near(chance) if choice in {7, 8} else random_term(chance)


def pieces_of(node):
    """What its terms look for, as a text may hold it."""
    if isinstance(node, And | Or):
        return [piece for part in node.parts for piece in pieces_of(part)]
    if isinstance(node, Near):
        return [*pieces_of(node.left), *pieces_of(node.right)]
    if isinstance(node, Not | In):
        return pieces_of(node.part)
    if isinstance(node, Domain):
        return [node.host]
    if isinstance(node, Known | Followers):
        return []
    return [node.text if isinstance(node, Exact | Prefix) else node.written]


def random_text(chance, likely, longest=10):
    glue = chance.choice(["", " ", " "])
    pieces = chance.choice([TEXTS, [*(likely * 8), *TEXTS]])
    return glue.join(chance.choice(pieces) for _ in range(chance.randrange(longest)))


def random_item(chance, tree):
    """An item that may well say what the tree asks for."""
    likely = pieces_of(tree)
    return Item(
        text=random_text(chance, likely),
        title=chance.choice([None, "", random_text(chance, likely, 5)]),
        author=tuple(chance.choice(["Dana Mills", "@mills", "@mill.example", "É", "refunds"]) for _ in range(chance.randrange(3))),
        site=chance.choice([None, "mills.example", "news.globe.example", "notmills.example"]),
        language=chance.choice([None, "en", "en_ca", "EN-CA", "fr", "eng"]),
        source=chance.choice(["", "Globe business", "Mill-Globe", "globes"]),
        kind=chance.choice(["rss", "hackernews", ""]),
        url=chance.choice([None, "https://globe.example/Sports/1"]),
        links=tuple(chance.choice(LINKS) for _ in range(chance.choice([0, 0, 1, 2]))),
        reach=chance.choice([None, 0, 999, 1_000, 5_000]),
    )  # fmt: skip
