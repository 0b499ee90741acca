"""The thin line through everything: a feed, a burst of complaints, one alert in Slack."""

from datetime import UTC, datetime, timedelta

import pytest
from fakeslack import serving
from places import Place
from world import burst, listener, mentions, rss, write_config

from listener.store import audit
from listener.store.engine import open_database

BEFORE = [
    (f"old-{n}", f"Mills opens shop number {n}", "press", datetime.now(UTC) - timedelta(days=n + 1))
    for n in range(5)
]


@pytest.fixture
def world(tmp_path):
    with Place() as place, serving() as slack:
        place.says("/feed.xml", body=rss(BEFORE))
        config = write_config(
            tmp_path, feeds=[place.url + "/feed.xml"], clients=["Mills", "Acme"], hook=slack.hook_url
        )
        yield place, slack, config


def once(config, slack):
    return listener("run", "-c", str(config), "--once", "--all", hook=slack.hook_url).stdout


def test_a_burst_of_complaints_becomes_one_alert_in_slack(world):
    place, slack, config = world
    assert "5 new mentions" in once(config, slack)
    assert slack.taken == []

    place.says("/feed.xml", body=rss(BEFORE + burst("Mills")))
    assert "12 new mentions" in once(config, slack)
    assert "1 opened" not in once(config, slack)

    (alert,) = slack.taken
    assert "Mills" in alert.words
    assert "12 people" in alert.words
    stored = mentions(config)
    assert len(stored) == len({one["id"] for one in stored}) == 17
    assert {one["client"] for one in stored} == {"Mills"}
    assert "open" in listener("incidents", "-c", str(config)).stdout


def test_the_first_round_polls_every_new_source_without_being_told_to(tmp_path):
    with Place() as place:
        feeds = [f"{place.url}/{number}.xml" for number in range(40)]
        for number in range(40):
            place.says(f"/{number}.xml", body=rss(BEFORE[:1]))
        config = write_config(tmp_path, feeds=feeds, clients=["Mills"])
        assert "polled 40 sources" in listener("run", "-c", str(config), "--once").stdout
        assert "polled 0 sources" in listener("run", "-c", str(config), "--once").stdout


def test_who_changed_what_is_written_down(world):
    _, slack, config = world
    once(config, slack)
    database = open_database(f"sqlite:///{config.parent}/listener.db")
    with database.read() as connection:
        (entry,) = audit.newest(connection)
    database.close()
    assert (entry.who, entry.what, entry.detail["clients"]) == ("daemon", "applied configuration", 2)


def test_what_was_there_at_first_sight_alerts_nobody(world):
    place, slack, config = world
    place.says("/feed.xml", body=rss(BEFORE + burst("Mills")))
    once(config, slack)
    once(config, slack)
    assert slack.taken == []
