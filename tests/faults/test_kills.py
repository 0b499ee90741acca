"""Row 1 of the fault table: kill -9 at every named commit boundary, one death after the other, on both databases."""

import re

import pytest
from running import until
from town import town
from world import ROOT

from listener.store import tables

RATE, LATER = 120.0, 1200.0  # five minutes are 2.5 s; later an hour of calm is 3 s
BEFORE = (
    "store.migrate",
    "store.commit:2",
    "store.committed:3",
    "page-storing",
    "page-stored:2",
    "polls-ended",
)
TELLING = ("incident-told", "outbox-sending", "outbox-answered", "outbox-recorded")
LAST = ("incident-resolved", "group-told")  # in this order: the second needs news that come after the first
HUSHED = ("silence-summed-up", "quiet-ended", "digest-composed", "digest-told")
# In tests/faults/test_*_kills.py, test_learning_lane.py and tests/acceptance/test_import.py
ELSEWHERE = ("asking-back", "rescoring", "incident-answered", "training", "importing", *HUSHED)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The URL of a database without tables, or of a file that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/listener.db"
    return shown(request.getfixturevalue("empty_postgres"))


def shown(url):
    return url.render_as_string(hide_password=False)


def dies(here, at):
    """One life that ends at this boundary, and leaves no child behind."""
    with here.start(die_at=at) as daemon:
        assert daemon.ended(within_s=60) == -9, daemon.log
        assert daemon.left_behind(within_s=5) == []


@pytest.mark.slow
def test_a_death_at_every_boundary_loses_nothing_and_repeats_nothing_unlabelled(tmp_path, empty_url):
    with town(tmp_path, url=empty_url, rate=RATE) as here:
        lives(here, before=BEFORE, telling=TELLING)
        here.clock = here.clock.going_on(rate=LATER)
        dies(here, LAST[0])
        here.tell("Acme has a new shop at the harbour")
        dies(here, LAST[1])
        ends(here)


def test_so_it_is_at_the_boundaries_where_most_could_be_lost(tmp_path, empty_postgres):
    """The real run dies over SQLite."""
    with town(tmp_path, url=shown(empty_postgres), rate=RATE) as here:
        lives(here, before=("store.migrate", "page-storing"), telling=("outbox-answered",))
        here.clock = here.clock.going_on(rate=LATER)
        here.tell("Acme has a new shop at the harbour")
        ends(here)


def lives(here, *, before, telling):
    """One life after the other, each dying at its boundary; the complaints come when everything has been heard."""
    for at in before:
        dies(here, at)
    with here.start(die_at="incident-opened") as daemon:
        until(here.is_heard, within_s=60)
        here.burst()
        assert daemon.ended(within_s=60) == -9, daemon.log
    for at in telling:
        dies(here, at)


def ends(here):
    """The last life, in peace; then the books must be right."""
    with here.start() as daemon:
        until(lambda: is_over(here, daemon), within_s=60)
        assert daemon.healthy(within_s=60)["troubles"] == []
        assert daemon.stop() == 0
    check(here)


def is_over(here, daemon):
    assert daemon.is_alive, daemon.log
    return (
        here.stored() == here.said
        and set(here.states(tables.outbox)) == {"sent"}
        and here.states(tables.incidents) == {"closed": 1}
        and any(one["kind"] == "mentions" for one in here.to_machines)
    )


def check(here):
    assert (here.doubled(), here.integrity(), here.claimed()) == ([], "ok", [])
    for kind in ("firing", "resolved"):
        in_slack, to_machines = here.alerts(kind)
        assert len({one["id"] for one in to_machines}) == 1
        assert told_once(["Possible repeat" in words for words in in_slack])
        assert told_once([one["repeat"] for one in to_machines])
    news = [one for one in here.to_machines if one["kind"] == "mentions"]
    assert len({one["id"] for one in news}) == 1
    assert told_once([one["repeat"] for one in news])


def told_once(labels):
    """Whether it was told, and whatever came after the first time says that it may be a repeat."""
    return bool(labels) and all(labels[1:])


def test_no_boundary_goes_without_its_death():
    named = {
        name
        for file in (ROOT / "listener").rglob("*.py")
        for name in re.findall(r'\bboundary\("([^"]+)"\)', file.read_text(encoding="utf-8"))
    }
    died_at = {at.partition(":")[0] for at in (*BEFORE, "incident-opened", *TELLING, *LAST, *ELSEWHERE)}
    assert died_at == named
