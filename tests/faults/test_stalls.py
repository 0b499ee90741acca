"""Row 12 of the fault table: poison, a slow text, a source that hangs, a bad file and a loop that stalls keep no alert from its people."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from places import silence
from running import until
from town import TALK, text, town
from world import ROOT

from listener.store import tables

pytestmark = pytest.mark.slow
WITHIN_S = 60.0
# Run by Python at its start, where its folder stands in PYTHONPATH: the library chokes on one word.
POISONED = """
import feedparser
_real = feedparser.parse
def _parse(document, **options):
    body = document.read()
    if b"poison" in body:
        raise AttributeError("no such thing")
    document.seek(0)
    return _real(document, **options)
feedparser.parse = _parse
"""


@pytest.fixture
def here(tmp_path, sqlite_url):
    with town(tmp_path, url=sqlite_url, feeds=2, rate=120.0) as here:
        yield here


def alerts(here):
    """The complaints of a burst, and that each receiver was told of them once."""
    here.burst()
    until(lambda: here.states(tables.outbox).get("sent", 0) >= 2, within_s=WITHIN_S)
    in_slack, to_machines = here.alerts("firing")
    assert (len(in_slack), len(to_machines)) == (1, 1)


def test_a_poison_item_and_a_text_that_is_slow_to_score_cost_one_item_and_no_alert(here, tmp_path):
    poisoned = tmp_path / "poisoned"
    poisoned.mkdir()
    (poisoned / "sitecustomize.py").write_text(POISONED)
    with here.start(PYTHONPATH=f"{poisoned}:{ROOT}") as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        here.tell("Mills is poison")
        here.said["Mills"] -= 1
        here.tell("Mills " + "\N{BROKEN HEART}\N{THUMBS DOWN SIGN} not never so bad! " * 4_000)
        alerts(here)
        until(lambda: here.stored() == here.said, within_s=WITHIN_S)
        body = daemon.healthy(within_s=WITHIN_S)
        assert (body["troubles"], body["set_aside"]) == ([], 1)
        assert daemon.stop() == 0
    with here.rows() as connection:
        (reason,) = connection.scalars(sa.select(tables.quarantine.c.reason))
    assert "AttributeError" in reason


def test_a_source_that_hangs_among_two_hundred_keeps_no_alert_waiting(here):
    paths = [TALK, "/silent.xml", *(f"/more/{number}.xml" for number in range(198))]
    here.place.does("/silent.xml", silence)
    for path in paths[2:]:
        here.place.says(path, body=b"<rss version='2.0'><channel><title>Nothing</title></channel></rss>")
    here.said.clear()
    here.config.write_text(text(here, paths), encoding="utf-8")
    with here.start() as daemon:
        until(
            lambda: here.place.count("/silent.xml") and all(map(here.place.count, paths)), within_s=WITHIN_S
        )
        before = here.place.count(TALK)
        until(lambda: here.place.count(TALK) > before, within_s=WITHIN_S)
        alerts(here)
        assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        assert daemon.stop(within_s=25) == 0


def test_a_file_that_breaks_stops_no_incident(here):
    with here.start() as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        good = here.config.read_text(encoding="utf-8")
        here.config.write_text(good + "\n: [", encoding="utf-8")
        daemon.said("reload-refused")
        alerts(here)
        assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        assert daemon.stop() == 0


def is_red(daemon):
    """Whether /healthz says that the loop is stalled."""
    status, body = daemon.health()
    return status == 503 and any("stalled" in one for one in body["troubles"])


def test_a_loop_that_stalls_turns_healthz_red_and_tells_what_waited_once_it_goes_on(here, tmp_path):
    with here.start() as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        with closing(sqlite3.connect(tmp_path / "listener.db", timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            here.burst()
            until(lambda: is_red(daemon), within_s=WITHIN_S)
            assert here.alerts("firing") == ([], [])
            other.execute("ROLLBACK")
        assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        until(lambda: here.states(tables.outbox).get("sent", 0) >= 2, within_s=WITHIN_S)
        assert daemon.stop() == 0
    in_slack, to_machines = here.alerts("firing")
    assert (len(in_slack), len(to_machines)) == (1, 1)
