from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import telling

from listener.domain.delivery import (
    GIVE_UP_AFTER,
    Notification,
    choose,
    due,
    given_up,
    outgoing,
    soonest,
    wait,
)
from listener.domain.message import Message

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def notification(number, *, age=timedelta(0), incident=None, due_in=timedelta(0), in_doubt=False, attempt=0):
    return Notification(
        id=number,
        key=f"alert/{number}@accounts",
        receiver="accounts",
        message=Message(id=f"alert/{number}", kind="firing", headline=f"news {number}", incident=incident),
        attempt=attempt,
        in_doubt=in_doubt,
        next_try_at=NOW + due_in,
        created_at=NOW - age,
    )


def ids(chosen):
    return [each.id for each in chosen]


def test_the_waits_double_up_to_ten_minutes_within_a_quarter():
    waits = [wait(attempt=attempt, key="k").total_seconds() for attempt in range(1, 12)]
    plain = [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]
    assert all(0.75 * each <= got < 1.25 * each for got, each in zip(waits, plain, strict=True))


def test_the_spread_is_the_same_every_time_and_differs_between_rows():
    assert wait(attempt=9, key="a") == wait(attempt=9, key="a")
    assert len({wait(attempt=9, key=str(number)) for number in range(50)}) > 40


@pytest.mark.parametrize(("asked", "got"), [(-5, 1), (0, 1), (30, 30), (3_600, 3_600), (10**6, 3_600)])
def test_a_pause_that_was_asked_for_is_kept_between_a_second_and_an_hour(asked, got):
    assert wait(attempt=1, key="k", asked=timedelta(seconds=asked)) == timedelta(seconds=got)


def test_a_key_that_no_text_should_have_still_waits():
    assert wait(attempt=10**9, key="\ud800") > timedelta(minutes=7)


def test_a_day_of_trying_is_a_day_and_trying():
    assert given_up(notification(1, age=GIVE_UP_AFTER, attempt=20), now=NOW)
    assert not given_up(notification(1, age=GIVE_UP_AFTER - HOUR, attempt=500), now=NOW)
    assert not given_up(
        notification(1, age=365 * 24 * HOUR, attempt=3), now=NOW
    )  # asleep, or a clock that jumped


def test_a_time_far_off_was_planned_by_a_clock_that_jumped():
    assert due(NOW, now=NOW)
    assert not due(NOW + HOUR, now=NOW)
    assert due(NOW + timedelta(days=3_650), now=NOW)


def test_the_oldest_goes_first():
    assert ids(choose([notification(1), notification(2)], now=NOW)) == [1]
    assert ids(choose([notification(1, due_in=HOUR), notification(2)], now=NOW)) == [2]
    assert ids(choose([notification(1, due_in=HOUR)], now=NOW)) == []
    assert choose([], now=NOW) == ()


def test_an_incident_is_never_resolved_before_it_fired():
    waiting = [
        notification(1, incident=7, due_in=HOUR),
        notification(2, incident=7),
        notification(3, incident=8),
    ]
    assert ids(choose(waiting, now=NOW)) == [3]
    assert soonest(waiting) == NOW
    assert soonest(waiting[:2]) == NOW + HOUR
    assert soonest([]) is None


def test_three_that_are_old_go_together_and_two_do_not():
    old = [notification(number, age=2 * HOUR) for number in range(1, 4)]
    assert ids(choose(old, now=NOW)) == [1, 2, 3]
    assert ids(choose(old[:2], now=NOW)) == [1]
    assert ids(choose([*old, notification(4)], now=NOW)) == [1, 2, 3]


def test_what_is_old_goes_along_before_its_own_time_but_not_past_its_incident():
    later = [notification(number, age=2 * HOUR, due_in=HOUR, incident=number) for number in (2, 3, 4)]
    assert ids(choose([notification(1, age=2 * HOUR), *later], now=NOW)) == [1, 2, 3, 4]
    doubted = notification(0, age=2 * HOUR, due_in=HOUR, incident=3, in_doubt=True)
    assert ids(choose([doubted, notification(1, age=2 * HOUR), *later], now=NOW)) == [1, 2, 4]
    assert ids(choose(later, now=NOW)) == []


def test_a_group_has_its_limit():
    assert len(choose([notification(number, age=2 * HOUR) for number in range(100)], now=NOW)) == 40


def test_what_is_in_doubt_is_grouped_apart_so_that_the_group_keeps_its_id():
    doubted = [notification(number, age=2 * HOUR, in_doubt=True) for number in range(1, 4)]
    fresh = [notification(number, age=2 * HOUR) for number in range(4, 8)]
    again = choose([*doubted, *fresh], now=NOW)
    assert ids(again) == [1, 2, 3]
    assert outgoing(again).id == outgoing(doubted).id != outgoing(fresh).id


def test_one_goes_as_itself_and_says_where_it_may_be_a_repeat():
    plain = replace(notification(1), message=telling.FIRING)
    assert outgoing([plain]) == telling.FIRING
    assert outgoing([replace(plain, in_doubt=True)]) == replace(telling.FIRING, repeat=True)


def test_a_group_tells_each_and_holds_each_for_machines():
    first = replace(notification(1, age=2 * HOUR, in_doubt=True), message=telling.FIRING)
    group = outgoing([first, replace(notification(2, age=2 * HOUR), message=telling.HEALTH)])
    assert group.kind == "group"
    assert group.repeat
    assert group.lines == (
        (
            "2026-11-22 09:14 UTC · Mills: 5 people, 3 stories, negative in the last 2 h; usual 0–1 · incident 12 · "
            "possible repeat of mills/negative_spike/3/firing"
        ),
        "2026-11-22 10:00 UTC · 2 changes in what we can hear",
    )
    held = [Message.from_json(each) for each in group.facts["grouped"]]
    assert held == [replace(telling.FIRING, repeat=True), telling.HEALTH]
