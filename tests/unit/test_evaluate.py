"""From stored voices to incidents and messages, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming

from listener.alerting.evaluate import Round, evaluate
from listener.domain.rules import GatherRule, Rules, SpikeRule, Watched
from listener.domain.telling import Telling
from listener.jobs.status import status
from listener.store import gaps, incidents, mentions, outbox, tables

HOUR = timedelta(hours=1)
AT_ONCE = Telling(group_wait=timedelta(0))


def watched(**rules):
    return {
        "mills": Watched(
            client=client("mills"),
            rules=Rules(**rules),
            receivers=("accounts", "ops"),
            owner="Dana Lee",
            list_size=10,
            telling=AT_ONCE,
        )
    }


@pytest.fixture
def target(database):
    with database.write() as connection:
        add_client(connection, "mills")
        target = add_target(connection, complete_from_at=NOW)
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=target, audience="list:key-accounts", since_at=NOW - timedelta(days=20)
            )
        )
        return target


@pytest.fixture
def say(database, target):
    def put(*minutes, now=NOW, label="negative", prefix="author", **more):
        items = [
            incoming(found(published_at=now - timedelta(minutes=m)), by=f"{prefix}:{n}", label=label, **more)
            for n, m in enumerate(minutes)
        ]
        with database.write() as connection:
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=now)

    return put


def told(database):
    with database.read() as connection:
        rows = connection.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id)).all()
        return [(row.receiver, row.message["kind"], row.message) for row in rows]


def test_a_burst_opens_one_incident_and_tells_every_receiver_once(database, say):
    say(*range(0, 50, 5))
    assert evaluate(database, watched(), now=NOW).opened == 1
    assert [(receiver, kind) for receiver, kind, _ in told(database)] == [
        ("accounts", "firing"),
        ("ops", "firing"),
    ]
    message = told(database)[0][2]
    assert message["headline"] == "10 people, 10 stories, negative in the last hour; usual 0"
    assert message["owner"] == "Dana Lee"
    assert len(message["quotes"]) == 3
    assert not any("biggest story" in line for line in message["lines"])


def test_people_who_repeat_one_story_are_counted_as_people_and_told_apart(database, say):
    say(*range(0, 30, 5))
    say(*range(0, 20, 5), story=b"wire............", prefix="host")
    evaluate(database, watched(), now=NOW)
    message = told(database)[0][2]
    assert message["headline"].startswith("10 people, 7 stories, negative")
    assert (message["facts"]["voices"], message["facts"]["mentions"]) == (7, 10)
    assert "Without the biggest story (4 people) it would be 6, usual 0." in message["lines"]


def test_the_same_burst_is_told_once_however_often_it_is_evaluated(database, say):
    say(*range(0, 50, 5))
    for minutes in range(0, 60, 10):
        evaluate(database, watched(), now=NOW + timedelta(minutes=minutes))
    assert len(told(database)) == 2


def test_more_complaints_during_an_incident_join_it(database, say):
    say(*range(0, 50, 5))
    evaluate(database, watched(), now=NOW)
    say(*range(0, 50, 5), now=NOW + HOUR, prefix="other")
    assert evaluate(database, watched(), now=NOW + HOUR) == Round()
    with database.read() as connection:
        assert len(incidents.listing(connection)) == 1


def test_the_proof_names_the_unknown_where_they_matter(database, say):
    say(*range(0, 50, 5))
    say(1, 2, 3, label="unknown", prefix="foreign")
    say(4, label="unknown")  # of author:0, who complained as well
    say(1, 2, label="unknown", prefix="self", own=True)
    evaluate(database, watched(), now=NOW)
    lines = told(database)[0][2]["lines"]
    assert "3 more people spoke in that time; whether they complain is unknown." in lines
    with database.read() as connection:
        assert incidents.listing(connection)[0].evidence["unknown"] == 3


def test_a_few_unknown_are_not_worth_a_line(database, say):
    say(*range(0, 50, 5))
    say(1, 2, label="unknown", prefix="foreign")
    evaluate(database, watched(), now=NOW)
    assert not any("unknown" in line for line in told(database)[0][2]["lines"])


def test_it_resolves_once_after_an_hour_of_calm(database, say):
    say(*range(0, 50, 5))
    evaluate(database, watched(), now=NOW)
    resolved_after = [
        minutes
        for minutes in range(0, 300, 10)
        if evaluate(database, watched(), now=NOW + timedelta(minutes=minutes)).resolved
    ]
    assert len(resolved_after) == 1
    assert 60 <= resolved_after[0] <= 130
    assert [kind for _, kind, _ in told(database)] == ["firing", "firing", "resolved", "resolved"]


def test_after_it_is_resolved_the_old_voices_open_nothing_and_new_ones_do(database, say):
    say(*range(0, 50, 5))
    for minutes in range(0, 200, 10):
        evaluate(database, watched(), now=NOW + timedelta(minutes=minutes))
    say(600, now=NOW + timedelta(hours=10), prefix="late")
    assert evaluate(database, watched(), now=NOW + timedelta(hours=10)).opened == 0
    say(*range(0, 50, 5), now=NOW + timedelta(hours=30), prefix="again")
    assert evaluate(database, watched(), now=NOW + timedelta(hours=30)).opened == 1


def test_own_words_praise_and_copies_open_nothing(database, say):
    say(*range(0, 50, 5), own=True)
    say(*range(0, 50, 5), label="positive", prefix="fan")
    say(*range(0, 50, 5), story=b"wire............", prefix="host")
    assert evaluate(database, watched(), now=NOW).opened == 0


def test_what_was_heard_late_says_so(database, say):
    say(*range(300, 350, 5))
    evaluate(database, watched(), now=NOW)
    message = told(database)[0][2]
    assert message["lines"][0].startswith("Heard late")
    assert "until 07:00 UTC" in message["headline"]


def test_the_message_names_what_cannot_be_heard(database, target, say):
    with database.write() as connection:
        gaps.open_gap(connection, target, NOW - HOUR, "it answers 500.")
    say(*range(0, 50, 5))
    evaluate(database, watched(), now=NOW)
    assert any(
        "Could not hear rss feeds.example since 11:00 UTC" in line for line in told(database)[0][2]["lines"]
    )


@pytest.mark.parametrize(("deaf", "opened"), [(True, 0), (False, 1)])
def test_a_gap_is_not_silence(database, target, say, deaf, opened):
    """A complaint an hour is usual; that nothing was heard for most of the month must not make them unusual."""
    for hours in range(30, 80):
        say(0, now=NOW - timedelta(hours=hours), prefix=f"h{hours}")
    evaluate(database, watched(negative_spike=None), now=NOW - timedelta(hours=29))
    with database.write() as connection:
        if deaf:
            gaps.add(connection, target, NOW - timedelta(days=20), NOW - timedelta(hours=81), "down")
            gaps.add(connection, target, NOW - timedelta(hours=29), NOW - timedelta(hours=2), "down")
    say(2, 10, 20, 30, 40, 45, prefix="now")
    assert evaluate(database, watched(), now=NOW).opened == opened


def test_without_the_rule_nothing_fires(database, say):
    say(*range(0, 50, 5))
    assert evaluate(database, watched(negative_spike=None), now=NOW) == Round()


def test_a_client_that_left_the_configuration_is_told_to_nobody(database, say):
    say(*range(0, 50, 5))
    assert evaluate(database, {}, now=NOW) == Round()


def test_each_negative_is_gathered_for_a_quarter_of_an_hour(database, say):
    rules = watched(negative_spike=None, each_negative=GatherRule())
    say(1, 2)
    say(1, label="positive", prefix="fan")
    assert evaluate(database, rules, now=NOW).gathered == 0
    say(1, now=NOW + timedelta(minutes=10), prefix="third")
    assert evaluate(database, rules, now=NOW + timedelta(minutes=10)).gathered == 0
    assert evaluate(database, rules, now=NOW + timedelta(minutes=16)).gathered == 1
    ((_, kind, message), _) = told(database)
    assert (kind, message["headline"]) == ("mentions", "3 negative mentions")
    assert evaluate(database, rules, now=NOW + timedelta(hours=2)).gathered == 0


def test_one_round_ends_groups_at_once(database, say):
    say(1, 2)
    assert (
        evaluate(
            database, watched(negative_spike=None, each_negative=GatherRule()), now=NOW, end_groups=True
        ).gathered
        == 1
    )


def test_each_mention_tells_praise_too(database, say):
    say(1, label="positive")
    rules = watched(negative_spike=None, each_mention=GatherRule())
    assert evaluate(database, rules, now=NOW, end_groups=True).gathered == 1


def test_over_the_daily_limit_mentions_are_counted_and_said_the_next_day(database, say):
    rules = watched(negative_spike=None, each_negative=GatherRule(at_most=2))
    for number in range(5):
        say(0, now=NOW + timedelta(minutes=number), prefix=f"n{number}")
        evaluate(database, rules, now=NOW + timedelta(minutes=number), end_groups=True)
    assert len(told(database)) == 4
    tomorrow = NOW + timedelta(days=1)
    say(0, now=tomorrow, prefix="tomorrow")
    evaluate(database, rules, now=tomorrow, end_groups=True)
    assert "3 negative mentions before this were only counted" in told(database)[-1][2]["lines"][0]


def test_a_rule_that_is_new_in_the_file_does_not_tell_all_that_is_stored(database, say):
    say(*(60 * 24 * day for day in range(2, 9)))
    evaluate(database, watched(negative_spike=None), now=NOW)
    say(3, prefix="new")
    evaluate(database, watched(negative_spike=None, each_negative=GatherRule()), now=NOW, end_groups=True)
    assert told(database)[0][2]["headline"] == "1 negative mention"


def test_the_outbox_takes_each_alert_once(database, say):
    say(*range(0, 50, 5))
    evaluate(database, watched(negative_spike=SpikeRule(at_least=3)), now=NOW)
    with database.read() as connection:
        assert outbox.count_by_state(connection) == {"pending": 2}


def test_a_client_that_cannot_be_judged_holds_up_no_other_and_is_seen_on_healthz(database, say):
    with database.write() as connection:
        add_client(connection, "acme")
        incidents.open_incident(
            connection, client_id="acme", rule="negative_spike", now=NOW, evidence={}, last_match_id=0
        )  # whose evidence says nothing of its window
    both = {**watched(), "acme": replace(watched()["mills"], client=client("acme"))}
    say(*range(0, 50, 5))
    assert evaluate(database, both, now=NOW).opened == 1
    later = NOW + HOUR
    assert "waiting to be judged" in " ".join(status(database, now=later, round_age_s=0).troubles)
    with database.write() as connection:
        connection.execute(
            sa.update(tables.incidents).where(tables.incidents.c.client_id == "acme").values(state="closed")
        )
    evaluate(database, both, now=later)
    assert "judged" not in " ".join(status(database, now=later, round_age_s=0).troubles)


def test_a_clock_that_was_years_ahead_for_a_while_holds_up_no_end_and_no_group(database, say):
    rules = watched(each_negative=GatherRule())
    say(*range(0, 30, 5))  # a minor incident, which mutes no other rule
    evaluate(database, rules, now=NOW)
    far = NOW + timedelta(days=3650)
    for prefix in ("far", "farther"):  # the second group is begun and ends there
        say(0, now=far, prefix=prefix)
        evaluate(database, rules, now=far)
    seen = [evaluate(database, rules, now=NOW + 7 * HOUR + minutes * HOUR / 60) for minutes in (0, 30, 61)]
    assert sum(round_.resolved for round_ in seen) == 1
    assert sum(round_.gathered for round_ in seen) == 1


def test_the_incident_of_a_client_that_left_ends_without_a_word(database, say):
    say(*range(0, 50, 5))
    evaluate(database, watched(), now=NOW)
    evaluate(database, {}, now=NOW + HOUR)
    with database.read() as connection:
        assert [one.state for one in incidents.listing(connection)] == ["closed"]
    assert len(told(database)) == 2


def test_times_and_days_are_those_of_the_owner(database, say):
    halifax = {
        "mills": replace(
            watched(each_negative=GatherRule(at_most=1))["mills"], timezone=ZoneInfo("America/Halifax")
        )
    }
    say(*range(0, 50, 5))
    evaluate(database, halifax, now=NOW, end_groups=True)
    assert any("First at 07:15 AST" in line for line in told(database)[0][2]["lines"])
    late = NOW.replace(hour=23, minute=30) + timedelta(hours=4)
    say(0, now=late, prefix="late")
    assert evaluate(database, halifax, now=late, end_groups=True).gathered == 0
    say(0, now=late + timedelta(hours=1), prefix="later")
    assert evaluate(database, halifax, now=late + timedelta(hours=1), end_groups=True).gathered == 1
