"""The figures of sentiment: every labelled set beside its goal, without and with corrections.

python -m benchmarks.sentiment [--quick] [SET ...]

Reads shared/eval/sentiment beside the checkout and drives `listener score --jsonl` by its own score.py, so that nothing is measured
that another program could not get. --quick leaves out the corrections, which train models for minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval" / "sentiment"
COMMAND = f"{Path(sys.executable).with_name('listener')} score --jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One figure of one set. `least` it shall be, or `most`; neither: it is watched. `before` is vaderSentiment as it comes.

    Where a goal cannot be reached by honest means, `floor` is about the least that can, and `held` what must not be exceeded meanwhile.
    """

    set: str
    figure: str = "macro_f1"
    group: str = ""
    corrections: int = 0
    before: float | None = None
    least: float | None = None
    most: float | None = None
    floor: float | None = None
    held: float | None = None

    @property
    def name(self) -> str:
        return self.set + (f" ({self.group})" if self.group else "")

    def holds(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def stands(self, value: float) -> bool:
        """Whether the goal is reached, or what is held in its place."""
        return value <= self.held if self.held is not None else self.holds(value)

    @property
    def wanted(self) -> str:
        if self.most is not None:
            return f"≤ {self.most:.2f}"
        return "" if self.least is None else f"≥ {self.least:.3f}"


HINDI = Goal(set="xlmt_hindi", figure="coverage", most=0.05, floor=0.30, held=0.325)
"""Three in ten texts of this set are plain English and rightly get a label: of two samples of 100 labelled ones, read by eye,
84 (at a coverage of .358) and 90 (at .328) had no word of Hindi in them but names and forms of address."""

GOALS = (
    Goal(set="airline", before=0.457, least=0.56),
    Goal(set="airline", group="United", figure="negative_recall", before=0.262, least=0.60),
    Goal(set="sanders", before=0.529, least=0.559),
    Goal(set="tweeteval", before=0.538, least=0.568),
    Goal(set="newsmtsc", before=0.520, least=0.550),
    Goal(set="dong2014", before=0.417, least=0.447),
    Goal(set="finphrase", before=0.491, least=0.52),
    *(
        Goal(set=f"xlmt_{one}", figure="coverage", most=0.05)
        for one in ("german", "french", "spanish", "italian", "portuguese", "arabic")
    ),
    HINDI,
    Goal(set="xlmt_english", figure="coverage", least=0.95),
    Goal(set="semeval14_laptop"),
    Goal(set="semeval14_rest"),
    Goal(set="vader_tweets"),
    Goal(set="vader_amazonReviewSnippets"),
    Goal(set="vader_nytEditorialSnippets"),
    Goal(set="vader_movieReviewSnippets"),
)
TAUGHT = (
    Goal(set="airline", corrections=100, before=0.578, least=0.62),
    Goal(set="airline", corrections=500, before=0.658, least=0.70),
    *(
        Goal(set=one.set, corrections=count)
        for one in GOALS
        if one.figure == "macro_f1" and one.before
        for count in (10, 20, 50)
    ),
)
LOSS = 0.01
"""What a set may lose by a few corrections."""


def main() -> int:
    """Print the table. Exit 1 where a goal is missed, or what is held in its place; 0 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if not (DATA / "score.py").is_file():
        print(f"there is no evaluation data in {DATA.parent.resolve()}: nothing to measure")
        return 0
    taught = () if arguments.quick or not _learns() else TAUGHT
    wanted = [one for one in (*GOALS, *taught) if not arguments.sets or one.set in arguments.sets]
    return 0 if all(list(_table(wanted))) else 1


def _table(goals: list[Goal]) -> Iterator[bool]:
    print(f"{'set':28} {'corrections':>11}  {'figure':15} {'before':>6}  {'ours':>5}  {'goal':8}")
    alone: dict[str, float] = {}
    for goal in goals:
        value = measured(goal)
        told = goal
        if goal.corrections and goal.least is None and goal.set in alone:
            told = Goal(set=goal.set, corrections=goal.corrections, least=round(alone[goal.set] - LOSS, 3))
        elif not goal.corrections and not goal.group and goal.figure == "macro_f1":
            alone[goal.set] = value
        before = "" if goal.before is None else f"{goal.before:.3f}"
        print(
            f"{goal.name:28} {goal.corrections or '':>11}  {goal.figure:15} {before:>6}  {value:5.3f}  {told.wanted:8}"
            f"{_missed(told, value)}",
            flush=True,
        )
        yield told.stands(value)


def _missed(goal: Goal, value: float) -> str:
    if goal.holds(value):
        return ""
    if goal.held is None:
        return "  missed"
    return f"  missed, as about {goal.floor:.2f} must be; {'held' if goal.stands(value) else 'not held'} at {goal.held:.3f}"


def measured(goal: Goal) -> float:
    """The figure as score.py gives it."""
    extra = ["--group", goal.group] if goal.group else []
    command = COMMAND
    if goal.corrections:
        extra += ["--corrections", str(goal.corrections)]
        command += " --corrections {corrections}"
    asked = [sys.executable, str(DATA / "score.py"), goal.set, *extra, "--json", command]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)[goal.figure])


def _learns() -> bool:
    """Whether this build can be taught."""
    told = subprocess.run([*COMMAND.split()[:2], "--help"], capture_output=True, text=True, check=True)
    return "--corrections" in told.stdout


if __name__ == "__main__":
    sys.exit(main())
