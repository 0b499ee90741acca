"""What a poll may spend: refused with its sentence, settled, told by the place; never more than there is, however many spend."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.connector import Connector, KeyedOptions, Meter, TryLater, UsedUp, testing
from listener.connector.ledger import LedgerHere, SpendingOnly
from listener.connector.purse import purse_for
from listener.connector.testing import Reply
from listener.door.errors import Paced

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENING = NOON.replace(hour=23, minute=15)
SEARCHES = Meter(name="searches", unit="searches", most=100, per="day")
CALLS = Meter(name="calls", unit="calls")


class PlaceOptions(KeyedOptions):
    """Which key."""


PLACE = Connector(
    kind="place",
    summary="A place that counts.",
    options=PlaceOptions,
    scope=lambda _: "all",
    fetch=lambda *_: iter(()),
    meters=lambda _: (SEARCHES, CALLS),
)


def purse(ledger=None, *, now=EVENING, urgent=False, key="main"):
    return purse_for(PLACE, PlaceOptions(credential=key), now=now, ledger=ledger, urgent=urgent)


def test_a_turn_that_has_not_come_is_told_apart_from_a_budget_that_has_no_more():
    ours = purse(now=NOON)
    ours.reserve("searches", 44)
    with pytest.raises(
        Paced, match=r"The budget of searches is spread over time: next at 2026-03-02 \d\d:\d\d UTC\."
    ) as turn:
        ours.reserve("searches", 10)
    assert turn.value.until == NOON + turn.value.after
    with pytest.raises(UsedUp):
        purse(LedgerHere(), urgent=True).reserve("searches", 101)


def test_what_is_kept_for_a_crisis_is_spent_by_it_alone():
    ledger = LedgerHere()
    purse(ledger).reserve("searches", 80)
    with pytest.raises(UsedUp) as kept:
        purse(ledger).reserve("searches")
    assert kept.value.reason == (
        "What is left of the searches is kept for clients with an open incident until 2026-03-03 00:00 UTC: "
        "raise the budget to hear more."
    )
    assert (kept.value.account, kept.value.forbidden) == ("place/main/searches", False)
    assert kept.value.after == timedelta(minutes=45)
    purse(ledger, urgent=True).reserve("searches", 20)
    with pytest.raises(UsedUp, match=r"The budget of 100 searches is used up until .*: raise it, or wait\."):
        purse(ledger, urgent=True).reserve("searches")
    purse(ledger, key="other").reserve("searches", 80)  # each key has its own


def test_what_it_really_cost_is_settled_up_and_down():
    ledger = LedgerHere()
    ours = purse(ledger)
    ours.reserve("searches", 10)
    ours.settle("searches", 3)
    ours.settle("searches", 2.5)  # without a reservation it is simply spent
    assert ledger.spent(("place", "main"), "searches").spent == 5.5
    ours.reserve("searches", 2)
    ours.settle("searches", 0)
    assert ledger.spent(("place", "main"), "searches").spent == 5.5


def test_a_crash_between_reserving_and_settling_has_spent_what_it_reserved():
    ledger = LedgerHere()
    purse(ledger).reserve("searches", 10)
    assert ledger.spent(("place", "main"), "searches").spent == 10


def answering(headers):
    return lambda *_: Reply(headers=headers, body=b"{}")


def test_what_a_place_says_of_a_meter_is_heeded_before_it_is_asked_again():
    ledger = LedgerHere()
    said = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(EVENING.timestamp()) + 600)}
    http = testing.visit(answering(said), now=EVENING, purse=purse(ledger))
    http.get("https://place.example/", meter="calls")
    again = testing.visit(answering(said), now=EVENING + timedelta(minutes=9), purse=purse(ledger, now=EVENING + timedelta(minutes=9)))  # fmt: skip
    with pytest.raises(
        UsedUp, match="The place says that no calls are left until 2026-03-02 23:25 UTC"
    ) as told:
        again.get("https://place.example/", meter="calls")
    assert (again.requests_count, told.value.forbidden) == (0, True)
    later = EVENING + timedelta(minutes=10)
    free = testing.visit(answering({}), now=later, purse=purse(ledger, now=later))
    assert free.get("https://place.example/", meter="calls").status == 200


@pytest.mark.parametrize(
    ("reset_s", "expected", "means"),
    [(840, TryLater, "a window"), (20 * 86_400, UsedUp, "an exhausted month")],
    ids=["a window", "a month"],
)
def test_a_429_of_a_window_is_told_apart_from_one_of_an_exhausted_month(reset_s, expected, means):
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset_s)}
    http = testing.visit(lambda *_: Reply(status=429, headers=headers), now=EVENING)
    with pytest.raises(TryLater) as raised:
        http.get("https://place.example/")
    assert type(raised.value) is expected, means
    assert raised.value.after == timedelta(seconds=reset_s)


def test_a_body_may_tell_what_is_left():
    ours = purse()
    ours.told("calls", left=0, resets_at=EVENING + timedelta(days=3))
    with pytest.raises(UsedUp) as told:
        ours.reserve("calls")
    assert told.value.after == timedelta(days=3)


def test_a_look_spends_from_the_same_budget_and_leaves_sessions_alone():
    daemon = LedgerHere()
    purse(daemon).remember("session", "of the daemon")
    look = purse(SpendingOnly(daemon))
    assert look.recall("session") is None
    look.remember("session", "of the look")
    look.reserve("searches", 80)
    assert look.recall("session") == "of the look"
    assert purse(daemon).recall("session") == "of the daemon"
    with pytest.raises(UsedUp):
        purse(daemon).reserve("searches")


@given(amounts=st.lists(st.sampled_from([0.5, 1, 3, 7, 40]), min_size=1, max_size=60), urgent=st.booleans())
def test_never_more_than_the_most_is_spent_however_many_threads_spend(amounts, urgent):
    ledger = LedgerHere()

    def spend(amount):
        try:
            purse(ledger, urgent=urgent).reserve("searches", amount)
        except (UsedUp, Paced):
            return 0
        return amount

    with ThreadPoolExecutor(8) as threads:
        taken = sum(threads.map(spend, amounts))
    assert taken <= (100 if urgent else 80)
    assert taken == sum(spent.spent for spent in ledger.meters.values())
