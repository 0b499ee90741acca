"""The real run over recorded feeds: everything polled, nothing lost, nothing twice, one alert, whatever kills it."""

import pytest
import realrun
from realoutcome import Kill, Size, told

SMALL = Size(
    feeds=200,
    kills=(
        Kill(),
        Kill(who="all"),
        Kill(who="incident-opened", burst=True, loaded=True),
        Kill(),
        Kill(who="page-storing"),
    ),
    rate=60.0,
    every="5m",
    lives_s=(0.8, 4.0),
    polls=2,
    patience_s=90.0,
)

LOADING = (
    "alone",
    "page-storing:30",
    "all",
    "alone",
    "page-stored:60",
    "store.commit:40",
    "alone",
    "polls-ended:25",
)
LISTENING = ("page-stored", "store.committed:50", "all", "page-storing:2", "alone", "all", "polls-ended:9")
WHOLE = Size(
    feeds=None,
    kills=(
        *(Kill(who=who) for who in LOADING),
        Kill(who="page-storing", loaded=True),
        *(Kill(who=who) for who in LISTENING),
        Kill(who="incident-opened", burst=True),
        Kill(),
        Kill(),
        Kill(),
    ),
    rate=20.0,
    every="15m",
    lives_s=(0.8, 12.0),
    polls=3,
    patience_s=600.0,
)


@pytest.mark.shared
def test_two_hundred_feeds_and_five_kills_lose_nothing_and_tell_one_alert(tmp_path):
    check(realrun.run(tmp_path, SMALL), SMALL)


@pytest.mark.slow
@pytest.mark.shared
def test_all_the_feeds_and_twenty_kills_lose_nothing_and_tell_one_alert(tmp_path):
    check(realrun.run(tmp_path, WHOLE), WHOLE)


@pytest.mark.slow
@pytest.mark.shared
def test_it_is_so_on_postgresql_too(tmp_path, postgresql_url):
    check(realrun.run(tmp_path, SMALL, database=postgresql_url), SMALL)


def check(done, size):
    print(told(done))
    books = done.books
    assert (books.lost, books.unexpected, books.twice, books.stuck, books.integrity) == ([], [], [], [], "ok")
    assert books.stored > len(done.feeds.corpus) / 4

    assert min(done.polls.values()) >= 1
    assert min(done.polls[path] for path in done.feeds.corpus) >= size.polls
    assert done.kills.total() == len(size.kills)
    assert done.orphans == []

    assert {alert["id"] for alert in done.alerts} == {f"{realrun.TROUBLED}/negative_spike/1/firing"}
    assert all(alert["repeat"] for alert in done.alerts[1:])
    assert f"{done.complaints} people" in done.slack_alerts[0]
    # A kill between "sending" and the request leaves the first one labelled, too; what matters is that no later one is not.
    assert all("Possible repeat" in words for words in done.slack_alerts[1:])

    assert (done.mistaken, done.told_wrong) == ([], [])
    assert done.health["healthy"] is True
    assert done.health["sources"] == dict(done.states)
    assert done.exit_code == 0
