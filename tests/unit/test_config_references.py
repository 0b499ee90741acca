"""Values of the environment inside the file."""

from __future__ import annotations

import pytest

from listener.config.mistakes import Unfit
from listener.config.references import Taken, filled

ENVIRON = {"NAME": "value", "EMPTY": "", "CURLY": "${NAME}"}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("plain", "plain"),
        ("${NAME}", "value"),
        ("a ${NAME} b ${NAME}", "a value b value"),
        ("${NAME:-other}", "value"),
        ("${EMPTY:-other}", "other"),
        ("${EMPTY}", ""),
        ("${UNSET:-}", ""),
        ("${UNSET:-with: signs / and spaces}", "with: signs / and spaces"),
        ("$NAME and 5$", "$NAME and 5$"),
        ("$${NAME}", "${NAME}"),
        ("${CURLY}", "${NAME}"),
    ],
)
def test_it_fills_in_the_environment(text, whole):
    assert filled(text, ENVIRON) == whole


@pytest.mark.parametrize(
    "text", ["${UNSET}", "${UNSET} ${NAME}", "${", "${}", "${NAME", "${1X}", "${NAME:=x}", "${a b}"]
)
def test_it_refuses_what_it_cannot_fill_in(text):
    with pytest.raises(Unfit):
        filled(text, ENVIRON)


def test_it_names_every_variable_that_is_not_set():
    with pytest.raises(Unfit, match="needs A and B from the environment"):
        filled("${A} ${B} ${A} ${NAME}", ENVIRON)


def test_it_remembers_what_the_file_says_in_place_of_the_value():
    taken = filled("x${NAME:-y}", ENVIRON)

    assert isinstance(taken, Taken)
    assert taken.written == "x${NAME:-y}"
    assert taken.inline
    assert not filled("${NAME:-}", ENVIRON).inline
