"""Digests: told once, whatever dies when, and what stands in them, on SQLite and on PostgreSQL."""

import threading
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta

import digesting
import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming

from listener.alerting.digest import now_told, tell_due
from listener.alerting.tell import tell
from listener.domain.digest import Digest
from listener.domain.message import Message
from listener.domain.rules import GatherRule, Rules, Watched
from listener.domain.silence import Matchers
from listener.store import digests, gaps, mentions, silences, tables
from listener.store.alert_tables import incidents
from listener.store.engine import open_database
from listener.telemetry import REDACTION

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT = time(8)


def daily(at=EIGHT, zone=UTC, **more):
    return Digest(receivers=("accounts",), timezone=zone, daily=at, **more)


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


MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)


def test_one_of_23_59_that_is_late_is_still_that_days(database, target, watched):
    asked = [daily(time(23, 59))]
    assert tell_due(database, asked, watched, now=NOW) == 0
    assert tell_due(database, asked, watched, now=MIDNIGHT - timedelta(seconds=61)) == 0
    assert tell_due(database, asked, watched, now=MIDNIGHT + timedelta(minutes=7)) == 1
    assert tell_due(database, asked, watched, now=MIDNIGHT + 12 * HOUR) == 0
    assert tell_due(database, asked, watched, now=MIDNIGHT + DAY + timedelta(minutes=1)) == 1
    first, second = (message for _, message in told(database))
    assert first["id"] == "digest/accounts/daily/2026-03-02"
    assert first["headline"].startswith("Monday, 2 March: ")
    assert first["lines"] == ["From Mon 02 Mar 00:07 UTC to Tue 03 Mar 00:07 UTC."]
    assert second["id"] == "digest/accounts/daily/2026-03-03"
    assert second["lines"] == ["From Tue 03 Mar 00:07 UTC to Wed 04 Mar 00:01 UTC."]


def test_after_days_of_being_down_one_is_told_and_says_what_it_covers(database, target, watched):
    assert tell_due(database, [daily()], watched, now=NOW) == 1
    say(database, target, "negative", now=NOW + HOUR)
    back_at = NOW + 3 * DAY - 6 * HOUR  # six in the morning, before that day's
    assert tell_due(database, [daily()], watched, now=back_at) == 1
    assert tell_due(database, [daily()], watched, now=back_at + HOUR) == 0
    _, message = told(database)[-1]
    assert (
        message["headline"]
        == "Wednesday, 4 March: 1 mention of 1 of 2 clients, 0 alerts, 1 source deaf for a while"
    )
    assert message["lines"] == [
        "From Mon 02 Mar 12:00 UTC to Thu 05 Mar 06:00 UTC.",
        "No digest was told for Tue 3 Mar: this one tells of that time too.",
    ]
    assert message["facts"]["untold"] == ["2026-03-03"]
    assert tell_due(database, [daily()], watched, now=back_at + 2 * HOUR) == 1
    assert len(told(database)[-1][1]["lines"]) == 1


def test_after_a_season_it_says_that_it_does_not_go_back_so_far(database, target, watched):
    tell_due(database, [daily()], watched, now=NOW)
    tell_due(database, [daily()], watched, now=NOW + 30 * DAY)
    line = told(database)[-1][1]["lines"][1]
    assert line.startswith("No digest was told for Tue 3 Mar, Wed 4 Mar,")
    assert line.endswith(" and 22 more: this one does not go back so far.")


def test_a_new_one_does_not_begin_with_yesterdays_and_one_that_comes_back_is_new(database, target, watched):
    late, early = [daily(time(23, 59))], [daily()]
    assert tell_due(database, late, watched, now=MIDNIGHT + HOUR) == 0
    assert tell_due(database, [], watched, now=MIDNIGHT + 2 * HOUR) == 0
    assert tell_due(database, late, watched, now=MIDNIGHT + DAY + HOUR) == 0
    assert tell_due(database, early, watched, now=MIDNIGHT + DAY + 9 * HOUR) == 1


def test_a_clock_that_was_ahead_when_it_was_asked_for_holds_none_back(database, target, watched):
    late = [daily(time(23, 59))]
    tell_due(database, late, watched, now=NOW + 400 * DAY)
    assert tell_due(database, late, watched, now=NOW) == 0
    assert tell_due(database, late, watched, now=MIDNIGHT + HOUR) == 1


def test_kills_before_and_after_it_is_written_leave_one(sqlite_url, watched):
    """Rounds of 23:59 and of after midnight, each in a process that is killed, and then those of who comes after them."""
    with closing(open_database(sqlite_url)) as database:
        tell_due(database, [daily(time(23, 59))], watched, now=NOW)
        before, after = MIDNIGHT - timedelta(seconds=30), MIDNIGHT + timedelta(minutes=2)
        assert digesting.round_of(sqlite_url, before, die_at="digest-composed") == -9
        assert told(database) == []
        assert digesting.round_of(sqlite_url, after, die_at="digest-told") == -9
        assert [message["id"] for _, message in told(database)] == ["digest/accounts/daily/2026-03-02"]
        assert tell_due(database, [daily(time(23, 59))], watched, now=MIDNIGHT + HOUR) == 0
        assert tell_due(database, [daily(time(23, 59))], watched, now=MIDNIGHT + DAY) == 1


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
    assert message.headline == "Monday, 2 March: 6 mentions of both clients, 0 alerts"
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
        "rss feeds.example: 6 h, 2 times, last since 10:00 UTC, still deaf: it answers 500."
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
