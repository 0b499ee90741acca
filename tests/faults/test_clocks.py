"""Row 11 of the fault table: the wall clock is set under a running daemon; it goes on polling, and no day has two digests."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from running import until
from skewed import Skewed
from town import TALK, text, town

from listener.store import tables

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
WITHIN_S = 40.0
DIGESTS = """\
timezone: America/Halifax
digest: {daily: "01:30", to: [machines]}
receivers:
"""
OF_QUIET = '    clients: [{name: Acme}]\n    digest: {daily: "02:30", to: [machines]}\n'

# When it is, in UTC, and the digests of all lists (01:30 in Halifax) and of the quiet one (02:30) that are told then.
START = (datetime(2027, 3, 13, 7, tzinfo=UTC), ["2027-03-13"], ["2027-03-13"])
AHEAD = (datetime(2037, 3, 13, 7, tzinfo=UTC), ["2037-03-13"], ["2037-03-13"])
BACK = (START[0] - HOUR, [], [])
SET = [
    (START[0] + HOUR, [], []),
    BACK,
    AHEAD,
    (datetime(1970, 1, 2, 7, tzinfo=UTC), ["1970-01-02"], ["1970-01-02"]),
    (START[0] + 2 * HOUR, [], []),
]
CALENDAR = [
    (
        datetime(2027, 3, 14, 5, 40, tzinfo=UTC),
        ["2027-03-14"],
        [],
    ),  # 01:40, and then the clock leaps from 2 to 3
    (
        datetime(2027, 3, 14, 6, 10, tzinfo=UTC),
        [],
        ["2027-03-14"],
    ),  # 03:10: the first moment after the 02:30 that is not
    (datetime(2027, 3, 14, 7, 30, tzinfo=UTC), [], []),
    # 01:40 for the first time; the quiet list's of the evening before, when nobody was there, is told until its next one.
    (datetime(2027, 11, 7, 4, 40, tzinfo=UTC), ["2027-11-07"], ["2027-11-06"]),
    (datetime(2027, 11, 7, 5, 40, tzinfo=UTC), [], []),  # 01:40 for the second time
    (datetime(2027, 11, 7, 6, 40, tzinfo=UTC), [], ["2027-11-07"]),
    (datetime(2028, 2, 29, 7, tzinfo=UTC), ["2028-02-29"], ["2028-02-29"]),
    (datetime(2028, 3, 1, 7, tzinfo=UTC), ["2028-03-01"], ["2028-03-01"]),
]


@pytest.fixture
def here(tmp_path, sqlite_url):
    with town(tmp_path, url=sqlite_url, feeds=1) as here, closing(Skewed(tmp_path)) as clock:
        here.skewed = clock
        asked = text(here, [TALK, "/feed/0.xml"]).replace("receivers:\n", DIGESTS)
        here.config.write_text(asked.replace("    clients: [{name: Acme}]\n", OF_QUIET), encoding="utf-8")
        yield here


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param([BACK, AHEAD], id="back and ahead"),
        pytest.param(SET, id="set", marks=pytest.mark.slow),
        pytest.param(CALENDAR, id="calendar", marks=pytest.mark.slow),
    ],
)
def test_polling_goes_on_and_each_local_day_has_one_digest_however_the_clock_is_set(here, moments):
    here.skewed.show(START[0])
    with here.start(**here.skewed.environment) as daemon:
        wanted = []
        for at, all_lists, quiet in [START, *moments]:
            here.skewed.show(at)
            here.tell(f"Mills has a word at {at:%Y-%m-%d %H:%M}")
            until(lambda: here.stored() == here.said and all_judged(here), within_s=WITHIN_S)
            wanted += [f"digest/machines/daily/{day}" for day in all_lists]
            wanted += [f"digest/machines/quiet/daily/{day}" for day in quiet]
            until(lambda wanted=wanted: len(digests(here)) >= len(wanted), within_s=WITHIN_S)
            assert sorted(digests(here)) == sorted(wanted), f"{at}\n{daemon.log}"
            assert daemon.healthy(within_s=WITHIN_S)["troubles"] == []
        assert daemon.stop() == 0
    assert (here.doubled(), here.claimed(), here.integrity()) == ([], [], "ok")
    assert set(here.states(tables.outbox)) == {"sent"}


def digests(here):
    return [one["id"] for one in here.to_machines if one["kind"] == "digest"]


def all_judged(here):
    with here.rows() as connection:
        newest = connection.scalar(sa.select(sa.func.max(tables.matches.c.id)))
        judged = sa.select(tables.marks.c.number).where(tables.marks.c.name == "evaluated")
        return connection.scalar(judged) == newest


@pytest.mark.slow
def test_an_incident_is_told_once_and_to_its_end_though_the_clock_is_set_to_and_fro(here):
    here.skewed.show(START[0])
    here.clock = here.skewed
    with here.start(**here.skewed.environment) as daemon:
        until(lambda: here.stored() == here.said and here.is_heard(), within_s=WITHIN_S)
        here.skewed.show(START[0] + HOUR)
        here.burst()
        until(lambda: told(here) == {"firing": 1}, within_s=WITHIN_S)
        for at in (START[0], START[0] + 10 * YEAR, datetime(1970, 1, 2, 7, tzinfo=UTC), START[0] + HOUR):
            here.skewed.show(at)
            here.tell(f"Acme has a word at {at:%Y-%m-%d}")
            until(lambda: here.stored() == here.said and all_judged(here), within_s=WITHIN_S)
        for hours in (26, 28, 30):
            here.skewed.show(START[0] + hours * HOUR)
            here.tell(f"Acme has a word {hours} hours later")
            until(lambda: here.stored() == here.said and all_judged(here), within_s=WITHIN_S)
        until(lambda: set(here.states(tables.outbox)) == {"sent"}, within_s=WITHIN_S)
        assert daemon.stop() == 0
    said = told(here)
    assert (said["firing"], said["resolved"]) == (1, 1)
    assert here.states(tables.incidents) == {"closed": 1}


def told(here):
    """How many messages machines got of the incident, by kind."""
    return Counter(one["kind"] for one in here.to_machines if one["incident"] is not None)
