"""What is held back, and why: silences, quiet hours and what breaks through them."""

from datetime import timedelta

import pytest
from builders import NOW

from listener.domain.silence import About, Matchers, Silence, Withheld, decide, holder, matches

HOUR = timedelta(hours=1)
MILLS = About(client_id="mills", watch_list="shops", rule="negative_spike", severity="minor")
OTHER = Withheld(until=NOW + HOUR, silence=7)


def silence(number=1, *, starts=-HOUR, ends=HOUR, **matchers):
    return Silence(
        id=number,
        matchers=Matchers(**matchers),
        starts_at=NOW + starts,
        ends_at=NOW + ends,
        author="Dana",
        comment="deploy",
        created_at=NOW,
    )


def decided(kind="firing", **more):
    facts = {"silenced": None, "quiet_until": None, "opening": None, "breaks_through": False}
    return decide(kind, **{**facts, **more})


@pytest.mark.parametrize(
    ("matchers", "held"),
    [
        ({}, True),
        ({"clients": ("mills", "acme")}, True),
        ({"clients": ("acme",)}, False),
        ({"watch_lists": ("shops",)}, True),
        ({"watch_lists": ("banks",)}, False),
        ({"rules": ("each_mention", "negative_spike")}, True),
        ({"rules": ("each_mention",)}, False),
        ({"severity_below": "major"}, True),
        ({"severity_below": "minor"}, False),
        ({"clients": ("mills",), "rules": ("each_mention",)}, False),
    ],
)
def test_each_kind_of_condition_must_hold_and_of_its_values_one(matchers, held):
    assert matches(silence(**matchers), MILLS, now=NOW) is held


@pytest.mark.parametrize(("after", "held"), [(-61, False), (-60, True), (59, True), (60, False)])
def test_it_holds_from_its_first_minute_to_before_its_last(after, held):
    assert matches(silence(), MILLS, now=NOW + timedelta(minutes=after)) is held


def test_of_several_silences_the_one_that_ends_last_holds():
    silences = [silence(1), silence(2, ends=3 * HOUR), silence(3, ends=5 * HOUR, clients=("acme",))]
    assert holder(silences, MILLS, now=NOW).id == 2
    assert holder([], MILLS, now=NOW) is None


def test_matchers_survive_json():
    whole = Matchers(clients=("mills",), watch_lists=("a", "b"), rules=("x",), severity_below="severe")
    assert Matchers.from_json(whole.to_json()) == whole
    assert Matchers.from_json(Matchers().to_json()) == Matchers()


def test_without_silence_and_quiet_hours_everything_is_told():
    assert decided() is None


@pytest.mark.parametrize("kind", ["firing", "joined", "taken", "mentions", "good_news"])
def test_a_silence_holds_back_all_sorts(kind):
    assert decided(kind, silenced=silence(4)) == Withheld(until=NOW + HOUR, silence=4)


@pytest.mark.parametrize("kind", ["closed", "resolved"])
def test_the_end_of_what_was_told_is_told_and_the_end_of_what_was_hidden_is_not(kind):
    assert decided(kind, silenced=silence()) is None
    assert decided(kind, silenced=silence(), opening=OTHER) is not None


def test_what_is_no_whole_news_stays_with_an_opening_that_still_waits():
    assert decided("resolved", opening=OTHER) == OTHER
    assert decided("taken", opening=OTHER) == OTHER
    assert decided("joined", opening=OTHER) is None


def test_quiet_hours_hold_back_ends_too():
    assert decided("resolved", quiet_until=NOW + HOUR) == Withheld(until=NOW + HOUR)


def test_a_silence_goes_before_quiet_hours():
    assert decided(silenced=silence(4), quiet_until=NOW + HOUR).silence == 4


def test_what_is_severe_breaks_through_where_the_rule_lets_it():
    assert decided("firing", silenced=silence(), quiet_until=NOW + HOUR, breaks_through=True) is None
    assert decided("resolved", quiet_until=NOW + HOUR, breaks_through=True) is None
    assert decided("taken", silenced=silence(), breaks_through=True) is not None
