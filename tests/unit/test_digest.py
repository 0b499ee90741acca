"""Digests: once a local day in every zone, whatever the clock does; and what stands in them, on SQLite and on PostgreSQL."""

import random
import threading
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming
from clocks import ZONES, times

from listener.alerting.digest import now_told, tell_due
from listener.alerting.tell import tell
from listener.domain.digest import Digest, Due, Weekly, due, since
from listener.domain.localtime import first_at, is_a_day
from listener.domain.message import Message
from listener.domain.rules import GatherRule, Rules, Watched
from listener.domain.silence import Matchers
from listener.store import digests, gaps, mentions, silences, tables
from listener.store.alert_tables import incidents
from listener.telemetry import REDACTION

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
EIGHT = time(8)


def daily(at=EIGHT, zone=UTC, **more):
    return Digest(receivers=("accounts",), timezone=zone, daily=at, **more)


def days_told(asked, moments):
    """Which days are told at these moments by somebody who keeps what was told, as the database does."""
    told = {}
    for now in moments:
        for one in due(asked, now=now):
            told.setdefault(one, now)
    return told


@pytest.mark.parametrize("part", range(4))
def test_every_local_day_has_one_digest_at_its_time_in_every_zone(part):
    """Looked at every half hour for three days, mostly around a change of the clock."""
    for name in ZONES[part::4]:
        zone, step = ZoneInfo(name), timedelta(minutes=30)
        ((moment, dice),) = times(name, 1)
        start = moment - DAY
        at = time(dice.choice([0, 2, 8, 23]), dice.choice([0, 15, 30]))
        told = days_told(daily(at, zone), [start + n * step for n in range(3 * 48)])
        for (day, now), nth in zip(
            ((one.day, now) for one, now in told.items()), range(len(told)), strict=True
        ):
            assert is_a_day(day, zone), (name, day)
            assert nth == 0 or timedelta() <= now - first_at(day, at, zone) < step, (name, day, now)
        whole = [start.astimezone(zone).date() + n * DAY for n in (1, 2)]
        assert {day for day in whole if is_a_day(day, zone)} <= {one.day for one in told}, (name, whole)


@pytest.mark.parametrize("part", range(2))
def test_no_day_has_two_however_the_clock_jumps(part):
    """A daemon that looks now and then, is restarted, and whose clock is set about, keeps to one a local day."""
    for name in ZONES[part::8]:
        dice, zone = random.Random(f"{name}!"), ZoneInfo(name)
        now = datetime.fromtimestamp(dice.randrange(0, 2_000_000_000), UTC)
        told = Counter()
        kept = set()
        for _ in range(150):
            now += timedelta(minutes=dice.choice([1, 30, 60, 240, -60, -90, 1440, -1440]))
            for one in due(daily(zone=zone), now=now):
                assert first_at(one.day, EIGHT, zone) <= now, name
                told[one.day] += one not in kept
                kept.add(one)
        assert told
        assert set(told.values()) == {1}


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-02T07:59", None),
        ("2026-03-02T08:00", date(2026, 3, 2)),
        ("2026-03-02T23:59", date(2026, 3, 2)),  # it was down at eight: later the same day
        ("2026-03-03T00:00", None),  # and not for a day that is over
    ],
)
def test_it_is_late_on_its_own_day_and_not_told_on_the_next(now, day):
    told = due(daily(), now=datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert [one.day for one in told] == ([day] if day else [])


def test_where_the_clock_leaps_over_its_time_it_comes_the_moment_after():
    leap = datetime(2026, 3, 29, 1, tzinfo=UTC)  # two in the morning in Berlin becomes three
    asked = daily(time(2, 30), BERLIN)
    assert due(asked, now=leap - timedelta(seconds=1)) == ()
    assert due(asked, now=leap) == (Due(period="daily", day=date(2026, 3, 29)),)


def test_samoa_missed_a_day_and_its_digest():
    asked = daily(EIGHT, ZoneInfo("Pacific/Apia"))
    start = datetime(2011, 12, 29, 19, tzinfo=UTC)
    told = days_told(asked, [start + n * HOUR for n in range(60)])
    assert [one.day.day for one in told] == [29, 31, 1]


def test_a_weekly_one_comes_on_its_day():
    asked = Digest(receivers=("accounts",), timezone=UTC, weekly=Weekly(weekday=4, at=time(15)))
    told = days_told(asked, [NOW + n * HOUR for n in range(14 * 24)])
    assert [(one.period, one.day) for one in told] == [
        ("weekly", date(2026, 3, 6)),
        ("weekly", date(2026, 3, 13)),
    ]


def test_it_tells_from_the_last_one_on_but_not_of_a_season():
    assert since("daily", last_at=None, now=NOW) == NOW - DAY
    assert since("daily", last_at=NOW - 3 * DAY, now=NOW) == NOW - 3 * DAY
    assert since("daily", last_at=NOW - 90 * DAY, now=NOW) == NOW - DAY
    assert since("weekly", last_at=NOW + DAY, now=NOW) == NOW - 7 * DAY  # the clock was ahead then


@pytest.fixture
def watched():
    return {
        name: Watched(client=client(name), rules=Rules(), receivers=("accounts",))
        for name in ("mills", "acme")
    }


@pytest.fixture
def target(database):
    """A place that both clients are heard at, for long."""
    with database.write() as connection:
        add_client(connection, "mills")
        add_client(connection, "acme")
        target = add_target(connection, complete_from_at=NOW, last_success_at=NOW, state="ok")
        connection.execute(
            sa.insert(tables.hearings).values(
                target_id=target, audience="list:key-accounts", since_at=NOW - 20 * DAY
            )
        )
        return target


def say(database, target, label, number=1, *, now=NOW - HOUR, backfill=False, **more):
    items = [incoming(found(), by=f"{label}:{n}", label=label, **more) for n in range(number)]
    with database.write() as connection:
        hidden = frozenset({"mills"}) if backfill else frozenset()
        mentions.add(connection, items, target_id=target, kind="rss", backfill=hidden, now=now)


def told(database):
    with database.read() as connection:
        rows = connection.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id)).all()
    return [(row.receiver, row.message) for row in rows]


def shown(database, watched, *, period="daily", watch_lists=(), now=NOW):
    with database.read() as connection:
        return now_told(connection, watched, period, watch_lists=watch_lists, zone=UTC, now=now)


def part(message, title):
    return next(list(one.lines) for one in message.sections if one.title == title)


def test_it_is_laid_into_the_outbox_once_a_day_whatever_is_asked_again(database, target, watched):
    assert tell_due(database, [daily()], watched, now=NOW) == 1
    for later in (timedelta(), HOUR, -HOUR, 11 * HOUR):
        assert tell_due(database, [daily(time(9)), daily()], watched, now=NOW + later) == 0
    assert tell_due(database, [daily()], watched, now=NOW + DAY) == 1
    assert [(receiver, message["kind"], message["id"]) for receiver, message in told(database)] == [
        ("accounts", "digest", "digest/accounts/daily/2026-03-02"),
        ("accounts", "digest", "digest/accounts/daily/2026-03-03"),
    ]


def test_many_at_once_lay_one(database, target, watched):
    start = threading.Barrier(4)

    def look():
        start.wait()
        tell_due(database, [daily()], watched, now=NOW)

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for one in lookers:
        one.start()
    for one in lookers:
        one.join()
    assert len(told(database)) == 1


def test_each_receiver_and_each_list_has_its_own(database, target, watched):
    asked = [
        Digest(receivers=("accounts", "ops"), timezone=UTC, daily=EIGHT),
        Digest(receivers=("accounts",), timezone=UTC, daily=EIGHT, watch_lists=("key-accounts",)),
    ]
    assert tell_due(database, asked, watched, now=NOW) == 3


def test_a_day_that_nobody_was_there_for_is_in_the_next_one(database, target, watched):
    tell_due(database, [daily()], watched, now=NOW)
    say(database, target, "negative", now=NOW + HOUR)
    tell_due(database, [daily()], watched, now=NOW + 3 * DAY)
    assert told(database)[1][1]["facts"]["heard"][0]["mentions"] == 1


def test_it_counts_what_came_in_by_label_and_leaves_out_what_is_none_of_it(database, target, watched):
    say(database, target, "negative", 3)
    say(database, target, "unknown", 2)
    say(database, target, "neutral", clients=("acme",))
    say(database, target, "negative", 5, own=True)
    say(database, target, "negative", 5, backfill=True)
    say(database, target, "negative", 5, now=NOW - 30 * HOUR)
    message = shown(database, watched)
    assert message.headline == "Monday, 2 March: 6 mentions of 2 of 2 clients, 0 alerts"
    assert part(message, "Heard") == [
        "Mills: 5 mentions by 5 people, 3 negative, 0 neutral, 0 positive; 2 unknown",
        "Acme: 1 mention by 1 person, 0 negative, 1 neutral, 0 positive",
    ]
    assert part(message, "Deaf") == ["Every source could be heard all the time."]


def test_an_article_that_is_heard_of_late_is_in_it_too(database, target, watched):
    item = incoming(found(published_at=NOW - 40 * DAY))
    with database.write() as connection:
        mentions.add(connection, [item], target_id=target, kind="rss", backfill=frozenset(), now=NOW - HOUR)
    assert "1 mention of 1 of 2 clients" in shown(database, watched).headline


def test_it_tells_of_incidents_and_who_took_them(database, target, watched):
    with database.write() as connection:
        row = {"client_id": "mills", "rule": "negative_spike", "last_match_id": 0, "evidence": {"people": 5}}
        connection.execute(
            sa.insert(incidents),
            [
                {
                    **row,
                    "episode": 1,
                    "state": "closed",
                    "opened_at": NOW - 5 * HOUR,
                    "resolved_at": NOW - 2 * HOUR,
                    "taken_by": None,
                },
                {
                    **row,
                    "episode": 2,
                    "state": "taken",
                    "opened_at": NOW - HOUR,
                    "resolved_at": None,
                    "taken_by": "Dana",
                },
            ],
        )
    assert part(shown(database, watched), "Alarmed") == [
        "Mills, incident 2: 5 people, minor, since 11:00 UTC; still open, Dana took it",
        "Mills, incident 1: 5 people, minor, since 07:00 UTC; over by itself after 3 h, nobody took it",
    ]


def test_it_tells_what_a_silence_hid(database, target, watched):
    with database.write() as connection:
        silences.add(
            connection,
            Matchers(),
            starts_at=NOW - HOUR,
            ends_at=NOW + HOUR,
            author="Dana",
            comment="deploy",
            now=NOW,
        )
        for number in (1, 2):
            message = Message(
                id=f"mills/each_mention/{number}/mentions", kind="mentions", headline="1 mention"
            )
            tell(connection, message, ["accounts", "ops"], now=NOW - HOUR, watched=watched["mills"])
    assert part(shown(database, watched), "Hidden") == ["Dana's silence (deploy): Mills 2 alerts"]


def test_deaf_is_told_with_how_long_and_whether_it_still_is(database, target, watched):
    with database.write() as connection:
        gaps.add(connection, target, NOW - 30 * HOUR, NOW - 20 * HOUR, "it was down.")
        gaps.open_gap(connection, target, NOW - 2 * HOUR, "it answers 500.")
    message = shown(database, watched)
    assert message.headline.endswith("1 source deaf for a while")
    assert part(message, "Deaf") == [
        "rss feeds.example: 6 h, 2 times, last since 10:00 UTC, is so still: it answers 500."
    ]


def test_what_was_never_read_is_not_called_heard(database, watched):
    assert part(shown(database, watched), "Deaf")[0].startswith("No source was asked yet")
    with database.write() as connection:
        target = add_target(connection)
        connection.execute(sa.insert(tables.hearings).values(target_id=target, audience="client:mills"))
    (line,) = part(shown(database, watched), "Deaf")
    assert line.startswith("rss feeds.example: 24 h")


def test_a_program_that_did_not_run_is_deaf_before_anybody_notices(database, target, watched):
    (line,) = part(shown(database, watched, now=NOW + 10 * HOUR), "Deaf")
    assert "nobody listened: the program was not running" in line


def test_praise_that_nobody_was_told_is_good_news(database, target, watched):
    say(database, target, "positive", 3)
    message = shown(database, watched)
    assert part(message, "Good news") == ["Mills: praised by 3 people"]
    assert len(message.sections[-1].quotes) == 3
    each = Watched(client=client("mills"), rules=Rules(each_mention=GatherRule()))
    assert part(shown(database, {"mills": each}), "Good news") == ["None that was not told."]


def test_it_is_about_its_watch_lists_alone(database, target, watched):
    say(database, target, "negative", 2)
    assert shown(database, watched, watch_lists=("key-accounts",)).watch_list == "key-accounts"
    other = shown(database, watched, watch_lists=("others",))
    assert other.facts["heard"] == []


def test_no_secret_of_a_sources_address_is_in_it(database, target, watched):
    secret = "token-7391-of-a-feed"
    REDACTION.learn([secret])
    with database.write() as connection:
        gaps.open_gap(connection, target, NOW - HOUR, f"https://x.example/{secret} answers 500.")
    assert secret not in str(shown(database, watched).to_json())


def test_it_survives_json(database, target, watched):
    say(database, target, "positive")
    message = shown(database, watched)
    assert Message.from_json(message.to_json()).sections == message.sections


def test_a_digest_that_was_not_committed_is_told_by_the_next_round(database, target, watched):
    class Stop(BaseException):
        pass

    with pytest.raises(Stop), database.write() as connection:
        raise Stop(digests.take(connection, "accounts: *", "daily", date(2026, 3, 2), now=NOW))
    assert tell_due(database, [daily()], watched, now=NOW) == 1
