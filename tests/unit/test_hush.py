"""What silences and quiet hours hold back is told once, when they are over, on SQLite and on PostgreSQL."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, add_client
from hushed import (
    DANA,
    HOUR,
    MORNING,
    NIGHT,
    end,
    kinds,
    news,
    opened,
    over,
    say,
    silence,
    told,
    watched,
)

from listener.alerting.tell import tell
from listener.domain.message import Message, Quote
from listener.jobs.prune import KEEP_SENT, prune
from listener.store import silences
from listener.store.engine import open_database


@pytest.fixture
def world(database):
    with database.write() as connection:
        add_client(connection, "mills")
        add_client(connection, "acme")
    return database


def test_a_silence_keeps_an_alert_back_and_tells_of_it_at_its_end(world):
    opened(world)
    silence(world, clients=("mills",))
    say(world, news(), receivers=("accounts", "ops"))
    assert told(world) == []
    assert end(world, now=NOW + HOUR) == 0
    over(world)
    assert end(world, now=NOW + 2 * HOUR) == 2
    assert [(receiver, kind) for receiver, kind, _ in told(world)] == [
        ("accounts", "hidden"),
        ("ops", "hidden"),
    ]
    message = told(world)[0][2]
    assert message["headline"] == (
        "hidden by Dana's silence until 14:00 UTC (deploy): Mills 1 alert, 5 people at most; resolved since"
    )
    assert message["lines"] == [
        "12:00 UTC Mills: 5 people, negative in the last 2 h; usual 0–1 · incident 1, resolved since"
    ]


def test_what_is_still_open_is_said_so_and_clients_are_told_apart(world):
    opened(world, 1)
    opened(world, 2, "acme")
    over(world, 1)
    silence(world)
    say(world, news(people=4))
    say(world, news("joined", people=9))
    say(world, news(incident=2, name="acme"), watched("acme"))
    end(world, now=NOW + 2 * HOUR)
    message = told(world)[0][2]
    assert message["headline"].endswith("2 alerts about 2 clients")
    assert message["lines"][:2] == [
        "Acme: 1 alert, 5 people at most; still open",
        "Mills: 1 alert, 9 people at most; resolved since",
    ]


def test_a_silence_that_hid_nothing_ends_without_a_word(world):
    silence(world)
    assert end(world, now=NOW + 2 * HOUR) == 0
    with world.read() as connection:
        assert silences.over(connection, now=NOW + 3 * HOUR) == []


def test_one_that_is_ended_by_hand_tells_at_once_and_by_whom(world):
    opened(world)
    made = silence(world)
    say(world, news())
    with world.write() as connection:
        assert silences.expire(connection, made.id, who="Sam", now=NOW + HOUR)
        assert not silences.expire(connection, made.id, who="Kim", now=NOW + HOUR)
    end(world, now=NOW + HOUR)
    assert "until 13:00 UTC, ended by Sam (deploy)" in told(world)[0][2]["headline"]


def test_it_tells_once_however_many_look_at_once(world):
    opened(world)
    silence(world)
    say(world, news())
    start = threading.Barrier(4)

    def look():
        start.wait()
        end(world, now=NOW + 2 * HOUR)

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for one in lookers:
        one.start()
    for one in lookers:
        one.join()
    assert kinds(world) == ["hidden"]


def test_a_death_before_the_end_of_its_transaction_leaves_it_to_be_told(world):
    opened(world)
    made = silence(world)
    say(world, news())

    with suppress(KeyboardInterrupt), world.write() as connection:
        assert silences.sum_up(connection, made.id, now=NOW + 2 * HOUR)
        raise KeyboardInterrupt
    assert end(world, now=NOW + 2 * HOUR) == 1
    assert end(world, now=NOW + 3 * HOUR) == 0


def test_what_another_silence_still_hides_waits_for_that_one(world):
    opened(world)
    long = silence(world, hours=4)
    say(world, news())
    short = silence(world, hours=6)
    with world.write() as connection:
        silences.expire(connection, long.id, who="Sam", now=NOW + HOUR)
    assert end(world, now=NOW + HOUR) == 0
    assert end(world, now=NOW + 6 * HOUR) == 1
    assert told(world)[0][2]["id"] == f"silence/{short.id}/hidden"


def test_the_end_of_an_incident_that_was_told_before_is_told(world):
    opened(world)
    say(world, news())
    silence(world)
    say(world, news("taken"))
    say(world, news("resolved"))
    assert kinds(world) == ["firing", "resolved"]


def test_the_end_of_one_that_was_hidden_is_part_of_the_sum(world):
    opened(world)
    silence(world)
    say(world, news())
    say(world, news("resolved"), now=NOW + 2 * HOUR)  # before anybody summed up
    over(world)
    end(world, now=NOW + 2 * HOUR)
    assert kinds(world) == ["hidden"]
    say(world, news("noted"), now=NOW + 3 * HOUR)
    assert kinds(world) == ["hidden", "noted"]


def test_one_that_grows_beyond_the_silence_is_told_and_not_summed_up(world):
    opened(world)
    silence(world, severity_below="major")
    say(world, news(severity="minor"))
    say(world, news("joined", severity="major"))
    assert kinds(world) == ["joined"]
    assert end(world, now=NOW + 2 * HOUR) == 0


@pytest.mark.parametrize(("breaks", "kind"), [(True, ["firing"]), (False, [])])
def test_what_is_severe_breaks_through_only_where_the_rule_lets_it(world, breaks, kind):
    opened(world)
    silence(world)
    say(world, news(severity="severe"), watched(breaks=breaks, **DANA), now=NOW)
    assert kinds(world) == kind


def test_news_of_sources_goes_through_every_silence(world):
    silence(world)
    with world.write() as connection:
        tell(connection, Message(id="h", kind="health", headline="deaf"), ["ops"], now=NOW)
    assert kinds(world) == ["health"]


def test_at_night_nothing_is_told_and_in_the_morning_that_it_is_still_open(world):
    opened(world)
    one = watched(**DANA)
    say(world, news(lines=("First at 22:50 by ann.",), at=NIGHT), one, now=NIGHT)
    say(world, news("taken", at=NIGHT + HOUR), one, now=NIGHT + HOUR)
    assert end(world, now=MORNING - timedelta(seconds=1), clients={"mills": one}) == 0
    assert end(world, now=MORNING, clients={"mills": one}) == 1
    assert end(world, now=MORNING, clients={"mills": one}) == 0
    assert kinds(world) == ["firing"]
    assert told(world)[0][2]["lines"] == [
        "Not told at Mon 02 Mar 23:00 AST, in the quiet hours of Dana Lee (20:00–07:00). It is still open.",
        "00:00 AST: it was taken.",
        "First at 22:50 by ann.",
    ]


def test_what_began_and_ended_at_night_is_one_message(world):
    opened(world)
    one = watched(**DANA)
    say(world, news(at=NIGHT), one, now=NIGHT)
    say(world, news("resolved"), one, now=NIGHT + 2 * HOUR)
    over(world)
    assert end(world, now=MORNING, clients={"mills": one}) == 1
    assert kinds(world) == ["resolved"]
    assert told(world)[0][2]["lines"][1] == (
        "It opened at Mon 02 Mar 23:00 AST: 5 people, negative in the last 2 h; usual 0–1."
    )


def test_the_end_of_what_was_told_in_the_evening_waits_for_the_morning(world):
    opened(world)
    one = watched(**DANA)
    say(world, news(), one, now=NOW)
    say(world, news("resolved"), one, now=NIGHT)
    assert kinds(world) == ["firing"]
    end(world, now=MORNING, clients={"mills": one})
    assert kinds(world) == ["firing", "resolved"]


def test_the_mentions_of_a_night_are_one_message(world):
    one = watched(**DANA)
    for number in range(1, 4):
        message = Message(
            id=f"mills/each_negative/{number}/mentions",
            kind="mentions",
            headline="2 negative mentions",
            quotes=(Quote(text="a"), Quote(text="b")),
            facts={"mentions": [1, 2]},
        )
        say(world, message, one, now=NIGHT)
    end(world, now=MORNING, clients={"mills": one})
    (receiver, kind, message) = told(world)[0]
    assert (receiver, kind, message["headline"]) == ("accounts", "mentions", "6 negative mentions")
    assert len(message["quotes"]) == 6


def test_a_silence_that_ends_at_night_is_summed_up_in_the_morning(world):
    opened(world)
    one = watched(**DANA)
    silence(world, hours=15)  # until three in the morning, UTC
    say(world, news(), one)
    assert end(world, now=NIGHT, clients={"mills": one}) == 0
    assert end(world, now=MORNING, clients={"mills": one}) == 1


def test_what_a_night_holds_goes_over_to_a_silence_that_began_meanwhile(world):
    opened(world)
    one = watched(**DANA)
    say(world, news(), one, now=NIGHT)
    silence(world, now=NIGHT, hours=20)
    assert end(world, now=MORNING, clients={"mills": one}) == 0
    assert end(world, now=NIGHT + 20 * HOUR, clients={"mills": one}) == 1
    assert kinds(world) == ["hidden"]


def test_quiet_hours_that_leave_the_file_hold_nothing_back_any_more(world):
    opened(world)
    say(world, news(), watched(**DANA), now=NIGHT)
    assert end(world, now=NIGHT, clients={"mills": watched()}) == 1


def test_a_client_that_left_the_file_is_told_of_when_its_night_is_over(world):
    opened(world)
    say(world, news(), watched(**DANA), now=NIGHT)
    assert end(world, now=NIGHT + HOUR, clients={"acme": watched("acme")}) == 0
    assert end(world, now=MORNING, clients={"acme": watched("acme")}) == 1


def test_a_message_that_is_laid_again_is_held_back_once(world):
    opened(world)
    one = watched(**DANA)
    say(world, news(), one, now=NIGHT)
    say(world, replace(news(), headline="again"), one, now=NIGHT)
    end(world, now=MORNING, clients={"mills": one})
    assert len(told(world)) == 1


def test_a_severe_turn_at_night_is_told_and_the_morning_does_not_repeat_it(world):
    opened(world)
    one = watched(breaks=True, **DANA)
    say(world, news(severity="minor"), one, now=NIGHT)
    say(world, news("joined", severity="severe"), one, now=NIGHT + HOUR)
    assert kinds(world) == ["joined"]
    assert end(world, now=MORNING, clients={"mills": one}) == 0


def test_good_news_of_the_night_is_told_in_the_morning(world):
    one = watched(**DANA)
    notice = replace(news("good_news"), incident=None, facts={"people": 4, "mentions": 6})
    say(world, notice, one, now=NIGHT)
    end(world, now=MORNING, clients={"mills": one})
    assert kinds(world) == ["good_news"]
    assert told(world)[0][2]["lines"] == [
        "Not told at Mon 02 Mar 23:00 AST, in the quiet hours of Dana Lee (20:00–07:00)."
    ]


def test_what_is_hidden_in_the_last_moment_is_in_the_sum(world, database_url):
    """A command of another process holds something back while the daemon, whose clock is ahead, sums up."""
    opened(world)
    silence(world)
    daemon = open_database(database_url)
    summing = threading.Thread(target=end, args=(daemon,), kwargs={"now": NOW + 2 * HOUR})
    with world.write() as connection:
        tell(connection, news(), ["accounts"], now=NOW + 2 * HOUR - timedelta(seconds=1), watched=watched())
        summing.start()
        summing.join(timeout=0.5)
        assert summing.is_alive()
    summing.join(timeout=20)
    daemon.close()
    assert kinds(world) == ["hidden"]


def test_what_was_told_long_ago_is_let_go(world):
    opened(world)
    silence(world)
    say(world, news())
    assert prune(world, now=NOW + 2 * KEEP_SENT) == 0
    end(world, now=NOW + 2 * HOUR)
    assert prune(world, now=NOW + 2 * HOUR + KEEP_SENT + timedelta(seconds=1)) == 1
