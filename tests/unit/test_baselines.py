"""What is usual is kept from day to day, and made anew where history was changed; on SQLite and on PostgreSQL."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client

from listener.alerting.usual import Kept, baseline, baselines_of, usual_for
from listener.domain.listened import day_start, turn_of
from listener.store import alert_tables, gaps, tables

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MILLS = client("mills")
HEARD_FOR = 30 * DAY


@pytest.fixture
def target(database):
    with database.write() as connection:
        add_client(connection, "mills")
        target = add_target(connection, complete_from_at=NOW)
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=target, audience="list:key-accounts", since_at=NOW - HEARD_FOR
            )
        )
        return target


def count(database, *days, voices=1, praise=0, hour=HOUR):
    """A bucket of so many voices at that hour of these days before now."""
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.counts),
            [
                {
                    "client_id": "mills",
                    "bucket_at": NOW - day * DAY + hour,
                    "voices": voices,
                    "praise": praise,
                }
                for day in days
            ],
        )


def usual(database, *, now=NOW, **more):
    return usual_for(database, [MILLS], now=now, **more)["mills"]


def rows(database):
    with database.read() as connection:
        return connection.execute(sa.select(alert_tables.baselines)).all()


def test_it_is_kept_in_one_row_and_read_back_the_same(database, target):
    count(database, *range(2, 29))
    first = usual(database)
    assert first.expected(NOW, NOW + DAY) == pytest.approx(1, rel=0.1)
    assert not first.is_young
    (row,) = rows(database)
    assert (row.client_id, row.rule, row.at) == ("mills", "negative_spike", NOW)
    again = usual(database, now=NOW + 2 * HOUR)
    assert again.expected(NOW, NOW + DAY) == pytest.approx(first.expected(NOW, NOW + DAY), rel=1e-4)
    assert len(rows(database)) == 1


def test_reading_only_says_the_same_and_keeps_nothing(database, target):
    count(database, *range(2, 29))
    with database.read() as connection:
        read = baseline(connection, MILLS, NOW)
    assert rows(database) == []
    assert read == usual(database)
    with database.read() as connection:
        assert baselines_of(connection, [MILLS], NOW)["mills"].level == pytest.approx(read.level, rel=1e-5)


def test_a_day_later_it_is_moved_on_and_not_made_anew(database, target):
    with database.write() as connection:
        connection.execute(sa.update(tables.clients).values(joined_at=NOW - 90 * DAY))
        connection.execute(sa.update(tables.hearings).values(since_at=NOW - 90 * DAY))
    count(database, *range(-5, 85))
    first = usual(database)
    later = usual(database, now=NOW + 5 * DAY)
    assert (later.since, later.at) == (first.since, day_start(NOW + 4 * DAY, turn_of("mills")))
    with database.write() as connection:
        connection.execute(sa.delete(alert_tables.baselines))
    anew = usual(database, now=NOW + 5 * DAY)
    assert anew.since == first.since + 5 * DAY
    assert anew.level == pytest.approx(later.level, rel=0.01)


def test_what_is_judged_is_not_part_of_what_is_usual(database, target):
    count(database, *range(2, 29))
    calm = usual(database)
    with database.write() as connection:
        connection.execute(sa.delete(alert_tables.baselines))
    count(database, 0, 1, voices=500, hour=-HOUR)
    assert usual(database) == calm


def changed_labels(database, target):
    with database.write() as connection:
        connection.execute(sa.update(tables.counts).values(voices=3))


def found_incident(database, target):
    with database.write() as connection:
        connection.execute(
            sa.insert(alert_tables.incidents).values(
                client_id="mills",
                rule="negative_spike",
                episode=1,
                state="closed",
                opened_at=NOW - 10 * DAY,
                resolved_at=NOW - 7 * DAY,
                last_match_id=1,
                evidence={"window_h": 1},
            )
        )


def found_gap(database, target):
    with database.write() as connection:
        gaps.add(connection, target, NOW - 10 * DAY, NOW - 7 * DAY, "down")


def gained_place(database, target):
    with database.write() as connection:
        place = add_target(connection, "https://other.example/", complete_from_at=NOW)
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=place, audience="list:key-accounts", since_at=NOW - 5 * DAY
            )
        )


@pytest.mark.parametrize("change", [changed_labels, found_incident, found_gap, gained_place])
def test_where_history_was_changed_it_is_made_anew_within_a_day(database, target, change):
    count(database, *range(2, 29))
    before = usual(database)
    change(database, target)
    after = usual(database, now=NOW + DAY)
    assert after.level != pytest.approx(before.level, rel=0.02)
    with database.write() as connection:
        connection.execute(sa.delete(alert_tables.baselines))
    assert usual(database, now=NOW + DAY) == after


def test_an_event_of_the_past_is_left_out_of_what_is_usual(database, target):
    dice = random.Random(3)
    for hour in range(24):
        count(database, *range(2, 29), hour=hour * HOUR, voices=1)
    launch = (NOW - 6 * DAY, NOW - 4 * DAY)
    with database.write() as connection:
        busy = tables.counts.c.bucket_at.between(launch[0], launch[1] - HOUR)
        connection.execute(sa.update(tables.counts).where(busy).values(voices=6 + dice.randrange(2)))
    plain = usual(database).level
    known = usual(database, now=NOW + DAY, factors={"mills": [(launch, 6.0)]}).level
    assert plain > 1.2
    assert known == pytest.approx(1, rel=0.1)


def test_praise_has_a_baseline_of_its_own(database, target):
    count(database, *range(2, 29), voices=0, praise=24)
    assert usual(database).level < 0.01
    assert usual(database, rule="good_news").level == pytest.approx(1, rel=0.1)
    assert {row.rule for row in rows(database)} == {"negative_spike", "good_news"}


def test_a_client_that_is_heard_since_this_morning_learns_by_the_hour(database):
    with database.write() as connection:
        add_client(connection, "mills")
    assert usual(database, now=NOW - 6 * HOUR).level == pytest.approx(0.25)
    with database.write() as connection:
        target = add_target(connection, complete_from_at=NOW)
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=target, audience="list:key-accounts", since_at=NOW - 5 * HOUR
            )
        )
    for hour in range(-5, 0):
        count(database, 0, voices=4, hour=hour * HOUR)
    young = usual(database)
    assert young.before(NOW).level == pytest.approx(20.5 / 7)
    assert young.before(NOW - 2 * HOUR).level == pytest.approx(12.5 / 5)
    assert young.before(NOW - 5 * HOUR).level == pytest.approx(0.25)
    later = usual(database, now=NOW + HOUR)
    assert later.before(NOW + HOUR).level == pytest.approx(20.5 / 8)


def test_many_are_read_at_once(database, target):
    many = [client(f"client-{n}") for n in range(1200)]
    with database.write() as connection:
        connection.execute(
            sa.insert(tables.clients),
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "watch_list": "key-accounts",
                    "joined_at": NOW - HEARD_FOR,
                    "asked_at": NOW,
                }
                for one in many
            ],
        )
        content = usual_for_json()
        connection.execute(
            sa.insert(alert_tables.baselines),
            [{"client_id": one.id, "rule": "negative_spike", "at": NOW, "content": content} for one in many],
        )
    queries = []
    with database.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *args: queries.append(args[2]))
        read = baselines_of(connection, many, NOW)
    assert len(read) == 1200
    assert len(queries) <= 4


def usual_for_json():
    from listener.domain.usual import Usual

    return {**Usual(at=NOW, since=NOW - HEARD_FOR, heard=(4.0,) * 168).to_json(), "told": 0}


@pytest.mark.parametrize(
    "older",
    [
        {"version": None},
        {"version": 1, "strayed": [0.0] * 5},
        {"missed": None},
        {"rhythm": None},
    ],
)
def test_a_state_of_an_older_version_is_made_anew(database, target, older):
    """As it was written before there was a version, and as one that cannot be read."""
    count(database, *range(2, 29))
    made = usual(database)
    content = {
        name: value for name, value in (rows(database)[0].content | older).items() if value is not None
    }
    with database.write() as connection:
        connection.execute(sa.update(alert_tables.baselines).values(content=content))
    again = usual(database)
    assert again.level == pytest.approx(made.level)
    assert rows(database)[0].content == {**Kept(usual=made, told=27).to_json()}
