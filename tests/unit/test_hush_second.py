"""Who is asked instead of the owner keeps quiet hours of their own, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client
from hushed import (
    DANA,
    HALIFAX,
    HOUR,
    MORNING,
    NIGHT,
    end,
    kinds,
    news,
    opened,
    say,
    silence,
    told,
    watched,
)

from listener.domain.quiet import QuietHours
from listener.domain.telling import Escalation
from listener.store.alert_tables import incidents


@pytest.fixture
def world(database):
    with database.write() as connection:
        add_client(connection, "mills")
    return database


def at_night(**more):
    """Dana's client, whose second person is Lee; `more` is of Lee."""
    lee = Escalation(**{"after": HOUR, "to": "Lee Park", "slack": "U034", "receivers": ("lee",), **more})
    return watched(escalation=lee, **DANA)


LEE_SLEEPS = {"quiet": QuietHours(begins=time(22), ends=time(6)), "timezone": HALIFAX}
ASKED = {"asked": "Lee Park", "asked_slack": "U034"}
SIX = MORNING - HOUR


def test_who_is_asked_instead_of_a_sleeping_owner_is_told_at_once(world):
    opened(world)
    one = at_night()
    say(world, news(), one, now=NIGHT)
    say(world, news("escalated", **ASKED), one, now=NIGHT + HOUR, receivers=("lee",))
    assert [(receiver, kind) for receiver, kind, _ in told(world)] == [("lee", "escalated")]
    assert end(world, now=MORNING, clients={"mills": one}) == 1
    assert [(receiver, kind) for receiver, kind, _ in told(world)[1:]] == [("accounts", "firing")]


def test_the_owner_is_told_in_the_morning_where_both_are_reached_at_one_place(world):
    opened(world)
    one = at_night(receivers=())
    assert one.second("accounts", "firing") is None
    say(world, news(), one, now=NIGHT)
    say(world, news("escalated", **ASKED), one, now=NIGHT + HOUR)
    assert kinds(world) == ["escalated"]
    assert end(world, now=MORNING, clients={"mills": one}) == 1
    assert kinds(world) == ["escalated", "firing"]
    assert told(world)[1][2]["lines"][0].endswith("(20:00–07:00). It is still open.")


def test_who_is_asked_keeps_quiet_hours_of_their_own(world):
    opened(world)
    one = at_night(**LEE_SLEEPS)
    say(world, news("escalated", lines=("5 people by now.",), **ASKED), one, now=NIGHT, receivers=("lee",))
    assert end(world, now=SIX - timedelta(seconds=1), clients={"mills": one}) == 0
    assert end(world, now=SIX, clients={"mills": one}) == 1
    assert end(world, now=MORNING, clients={"mills": one}) == 0
    ((receiver, kind, message),) = told(world)
    assert (receiver, kind, message["asked_slack"]) == ("lee", "escalated", "U034")
    assert message["lines"] == [
        "Not told at Mon 02 Mar 23:00 AST, in the quiet hours of Lee Park (22:00–06:00).",
        "5 people by now.",
    ]


def test_a_sleeping_second_person_does_not_hold_back_what_the_owner_is_told(world):
    opened(world)
    one = replace(at_night(**LEE_SLEEPS), quiet=None)
    say(world, news(), one, now=NIGHT)
    say(world, news("escalated", **ASKED), one, now=NIGHT + HOUR)
    say(world, news("taken"), one, now=NIGHT + 2 * HOUR)
    assert kinds(world) == ["firing", "taken"]


@pytest.mark.parametrize(
    ("change", "headline"),
    [
        (
            {"taken_by": "Dana Lee"},
            "Lee Park was to be asked at Mon 02 Mar 23:00 AST; Dana Lee has taken it since",
        ),
        ({"resolved_at": SIX}, "Lee Park was to be asked at Mon 02 Mar 23:00 AST; it is over since"),
    ],
)
def test_nobody_is_rung_in_the_morning_for_what_somebody_took_or_what_is_over(world, change, headline):
    opened(world)
    one = at_night(**LEE_SLEEPS)
    say(world, news("escalated", **ASKED), one, now=NIGHT, receivers=("lee",))
    with world.write() as connection:
        connection.execute(sa.update(incidents).values(**change))
    end(world, now=SIX, clients={"mills": one})
    ((_, _, message),) = told(world)
    assert (message["headline"], message["asked"], message["asked_slack"]) == (headline, None, None)


def test_what_follows_at_a_place_that_reaches_the_second_person_alone_is_one_message(world):
    opened(world)
    one = at_night(**LEE_SLEEPS)
    say(world, news("escalated", **ASKED), one, now=NIGHT, receivers=("lee",))
    say(world, news("taken"), one, now=NIGHT + HOUR, receivers=("lee",))
    assert end(world, now=SIX, clients={"mills": one}) == 1
    assert told(world)[0][2]["lines"][1] == "00:00 AST: it was taken."


@pytest.mark.parametrize(
    ("began", "ends", "until"),
    [
        (datetime(2026, 3, 8, 3, tzinfo=UTC), time(2, 30), datetime(2026, 3, 8, 6, tzinfo=UTC)),
        (datetime(2026, 11, 1, 2, tzinfo=UTC), time(1, 30), datetime(2026, 11, 1, 4, 30, tzinfo=UTC)),
    ],
)  # the clocks of Halifax leap from two to three; they show one o'clock twice
def test_a_night_in_which_clocks_are_set_ends_once_for_who_is_asked(world, began, ends, until):
    opened(world)
    one = at_night(quiet=QuietHours(begins=time(22), ends=ends), timezone=HALIFAX)
    say(world, news("escalated", **ASKED), one, now=began, receivers=("lee",))
    assert end(world, now=until - timedelta(seconds=1), clients={"mills": one}) == 0
    assert end(world, now=until, clients={"mills": one}) == 1
    assert end(world, now=until + HOUR, clients={"mills": one}) == 0


def test_where_nobody_is_asked_any_more_it_is_told_by_the_owners_hours(world):
    opened(world)
    say(world, news("escalated", **ASKED), at_night(**LEE_SLEEPS), now=NIGHT, receivers=("lee",))
    assert end(world, now=SIX, clients={"mills": watched(**DANA)}) == 0
    assert end(world, now=MORNING, clients={"mills": watched(**DANA)}) == 1


def test_a_silence_holds_back_what_asks_somebody_else_as_well(world):
    opened(world)
    silence(world)
    say(world, news("escalated", **ASKED), at_night(), receivers=("lee",))
    assert kinds(world) == []
    end(world, now=NOW + 2 * HOUR)
    assert kinds(world) == ["hidden"]
