"""The common shape of a query is read without the grammar, and to the same tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.domain import grammar
from listener.domain.quick import quick_tree
from listener.domain.unreadable import QueryError

PIECES = [
    *(
        "Mills",
        "refund",
        "AT&T",
        "O'Reilly",
        "7-Eleven",
        "a.b",
        "near",
        "NEAR",
        "ONEAR/3",
        "NEAR/05",
        "NEAR/5",
        "Nearby",
        "and",
        "x",
    ),
    *("AND", "OR", "NOT", "ANDROID", "(", ")", "((", "))", "-", "--", "-Mills", "-(", '"', '"Mills Supply"'),
    *(
        '"a  b"',
        "@mills",
        "#late",
        "@",
        "#",
        "@a.b",
        "a:b",
        "title:x",
        "x*",
        ",",
        ".",
        "'",
        "é",
        "\t",
        "\n",
        "\x0b",
    ),
]
QUERIES = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", " ", "", "  "])), max_size=12
).map(lambda pieces: "".join(piece + gap for piece, gap in pieces))


def by_the_grammar(text):
    grammar.refuse_oddities(text)
    return grammar._parser().parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mills",
        ' "Mills Supply" OR @millssupply ',
        "(Mills OR #mills) NOT (Hayley -movie)",
        "a b OR c AND NOT NOT d",
        '((AT&T)) -"O\'Reilly"',
        "a NEAR/3 b c",
        '-a ONEAR/0 (b OR "c d") NEAR/99 @e OR f',
    ],
)
def test_it_reads_the_common_shape(text):
    assert quick_tree(text) == by_the_grammar(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mills OR",
        "(Mills",
        "Mills)",
        "NEAR",
        "a NEAR b",
        "a NEAR/3 (b c)",
        "a NEAR/100 b",
        "title:x",
        "mill*",
        "Müller",
        "“a”",
        "a,b",
        "OR",
    ],
)
def test_it_leaves_other_shapes_and_mistakes_to_the_grammar(text):
    assert quick_tree(text) is None


@settings(max_examples=500, deadline=None)
@given(QUERIES)
def test_what_it_reads_is_what_the_grammar_reads(text):
    tree = quick_tree(text)
    if tree is not None:
        assert tree == by_the_grammar(text)


def test_it_takes_no_query_that_is_refused_as_too_deep():
    for depth in range(35, 46):
        text = "(" * depth + "Mills" + ")" * depth
        try:
            wanted = by_the_grammar(text)
        except QueryError:
            wanted = None
        assert quick_tree(text) in {wanted, None}
