"""What a score says of itself, for each rule by which a text is read. LISTENER_GOLDEN=write writes the golden file anew, to be read before commit."""

import os
from pathlib import Path

import pytest
import reasoned

from listener.cli.output import printable
from listener.scoring.base import BaseScorer

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "reasons.txt"


def told(rule, client, text):
    """As `listener score` prints it, without the scorer's version."""
    made = BaseScorer().score(text=text, title=None, client=client, language=None)
    shown = text.replace("\n", "\n  ") if len(text) < 200 else f"{text[:60]} … ({len(text)} characters)"
    value = "" if made.value is None else f" {made.value:+.2f}"
    reasons = (f"  {printable(reason)}" for reason in made.reasons)
    return "\n".join([f"# {rule}", f"> {shown}", f"{made.label}{value} toward {client.name}", *reasons, ""])


def as_golden():
    return GOLDEN.read_text(encoding="utf-8").split("\n\n")


def test_there_is_one_answer_for_each_text():
    if os.environ.get("LISTENER_GOLDEN") == "write":
        GOLDEN.write_text("\n".join(told(*one) for one in reasoned.TEXTS), encoding="utf-8")
    assert [one.splitlines()[0] for one in as_golden()] == [f"# {rule}" for rule, _, _ in reasoned.TEXTS]


@pytest.mark.parametrize("at", range(len(reasoned.TEXTS)), ids=[rule for rule, _, _ in reasoned.TEXTS])
def test_label_value_and_reasons_are_those_of_the_golden_file(at):
    assert told(*reasoned.TEXTS[at]).strip() == as_golden()[at].strip()
