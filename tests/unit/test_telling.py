"""When an incident is told: never twice within the interval, repeated only while nobody has it, and never forgotten."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from builders import NOW

from listener.domain.incident import Weight, at_least, fastest, graded, greater
from listener.domain.message import Severity
from listener.domain.routing import SEVERITIES
from listener.domain.telling import Escalation, Standing, Telling, Told, after, decide, escalates, mutes

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
USUAL = Telling()
FRESH = Standing(state="open", opened_at=NOW, people=5, severity="minor")
TOLD = Told(first_at=NOW, last_at=NOW, number=1, people=5)


def course(random):
    """An incident on its way: at each moment how it stands; people and severity only grow."""
    at, stands = NOW, FRESH
    for _ in range(random.randrange(20, 120)):
        at += timedelta(seconds=random.choice([5, 20, 30, 61, 299, 301, 1800, 7200]))
        people = stands.people + random.choice([0, 0, 0, 1, 2, 9])
        severity: Severity = random.choice([stands.severity, *SEVERITIES])
        state = "taken" if stands.state == "taken" or random.random() < 0.02 else "open"
        stories = stands.stories | ({random.randrange(100)} if random.random() < 0.05 else set())
        stands = replace(
            stands, people=people, severity=greater(stands.severity, severity), state=state, stories=stories
        )
        yield at, stands


def tellings(random, settings):
    """What is told of a random incident: when, what, how it stood then, and what was told before."""
    told, found = Told(), []
    for at, stands in course(random):
        if tell := decide(stands, told, settings, now=at):
            found.append((at, tell, stands, told))
            told = Told.from_json(after(told, tell, stands, now=at).to_json())
    return found


@pytest.mark.parametrize("seed", range(40))
def test_over_any_course_the_intervals_hold_and_each_telling_has_its_own_name(seed):
    random = Random(seed)
    settings = random.choice([USUAL, Telling(group_wait=timedelta(0), repeat_every=MINUTE)])
    found = tellings(random, settings)
    assert found[0][1].kind == "firing"
    assert found[0][0] - NOW >= settings.group_wait
    assert all(later[0] - sooner[0] >= settings.group_interval for sooner, later in pairwise(found))
    assert len({tell.name for _, tell, _, _ in found}) == len(found)
    for at, tell, stands, told in found[1:]:
        if tell.kind == "still":
            assert (stands.state, at - told.last_at >= settings.repeat_every) == ("open", True)
        else:
            grown = stands.people >= 1.5 * told.people
            assert grown or stands.stories - told.stories or stands.severity != told.severity


@pytest.mark.parametrize("seed", range(20))
def test_over_any_course_news_is_told_at_the_first_look_after_the_interval(seed):
    told = Told()
    for at, stands in course(Random(seed)):
        tell = decide(stands, told, USUAL, now=at)
        if told.last_at is not None and at - told.last_at >= USUAL.group_interval:
            assert (tell is not None) >= (stands.people >= 1.5 * told.people > 0)
            assert (tell is not None) >= (stands.severity != told.severity)
            assert (tell is not None) >= (stands.state == "open" and at - told.last_at >= USUAL.repeat_every)
        if tell is not None:
            told = after(told, tell, stands, now=at)


def test_a_new_one_waits_for_what_comes_with_it_unless_groups_end():
    assert decide(FRESH, Told(), USUAL, now=NOW + timedelta(seconds=29)) is None
    assert decide(FRESH, Told(), USUAL, now=NOW + timedelta(seconds=30)).name == "firing"
    assert decide(FRESH, Told(), USUAL, now=NOW, end_groups=True).name == "firing"


def test_what_does_not_grow_is_repeated_until_somebody_has_it():
    later = NOW + 4 * HOUR
    assert decide(FRESH, TOLD, USUAL, now=later - MINUTE) is None
    assert decide(FRESH, TOLD, USUAL, now=later).name == "repeat-2"
    assert decide(replace(FRESH, state="taken"), TOLD, USUAL, now=later) is None
    assert decide(replace(FRESH, state="closed"), TOLD, USUAL, now=later) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"people": 8}, "8 people instead of 5"),
        ({"severity": "major"}, "it is major now"),
        ({"stories": frozenset({7})}, "a further story is told by several people"),
        ({"people": 7}, None),
    ],
)
def test_what_is_news_is_told_after_the_interval_also_to_whoever_has_it(change, why):
    for state in ("open", "taken"):
        stands = replace(FRESH, state=state, **change)
        assert decide(stands, TOLD, USUAL, now=NOW + 4 * MINUTE) is None
        tell = decide(stands, TOLD, USUAL, now=NOW + 5 * MINUTE)
        assert (tell.why if tell else None) == why
        assert tell is None or tell.name == "joined-2"


def test_a_clock_that_was_ahead_holds_nothing_back():
    ahead = replace(TOLD, last_at=NOW + timedelta(days=3650))
    assert decide(replace(FRESH, people=50), ahead, USUAL, now=NOW).kind == "joined"


LEE = Escalation(after=30 * MINUTE, to="Lee", severity="major")
MAJOR = replace(FRESH, severity="major")


@pytest.mark.parametrize(
    ("stands", "told", "minutes", "escalated"),
    [
        (MAJOR, TOLD, 30, True),
        (MAJOR, TOLD, 29, False),
        (FRESH, TOLD, 300, False),
        (replace(MAJOR, state="taken"), TOLD, 300, False),
        (MAJOR, replace(TOLD, escalated_at=NOW), 300, False),
        (MAJOR, Told(), 300, False),
    ],
)
def test_a_second_person_is_told_once_where_nobody_takes_what_is_severe_enough(
    stands, told, minutes, escalated
):
    assert escalates(stands, told, LEE, now=NOW + minutes * MINUTE) is escalated
    assert not escalates(stands, told, None, now=NOW + minutes * MINUTE)


def test_only_a_big_one_that_goes_on_keeps_the_smaller_rules_quiet():
    assert [mutes("open", severity) for severity in SEVERITIES] == [False, True, True]
    assert (mutes("taken", "major"), mutes("closed", "severe")) == (True, False)


@pytest.mark.parametrize(
    ("weight", "severity", "reasons"),
    [
        (Weight(people=5, usual=1), "minor", ()),
        (Weight(people=12, usual=2), "major", ("12 people, 6 times the most that is usual",)),
        (Weight(people=12, usual=5), "minor", ()),
        (Weight(people=40, usual=5), "severe", ("40 people, 8 times the most that is usual",)),
        (Weight(people=3, usual=0, reach=250_000), "major", ("those who complain reach 250,000 people",)),
        (
            Weight(people=3, usual=0, reach=2_000_000),
            "severe",
            ("those who complain reach 2,000,000 people",),
        ),
        (
            Weight(people=12, usual=1, fastest=9),
            "severe",
            ("12 people, 12 times the most that is usual", "9 people came within half an hour"),
        ),
    ],
)
def test_severity_is_by_people_reach_and_speed_and_says_why(weight, severity, reasons):
    found = graded(weight)
    assert (found.severity, found.reasons) == (severity, reasons)


def test_the_fastest_half_hour_is_found_wherever_it_lies():
    times = [timedelta(minutes=minutes) for minutes in (0, 200, 70, 60, 90, 45, 91)]
    assert fastest(times) == 3
    assert fastest([]) == 0


def test_severities_are_ordered():
    assert at_least("severe", "major")
    assert not at_least("minor", "major")
    assert greater("major", "severe") == greater("severe", "major") == "severe"
