"""Queries made up for tests: trees of every node that a query can come to, and texts that look like queries."""

from __future__ import annotations

from hypothesis import strategies as st

from listener.domain.tree import (
    Domain,
    Exact,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Phrase,
    Prefix,
    Tag,
    Word,
    all_of,
    any_of,
    negation,
)

SIGNS = "!?+&.'’-_/^~|<>={}[]\\%$@#:;,*()“”„‘"
"""Signs that mean something somewhere in a query."""

_LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Nd"), include_characters="é😡ß株")
_INSIDE = st.one_of(_LETTERS, st.sampled_from("!?+&.'’-_/^~|<>={}[]\\%$@#"))
_QUOTED = st.one_of(_LETTERS, st.sampled_from(SIGNS + " "))
_OPERATORS = {"AND", "OR", "NOT", "NEAR", "ONEAR"}

words = st.one_of(
    st.sampled_from(["Mills", "AT&T", "O'Reilly", "7-Eleven", "Yahoo!", "C++", "Google+", ".NET", "or", "near", "title"]),
    st.builds(lambda first, rest: "a" + first + rest, _LETTERS, st.text(_INSIDE, max_size=6)),
)  # fmt: skip
quoted = st.one_of(
    st.sampled_from(["AND", "a (b) OR c", "title: x*", "say “hi”", "NEAR/5", "-a", "exact:x", "https://a.example/?x=1"]),
    st.text(_QUOTED, min_size=1, max_size=12).map(lambda text: " ".join(f"a{text}".split())),
)  # fmt: skip
_hosts = st.sampled_from(["mills.example", "shop.mills.example", "xn--mller-kva.example", "127.0.0.1"])
terms = st.one_of(
    st.builds(Word, words),
    st.builds(Phrase, quoted),
    st.builds(Handle, st.sampled_from(["mills", "mills.bsky.social", "ann@social.example", "mills_supply"])),
    st.builds(Tag, st.sampled_from(["mills", "mills_supply", "株式"])),
    st.builds(Prefix, words.filter(lambda word: sum(map(str.isalnum, word)) > 1)),
    st.builds(Exact, quoted),
    st.builds(Domain, _hosts),
)
_facts = st.one_of(
    st.builds(Known, st.just("site"), _hosts),
    st.builds(Known, st.just("lang"), st.sampled_from(["en", "en-CA", "pt-BR", "zh-hant"])),
    st.builds(Known, st.just("source"), quoted),
    st.builds(Known, st.just("kind"), st.sampled_from(["rss", "google_news"])),
    st.builds(Known, st.just("url"), quoted),
    st.builds(Followers, least=st.integers(0, 10**12)),
    st.builds(Followers, most=st.integers(0, 10**12)),
    st.builds(
        lambda least, more: Followers(least, least + more), st.integers(0, 10**9), st.integers(0, 10**9)
    ),
)
_either = st.lists(terms, min_size=2, max_size=3).map(any_of)
_sides = st.recursive(
    st.one_of(terms, _either),
    lambda side: st.builds(Near, side, side, st.integers(0, 99), st.booleans()),
    max_leaves=4,
)


def _grown(leaves: st.SearchStrategy) -> st.SearchStrategy:
    return st.recursive(
        leaves,
        lambda part: st.one_of(
            st.builds(negation, part),
            st.lists(part, min_size=2, max_size=3).map(all_of),
            st.lists(part, min_size=2, max_size=3).map(any_of),
        ),
        max_leaves=8,
    )


plain_trees = _grown(st.one_of(terms, _sides))
"""Without fields: what may stand behind `title:`."""

trees = _grown(
    st.one_of(terms, _sides, _facts, st.builds(In, st.sampled_from(["title", "text", "author"]), plain_trees))
)

SOUND = (
    "Mills",
    "a",
    "refund*",
    '"Mills Supply"',
    "@mills",
    "#late",
    "OR",
    "NOT",
    "NEAR/5",
    "-",
    "(a)",
    "(a OR b)",
    "title:",
    "lang:en",
    "株式",
)
"""Pieces that are often a query whatever their order."""

PIECES = (
    "Mills", "a", "refund*", "m*", "*x", '"Mills Supply"', '"', "“", "”", "@mills", "@", "#late", "#", "AND", "OR", "NOT", "and",
    "NEAR/5", "ONEAR/2", "NEAR", "NEAR/", "NEAR/500", "near/3", "-", "--", "(", ")", "title:", "text:", "author:", "site:", "lang:",
    "source:", "kind:", "url:", "followers:", "exact:", "domain:", "titel:", ":", "::", ">1000", "1000..5000", "5..3", "<=2k", "en",
    "mills.example", "https://mills.example/x?y=1*2", "AT&T", "C++", "Yahoo!", "O'Reilly", "'", "’", ",", ";", "&&", "||", "|", "+",
    "!", "?", "~", "^", "\\", "/", "[a-z]+", ".*", "{1,2}", "%", "_", "'; DROP TABLE mention; --", "NEAR(a b, 5)", "\0", "\x1b", "\ud800",
    "\u200b", "\u3000", "\n", "\t", "é", "e\u0301", "株式", "😡", "\U0010ffff",
)  # fmt: skip
"""What fuzzed queries are put together from: all that means something, all that nearly does, and what databases trip over."""
