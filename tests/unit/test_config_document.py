"""From a YAML file to data with lines: what is read, and what is refused before it does harm."""

from __future__ import annotations

import time

import pytest

from listener.config.document import MOST_BYTES, read
from listener.config.mistakes import Mistakes


@pytest.fixture
def data(tmp_path):
    def read_text(text, **environ):
        path = tmp_path / "config.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path, environ)

    return read_text


def refusal(path):
    with pytest.raises(Mistakes) as caught:
        read(path, {})
    return str(caught.value).replace(str(path), "config.yaml")


def test_it_leaves_every_value_the_text_that_it_is(data):
    text = "{country: NO, on: off, year: 2026, half: 0.5, day: 2026-01-02, hex: 0x10, time: 12:30}"

    assert data(text).data == {
        "country": "NO",
        "on": "off",
        "year": "2026",
        "half": "0.5",
        "day": "2026-01-02",
        "hex": "0x10",
        "time": "12:30",
    }


def test_it_knows_nothing_from_the_word_null(data):
    assert data('a: null\nb: ~\nc:\nd: "null"\ne: ""').data == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "",
    }


def test_it_reads_aliases_and_merges(data):
    text = "base: &base {every: 15m, name: x}\none:\n  <<: *base\n  name: y\ntwo:\n  <<: [*base, {extra: z}]\nthree: *base"

    document = data(text)

    assert document.data["one"] == {"name": "y", "every": "15m"}
    assert document.data["two"] == {"every": "15m", "name": "x", "extra": "z"}
    assert document.data["three"] == document.data["base"]
    assert document.line(("one", "every")) == 1


def test_it_knows_the_line_of_every_key_and_item(data):
    document = data("a:\n  - b\n  - c:\n      d: |\n        long\n        text\n      e: 1\n")

    lines = [
        document.line(path)
        for path in [("a",), ("a", 0), ("a", 1), ("a", 1, "c"), ("a", 1, "c", "d"), ("a", 1, "c", "e")]
    ]

    assert lines == [1, 2, 3, 3, 4, 7]


def test_it_knows_the_nearest_line_of_what_is_not_there(data):
    document = data("a: 1\nb:\n  - c: 2\n")

    assert document.line(("b", 0, "missing", 3)) == 3
    assert document.line(("missing",)) == 1


def test_it_reads_a_file_with_a_byte_order_mark_and_windows_line_ends(data):
    document = data("a: ä\r\nb: 🎉\r\n".encode("utf-8-sig"))

    assert document.data == {"a": "ä", "b": "🎉"}
    assert document.line(("b",)) == 2


def test_it_fills_in_values_and_never_keys(data):
    assert data("${NAME}: ${NAME}", NAME="x").data == {"${NAME}": "x"}


def test_a_value_of_the_environment_cannot_bring_structure(data):
    assert data("a: ${NAME}", NAME="{b: 1}\nc: [2]").data == {"a": "{b: 1}\nc: [2]"}


def test_it_says_that_there_is_no_file(tmp_path):
    assert refusal(tmp_path / "none.yaml") == (
        "config.yaml:1: file: there is no such file: check the path, or make one with `listener init`"
    )


def test_it_says_that_a_folder_is_no_file(tmp_path):
    assert refusal(tmp_path).startswith("config.yaml:1: file: it cannot be read (")


def test_it_refuses_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(b"# " + b"x" * MOST_BYTES)

    assert refusal(path) == "config.yaml:1: file: it is larger than 8 MB: split it over several daemons"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "- " * 200_000,
        "{a: " * 100_000,
        "? " * 100_000,
        "".join(f"{'  ' * depth}a:\n" for depth in range(500)),
        "".join(
            f"x{i}: &x{i} {{{', '.join(f'k{j}: *x{i - 1}' for j in range(9)) if i else 'a: 1'}}}\n"
            for i in range(60)
        ),
        "".join(
            f"x{i}: &x{i}\n  <<: [*x{i - 1}, *x{i - 1}]\n" if i else "x0: &x0 {a: 1}\n" for i in range(2000)
        ),
        "a: &a [*a]",
    ],
    ids=["brackets", "dashes", "braces", "questions", "indents", "bomb", "merges", "loop"],
)
def test_it_refuses_what_would_eat_the_machine(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    began = time.process_time()

    assert refusal(path)
    assert time.process_time() - began < 5
