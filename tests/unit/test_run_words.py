"""What `listener run` says of itself."""

from collections import Counter

import pytest

from listener.alerting.deliver import Delivered
from listener.alerting.evaluate import Round
from listener.cli import main
from listener.cli.run import report
from listener.jobs.rounds import Report


def test_all_without_once_is_refused_before_anything_begins(capsys):
    assert main(["run", "--all", "-c", "nowhere.yaml"]) == 2
    assert capsys.readouterr().err == "listener: --all belongs to --once: write `listener run --once --all`\n"


@pytest.mark.parametrize(
    ("states", "everything", "hinted"), [({}, False, True), ({}, True, False), ({"ok": 1}, False, False)]
)
def test_a_round_in_which_nothing_was_due_says_how_to_poll_all_the_same(capsys, states, everything, hinted):
    done = Report(
        polled=len(states), states=Counter(states), mentions=0, alerts=Round(), delivered=Delivered()
    )
    report(done, everything=everything)
    assert ("listener run --once --all" in capsys.readouterr().out) is hinted
