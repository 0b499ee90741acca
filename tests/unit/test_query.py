"""What a person may write as a query, and what they are told where it cannot be read."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.connector.ask import said
from listener.domain.query import QueryError, parse_query
from listener.domain.tree import And, Handle, Not, Or, Phrase, Tag, Word, all_of, any_of, negation
from listener.domain.ways import ways

NAMES = st.sampled_from(
    ["Mills", "AT&T", "O'Reilly", "7-Eleven", "Yahoo!", "C++", ".NET", "or", "Café", "株式", "😡"]
)
TERMS = st.one_of(
    st.builds(Word, NAMES),
    st.builds(
        Phrase, st.sampled_from(["Mills Supply", "AND", "a (b) OR c", "Google+", "say “hi”", "title: x*"])
    ),
    st.builds(Handle, st.sampled_from(["mills", "mills.example", "ann@social.example"])),
    st.builds(Tag, st.sampled_from(["mills", "mills_supply"])),
)
TREES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds(negation, inner),
        st.builds(all_of, st.lists(inner, min_size=2, max_size=3)),
        st.builds(any_of, st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Mills", Word("Mills")),
        ("Mills Supply", And((Word("Mills"), Word("Supply")))),
        ("a OR b c", Or((Word("a"), And((Word("b"), Word("c")))))),
        ("(a OR b) c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("a AND NOT b", And((Word("a"), Not(Word("b"))))),
        ("a -b -(c d)", And((Word("a"), Not(Word("b")), Not(And((Word("c"), Word("d"))))))),
        ("NOT NOT a", Word("a")),
        ("((((a))))", Word("a")),
        ('"Mills \n Supply" @mills #mills', And((Phrase("Mills Supply"), Handle("mills"), Tag("mills")))),
        ("“Mills Supply”", Phrase("Mills Supply")),
        ("or and not", And((Word("or"), Word("and"), Word("not")))),
        ("AT&T", Word("AT&T")),
        ("7-Eleven", Word("7-Eleven")),
        ("NOT(a) b", And((Not(Word("a")), Word("b")))),
        ("NOT (a OR NOT b)", Not(Or((Word("a"), Not(Word("b")))))),
    ],
)
def test_it_reads_what_is_meant(text, tree):
    assert parse_query(text).tree == tree


@settings(deadline=None)  # the first that needs the grammar waits for it to be built
@given(TREES)
def test_what_it_prints_it_reads_back_as_the_same_tree(tree):
    text = str(parse_query("anchor")).replace("anchor", _printed(all_of([Word("anchor"), tree])))
    assert parse_query(text).tree == all_of([Word("anchor"), tree])


def _printed(tree):
    from listener.domain.tree import printed

    return printed(tree)


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        ("", 1, 1, "is empty"),
        (" \n ", 1, 1, "is empty"),
        ("a AND", 1, 6, "ends too early"),
        ("OR a", 1, 1, "“OR” cannot stand here"),
        ("a AND AND b", 1, 7, "“AND” cannot stand here"),
        ("(a OR b", 1, 8, "never closed"),
        ("a\nb) c", 2, 2, "closes nothing"),
        ('a "b', 1, 3, "quote that opens here is never closed"),
        ("a, b", 1, 2, "write OR between"),
        ("'a b'", 1, 1, "double quotes"),
        ("a && b", 1, 3, "Write AND"),
        ("a - b", 1, 3, "stands directly before"),
        ("@ a", 1, 1, "name directly behind it"),
        ('a "!!!"', 1, 3, "can name nobody"),
        ("a\0b", 1, 2, "U+0000"),
        ("a \ud800", 1, 3, "U+D800"),
    ],
)
def test_it_says_where_and_what_to_write_instead(text, line, column, sentence):
    with pytest.raises(QueryError, match=f"^Line {line}, column {column}: ") as told:
        parse_query(text)
    assert sentence in str(told.value)
    assert (told.value.line, told.value.column) == (line, column)


def test_an_error_names_the_piece_and_what_was_expected():
    with pytest.raises(QueryError) as told:
        parse_query("Mills AND )")
    assert told.value.piece == ")"
    assert "a word" in told.value.expected


@pytest.mark.parametrize("text", ["NOT a", "-a -b", "a OR NOT b", "NOT (a b)", "NOT (a OR b) OR c"])
def test_it_refuses_a_query_that_is_true_of_texts_with_none_of_its_words(text):
    with pytest.raises(QueryError, match="hold none of its words"):
        parse_query(text)


def answer(text):
    """What a person gets: the query as it was understood, or the sentence that refuses it."""
    try:
        query = parse_query(text)
    except QueryError as told:
        return str(told)
    ways(query.tree, said)
    return str(query)


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(f"name{i}" for i in range(10_000)),
        " ".join("a" for _ in range(24_000)),
        "a" * 1_000_000,
        "(" * 40_000,
        "(" * 20_000 + "a" + ")" * 20_000,
        "NOT " * 12_000 + "a",
        "-" * 49_999,
        '"' * 49_999,
        "(a OR (b AND " * 20 + "c" + "))" * 20,
        "OR " * 16_000,
        "\0" * 40_000,
        " OR ".join(f"name{i}" for i in range(1_999)),
    ],
    ids=lambda text: f"{text[:12]!r}…{len(text)}",
)
def test_it_answers_within_a_second_of_its_own_time_whatever_it_is_given(text):
    parse_query("warm")
    began = time.process_time()
    said = answer(text)
    assert len(said) < 40_000
    assert time.process_time() - began < 1


@given(st.text(alphabet=st.sampled_from("aB \n\"“”()-@#*:/'ORNDTEé\0\ud800|&,"), max_size=40))
def test_it_reads_or_refuses_any_text_and_never_breaks(text):
    said = answer(text)
    assert said.startswith("Line ") or parse_query(said).tree == parse_query(text).tree
