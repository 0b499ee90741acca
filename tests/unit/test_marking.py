"""A text with the places marked that a query found in it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.cli.marking import BRACKETS, UNDERLINED, marked_lines, style_for
from listener.domain.explain import Marked


def mark(start, end, *, excluded=False):
    return Marked(start=start, end=end, term="x", excluded=excluded)


def line(text, *marks, style=BRACKETS):
    (only,) = marked_lines(None, text, marks, style)
    return only


def test_places_stand_in_brackets_and_what_is_excluded_in_others():
    assert line("a bad pie", mark(2, 5), mark(6, 9, excluded=True)) == "a [[bad]] {{pie}}"


def test_on_a_terminal_they_are_underlined_or_in_reverse():
    shown = line("a bad pie", mark(2, 5), mark(6, 9, excluded=True), style=UNDERLINED)
    assert shown == "a \x1b[1;4mbad\x1b[0m \x1b[7mpie\x1b[0m"


def test_places_that_overlap_are_one():
    assert line("mills lumber co", mark(0, 12), mark(6, 15), mark(0, 5)) == "[[mills lumber co]]"
    assert line("apple pie", mark(0, 5), mark(0, 9, excluded=True)) == "{{apple pie}}"


def test_title_and_text_are_a_line_each_and_places_count_over_both():
    lines = marked_lines("On Mills", "no refund", [mark(3, 8), mark(12, 18)], BRACKETS)
    assert lines == ["On [[Mills]]", "no [[refund]]"]


def test_a_title_without_a_text_is_one_line():
    assert marked_lines("On Mills", "", [mark(3, 8)], BRACKETS) == ["On [[Mills]]"]


def test_line_ends_and_controls_in_the_text_do_not_reach_the_terminal():
    assert line("a\r\n\x1b[31m bad\t\u202epie", mark(9, 12)) == "a [31m [[bad]] pie"


def test_of_a_long_text_what_stands_around_the_places_is_shown():
    text = "." * 1000 + "Mills" + "." * 1000 + "refund" + "." * 1000
    shown = line(text, mark(1000, 1005), mark(2005, 2011))
    around = "." * 80
    assert shown == f"… {around}[[Mills]]{around} … {around}[[refund]]{around} …"


def test_of_a_long_text_without_a_place_its_beginning_is_shown():
    assert line("." * 1000) == "." * 200 + " …"


@pytest.mark.parametrize(
    ("tty", "term", "style"),
    [(True, "xterm", UNDERLINED), (True, "dumb", BRACKETS), (True, "", BRACKETS), (False, "xterm", BRACKETS)],
)
def test_only_a_terminal_that_can_is_spoken_to(monkeypatch, tty, term, style):
    class Out(io.StringIO):
        def isatty(self):
            return tty

    monkeypatch.setenv("TERM", term)
    assert style_for(Out()) == style


@given(
    st.text(alphabet="ab \n\x1b\u202e[", max_size=900),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 9), st.booleans()), max_size=20),
)
def test_nothing_of_the_text_around_the_places_is_lost_or_said_twice(text, raw):
    marks = [
        mark(start, min(len(text), start + size), excluded=excluded)
        for start, size, excluded in raw
        if start < len(text)
    ]
    shown = line(text, *marks)
    assert not set(shown) & set("\x1b\u202e\n")
    if len(text) <= 400:
        plain = "".join(sign for sign in text if sign not in "\x1b\u202e \n[")
        assert "".join(sign for sign in shown if sign in "ab") == plain
