"""Rows 1 and 2 of the fault table for incidents and all that is told: kill -9 again and again while people go on with their day."""

from collections import Counter

import pytest
import turmoilacts as acts
import turmoilbooks as books
from running import until
from turmoil import HOUR, turmoil

AT = (
    "store.migrate",
    *acts.OPENING,
    "incident-resolved",
    "group-told",
    "silence-summed-up",
    "quiet-ended",
    "digest-told",
)
KILLS, SEED = 200, 20261130


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The URL of a database without tables, or of a file that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/listener.db"
    return request.getfixturevalue("empty_postgres").render_as_string(hide_password=False)


@pytest.mark.slow
def test_two_hundred_kills_lose_no_alert_and_repeat_none_without_its_label(tmp_path, empty_url):
    with turmoil(tmp_path, url=empty_url, seed=SEED) as here:
        acts.goes_on(here, kills=KILLS)
        ends(here)
        assert {name.partition(":")[0] for name in AT} <= set(here.deaths)
        assert here.kills >= KILLS


def test_some_kills_of_one_morning_lose_no_alert_either(tmp_path):
    with turmoil(tmp_path, url=f"sqlite:///{tmp_path}/listener.db", seed=SEED) as here:
        acts.one_morning(here)
        ends(here)


def ends(here):
    """The last life, in peace; then both ends must agree."""
    here.pass_(3 * HOUR)
    here.slack.script.clear()
    here.mail.script.clear()
    with here.start() as daemon:
        try:
            until(lambda: here.is_true(lambda: books.settled(here), daemon), within_s=90)
        except AssertionError:
            pytest.fail(
                f"stuck: {books.stuck(here)}, {here.stored() - here.said}, {here.said - here.stored()}"
            )
        health = daemon.healthy(within_s=30)
        assert daemon.stop() == 0
        assert daemon.left_behind(within_s=5) == []
    print(told(here))
    check(here, health)


def check(here, health):
    assert here.orphans == []
    assert (here.stored(), books.doubled(here), books.integrity(here)) == (here.said, [], "ok")
    assert books.opened(here) == Counter(books.troubled(here))
    assert books.untold(here) == []
    assert books.repeated(here) == []
    assert books.unlike(here) == []
    assert books.astray(here) == []
    assert books.stuck(here) == {}
    assert not here.slack.banned
    assert (health["healthy"], health["troubles"], health["open_incidents"]) == (True, [], 0)
    assert set(health["notifications"]) == {"sent"}


def told(here):
    """The figures, for people."""
    received, repeats = books.labelled(here)
    summed = (
        f"deaths {here.kills}, incidents {len(books.troubled(here))}, digests of {len(here.days)} days, "
        f"messages received {received}, of them labelled {repeats}, too early {here.slack.rushed}, "
        f"lives in peace to get on {here.rested}"
    )
    lines = [f"{name:<28}{number:>5}" for name, number in sorted((here.deaths + here.commands).items())]
    return "\n".join(["", summed, *lines])
