"""Row 10 of the fault table: feeds that rename all their ids, bring ten thousand items at once, or dates that cannot be."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from running import until
from town import TALK, town
from world import COMPLAINTS

from listener.store import tables

WITHIN_S = 120.0


@pytest.fixture
def here(tmp_path, sqlite_url):
    with town(tmp_path, url=sqlite_url, feeds=1, rate=120.0) as here:
        yield here


def shown(items):
    """RSS of (id, words, author, date as it stands there); the link stays the same, whatever the id is."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{words}</title><link>https://news.example/{who}</link>"
        f"<author>{who}@people.example ({who})</author>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
        for guid, words, who, date in items
    )
    return f"<rss version='2.0'><channel><title>Talk</title>{entries}</channel></rss>".encode()


def crowd(here, number, *, ids="first"):
    date = format_datetime(here.clock.now() - timedelta(minutes=2))
    return [
        (f"{ids}-{n}", COMPLAINTS[n % len(COMPLAINTS)].format(name="Mills"), f"stranger{n}", date)
        for n in range(number)
    ]


def says(here, items):
    here.place.says(TALK, body=shown(items))


def polled_again(here):
    """Waits for two more polls of the talk that have been judged."""
    before = here.place.count(TALK)
    until(lambda: here.place.count(TALK) >= before + 3, within_s=WITHIN_S)


def incidents(here):
    return [one["kind"] for one in here.to_machines if one["incident"] is not None]


def renamed(items):
    return [(f"renamed-{guid}", words, who, date) for guid, words, who, date in items]


def test_a_feed_that_renames_all_its_ids_alerts_nobody_again_and_stores_nothing_twice(here):
    with here.start() as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        said = crowd(here, 12)
        says(here, said)
        here.said["Mills"] += 12
        until(lambda: incidents(here) == ["firing"], within_s=WITHIN_S)
        says(here, renamed(said))
        polled_again(here)
        assert here.stored() == here.said
        assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        assert daemon.stop() == 0
    assert set(incidents(here)) <= {"firing", "still", "resolved"}
    assert incidents(here).count("firing") == 1
    assert sum(here.states(tables.incidents).values()) == 1


@pytest.mark.slow
def test_ten_thousand_complaints_at_first_sight_alert_nobody_and_neither_do_they_under_new_ids(here):
    said = crowd(here, 10_000)
    says(here, said)
    here.said["Mills"] += 10_000
    with here.start() as daemon:
        until(lambda: here.stored() == here.said and here.is_heard(), within_s=WITHIN_S)
        says(here, renamed(said))
        polled_again(here)
        assert (here.stored(), incidents(here)) == (here.said, [])
        assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        assert daemon.stop() == 0
    assert (here.doubled(), here.claimed(), here.integrity()) == ([], [], "ok")


@pytest.mark.slow
def test_ten_thousand_complaints_at_once_are_all_stored_and_one_alert(here):
    with here.start() as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        says(here, crowd(here, 10_000))
        here.said["Mills"] += 10_000
        until(lambda: here.stored() == here.said and "firing" in incidents(here), within_s=WITHIN_S)
        assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        assert daemon.stop() == 0
    assert incidents(here).count("firing") == 1
    assert (here.doubled(), here.claimed(), here.integrity()) == ([], [], "ok")


@pytest.mark.slow
def test_items_of_2015_of_1970_of_2090_and_of_no_day_are_kept_and_what_is_old_alerts_nobody(here):
    with here.start() as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        past = dated(crowd(here, 12, ids="past"), "Thu, 01 Jan 2015 00:00:00 GMT")
        says(here, past)
        here.said["Mills"] += 12
        until(lambda: here.stored() == here.said, within_s=WITHIN_S)
        polled_again(here)
        assert incidents(here) == []
        dates = (
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sun, 01 Jan 2090 00:00:00 GMT",
            "",
        )  # no days that can be: they count now
        says(here, dated([(f"{guid}-now", words, f"{who}-now", "") for guid, words, who, _ in past], *dates))
        here.said["Mills"] += 12
        until(lambda: here.stored() == here.said and "firing" in incidents(here), within_s=WITHIN_S)
        assert daemon.stop() == 0
    assert incidents(here).count("firing") == 1


def dated(items, *dates):
    return [(guid, words, who, dates[n % len(dates)]) for n, (guid, words, who, _) in enumerate(items)]
