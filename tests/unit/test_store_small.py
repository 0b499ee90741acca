"""The small aggregates: gaps, hosts, incidents, what lies aside, the audit and the marks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from builders import NOW, add_client, add_target

from listener.connector import Refused
from listener.store import audit, gaps, hosts, incidents, marks, quarantine, tables
from listener.store.engine import open_database
from listener.store.gaps import Gap
from listener.store.hosts import Robots

HOUR = timedelta(hours=1)
RULE = "negative_spike"


@pytest.fixture
def known(database):
    """One client that hears through one target; gives the target's id."""
    with database.write() as connection:
        add_client(connection)
        return add_target(connection)


def open_one(database, *, last_match_id=5):
    with database.write() as connection:
        return incidents.open_incident(
            connection,
            client_id="mills",
            rule=RULE,
            now=NOW,
            evidence={"people": 5},
            last_match_id=last_match_id,
        )


def test_a_target_is_deaf_once_at_a_time(database, known):
    with database.write() as connection:
        assert gaps.open_gap(connection, known, NOW, "no answer")
        assert not gaps.open_gap(connection, known, NOW + HOUR, "still no answer")
        assert gaps.close_gap(connection, known, NOW + 2 * HOUR)
        assert not gaps.close_gap(connection, known, NOW + 3 * HOUR)
        assert gaps.open_gap(connection, known, NOW + 4 * HOUR, "gone")
        assert gaps.of_target(connection, known) == [
            Gap(target_id=known, from_at=NOW, to_at=NOW + 2 * HOUR, reason="no answer"),
            Gap(target_id=known, from_at=NOW + 4 * HOUR, to_at=None, reason="gone"),
        ]


def test_a_gap_never_ends_before_it_began(database, known):
    with database.write() as connection:
        gaps.open_gap(connection, known, NOW, "the clock was set back")
        gaps.close_gap(connection, known, NOW - HOUR)
        assert gaps.of_target(connection, known)[0].to_at == NOW


def test_a_host_is_left_alone_until_the_latest_time_it_named(database):
    with database.write() as connection:
        for until in (NOW + HOUR, NOW + 2 * HOUR, NOW + HOUR):
            hosts.hold(connection, "https://a.example", until)
        hosts.hold(connection, "https://over.example", NOW)
        assert hosts.holds(connection, now=NOW) == {"https://a.example": NOW + 2 * HOUR}


def test_a_robots_txt_is_remembered_beside_what_its_host_asked(database):
    with database.write() as connection:
        assert hosts.robots(connection, "https://a.example") is None
        hosts.hold(connection, "https://a.example", NOW + HOUR)
        assert hosts.robots(connection, "https://a.example") is None
        for body in (b"", b"User-agent: *\n\xff"):
            hosts.put_robots(connection, "https://a.example", Robots(status=200, body=body, at=NOW))
        assert hosts.robots(connection, "https://a.example") == Robots(
            status=200, body=b"User-agent: *\n\xff", at=NOW
        )
        assert hosts.holds(connection, now=NOW) == {"https://a.example": NOW + HOUR}


def test_one_incident_of_a_rule_goes_on_at_a_time_and_the_next_is_a_new_episode(database, known):
    first = open_one(database)
    assert (first.episode, first.state, first.evidence) == (1, "open", {"people": 5})
    assert open_one(database) is None
    with database.write() as connection:
        assert incidents.resolve(connection, first.id, now=NOW + HOUR, last_match_id=9)
        assert not incidents.resolve(connection, first.id, now=NOW + HOUR, last_match_id=9)
    second = open_one(database)
    assert second.episode == 2
    with database.read() as connection:
        assert incidents.going_on(connection) == [second]
        assert incidents.last(connection, "mills", RULE) == second
        assert incidents.last(connection, "mills", "each_negative") is None
        assert [one.episode for one in incidents.listing(connection)] == [2, 1]
        assert [one.id for one in incidents.listing(connection, since=NOW + 2 * HOUR)] == [second.id]


def test_eight_who_see_the_same_spike_open_one_incident(database_url, database, known):
    others = [open_database(database_url) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(open_one, others))
    for other in others:
        other.close()
    assert len([one for one in opened if one is not None]) == 1


def test_a_closed_incident_is_changed_no_more(database, known):
    opened = open_one(database)
    with database.write() as connection:
        incidents.update(connection, opened.id, calm_since_at=NOW, last_match_id=7)
        incidents.resolve(connection, opened.id, now=NOW + HOUR, last_match_id=8)
        incidents.update(connection, opened.id, calm_since_at=None, last_match_id=9)
        last = incidents.last(connection, "mills", RULE)
    assert (last.state, last.calm_since_at, last.last_match_id) == ("closed", NOW, 8)


def test_the_same_poison_lies_aside_once_and_a_large_one_is_cut(database, known):
    poison = Refused(reason="no text", payload=b"<item/>", external_id="1")
    large = Refused(reason="too large", payload=b"x" * (quarantine.LARGEST_PAYLOAD + 1))
    larger = Refused(reason="too large", payload=b"x" * (quarantine.LARGEST_PAYLOAD + 2))
    with database.write() as connection:
        assert quarantine.add(connection, known, [poison, large, larger], now=NOW) == 3
        assert quarantine.add(connection, known, poison, now=NOW + HOUR) == 0
        assert quarantine.counts(connection) == {known: 3}
        kept = connection.execute(tables.quarantine.select().order_by(tables.quarantine.c.id)).all()
    assert [len(row.payload) for row in kept] == [7, quarantine.LARGEST_PAYLOAD, quarantine.LARGEST_PAYLOAD]
    assert kept[0].at == NOW


def test_the_audit_tells_the_newest_first(database):
    with database.write() as connection:
        audit.add(connection, who="dana", what="took incident", detail={"incident": 1}, now=NOW)
        audit.add(connection, who="listener", what="resolved incident", now=NOW + HOUR)
        told = [(row.who, row.what, row.detail) for row in audit.newest(connection)]
    assert told == [("listener", "resolved incident", {}), ("dana", "took incident", {"incident": 1})]


def test_a_mark_holds_a_number_and_a_time(database):
    with database.write() as connection:
        assert (marks.get(connection, "round"), marks.at(connection, "round")) == (None, None)
        marks.put(connection, "round", number=1, at=NOW)
        marks.put(connection, "round", number=2, at=NOW + HOUR)
        assert (marks.get(connection, "round"), marks.at(connection, "round")) == (2, NOW + HOUR)
