"""What people do about incidents: one takes it, whoever races is told who was faster, and everybody hears of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from builders import NOW, add_client, client

from listener.alerting import incidents as answers
from listener.alerting.incident_telling import begin, mute
from listener.domain.message import Message
from listener.domain.rules import Rules, Watched
from listener.domain.telling import Telling, Told
from listener.store import changes, incidents, outbox
from listener.store.engine import open_database

HOUR = timedelta(hours=1)
WATCHED = {"mills": Watched(client=client("mills"), rules=Rules(), receivers=("accounts",), owner="Dana Lee")}


@pytest.fixture
def opened(database):
    """A function that opens an incident, as of which something was told or not yet."""

    def put(*, told=True, severity="minor"):
        with database.write() as connection:
            add_client(connection, "mills")
            one = incidents.open_incident(
                connection,
                client_id="mills",
                rule="negative_spike",
                now=NOW,
                evidence={"people": 5, "stories": 3, "usual": [0, 1], "first_at": NOW.isoformat()},
                last_match_id=0,
                severity=severity,
                why="5 people",
            )
            message = Message(id="mills/negative_spike/1/firing", kind="firing", headline="5 people")
            begin(connection, WATCHED["mills"], one, message, now=NOW, end_groups=told)
            return incidents.get(connection, one.id)

    return put


def in_the_box(database):
    with database.read() as connection:
        return [one.notification.message for one in reversed(outbox.newest(connection))]


def happened(database, incident):
    with database.read() as connection:
        return [(one.who, one.what, one.why) for one in changes.of(connection, incident.id)]


def test_whoever_takes_it_has_it_and_everybody_hears_so(database, opened):
    one = opened()
    taken = answers.take(database, WATCHED, one.id, who=" Dana  Lee ", now=NOW + HOUR)
    assert (taken.state, taken.taken_by, taken.taken_at) == ("taken", "Dana Lee", NOW + HOUR)
    assert [(said.kind, said.headline) for said in in_the_box(database)] == [
        ("firing", "5 people"),
        ("taken", "Dana Lee has taken it"),
    ]
    assert happened(database, one) == [
        (None, "opened", "5 people"),
        (None, "told", "it opened"),
        ("Dana Lee", "taken", ""),
    ]


def test_of_eight_who_take_it_at_once_one_has_it_and_the_others_are_told_who(database_url, database, opened):
    one = opened()
    others = [open_database(database_url) for _ in range(8)]

    def take(number):
        try:
            return answers.take(others[number], WATCHED, one.id, who=f"person {number}", now=NOW).taken_by
        except answers.NotDone as not_done:
            return str(not_done)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(take, range(8)))
    for other in others:
        other.close()
    (winner,) = [name for name in said if " has " not in name]
    assert (
        sum(f"{winner} has incident {one.id} already, since 2026-03-02 12:00 UTC" == text for text in said)
        == 7
    )
    assert [message.kind for message in in_the_box(database)] == ["firing", "taken"]


def test_who_closes_it_says_why_and_it_ends_once(database, opened):
    one = opened()
    answers.take(database, WATCHED, one.id, who="Dana", now=NOW)
    with pytest.raises(answers.NotDone, match="say why it is closed"):
        answers.close(database, WATCHED, one.id, who="Lee", why=" ", now=NOW)
    closed = answers.close(database, WATCHED, one.id, who="Lee", why="refunds are paid", now=NOW + 2 * HOUR)
    assert (closed.state, closed.closed_by, closed.taken_by) == ("closed", "Lee", "Dana")
    with pytest.raises(answers.NotDone, match=f"incident {one.id} was closed by Lee, 2026-03-02 14:00 UTC"):
        answers.close(database, WATCHED, one.id, who="Dana", why="again", now=NOW + 3 * HOUR)
    with pytest.raises(answers.NotDone, match="was closed by Lee"):
        answers.take(database, WATCHED, one.id, who="Dana", now=NOW + 3 * HOUR)
    last = in_the_box(database)[-1]
    assert (last.headline, last.lines) == ("closed by Lee after 2 h", ("Why: refunds are paid",))


def test_what_ends_by_itself_is_closed_by_nobody(database, opened):
    one = opened()
    with database.write() as connection:
        ended = incidents.resolve(connection, one.id, now=NOW + HOUR, last_match_id=0)
    assert (ended.state, ended.closed_by) == ("closed", None)
    with pytest.raises(answers.NotDone, match="closed by itself: the rate is back to normal"):
        answers.take(database, WATCHED, one.id, who="Dana", now=NOW)


def test_each_note_is_kept_and_told_even_afterwards(database, opened):
    one = opened()
    answers.note(database, WATCHED, one.id, who="Dana", text="I called them", now=NOW)
    answers.close(database, WATCHED, one.id, who="Dana", why="over", now=NOW)
    answers.note(database, WATCHED, one.id, who="Lee", text="They called back", now=NOW)
    said = [(message.kind, message.lines) for message in in_the_box(database)]
    assert said[1] == ("noted", ("I called them",))
    assert said[3] == ("noted", ("They called back",))


@pytest.mark.parametrize(
    ("who", "text", "sentence"),
    [("", "a", "say who you are"), ("a\x07b", "a", "say who you are"), ("a", "", "write the note"), ("a", "x" * 2001, "too long: write 2,000")],
)  # fmt: skip
def test_a_note_needs_a_name_and_words(database, opened, who, text, sentence):
    one = opened()
    with pytest.raises(answers.NotDone, match=sentence):
        answers.note(database, WATCHED, one.id, who=who, text=text, now=NOW)
    assert len(happened(database, one)) == 2


def test_a_number_that_is_none_is_told_with_the_remedy(database):
    with pytest.raises(
        answers.NotDone, match="there is no incident 7: `listener incidents` has their numbers"
    ):
        answers.take(database, WATCHED, 7, who="Dana", now=NOW)


def test_what_is_closed_before_it_was_told_is_told_first(database, opened):
    one = opened(told=False)
    assert in_the_box(database) == []
    answers.close(database, WATCHED, one.id, who="Dana", why="known", now=NOW)
    assert [message.kind for message in in_the_box(database)] == ["firing", "closed"]


def test_who_left_the_configuration_can_still_be_closed_and_nobody_is_told(database, opened):
    one = opened()
    answers.close(database, {}, one.id, who="Dana", why="gone", now=NOW)
    assert [message.kind for message in in_the_box(database)] == ["firing"]


def test_what_the_smaller_rules_kept_back_is_said_at_the_end(database, opened):
    one = opened(severity="major")
    for number in (2, 3):
        with database.write() as connection:
            assert mute(connection, "mills", "each_negative", number)
    answers.close(database, WATCHED, one.id, who="Dana", why="over", now=NOW)
    assert "Meanwhile not told one by one: 5 by each_negative." in in_the_box(database)[-1].lines[1]
    with database.write() as connection:
        assert not mute(connection, "mills", "each_negative", 1)


def test_a_minor_one_keeps_no_rule_quiet(database, opened):
    opened()
    with database.write() as connection:
        assert not mute(connection, "mills", "each_negative", 1)


def test_what_was_told_survives_as_json():
    told = Told(
        first_at=NOW, last_at=NOW + HOUR, number=3, people=9, severity="major", stories=frozenset({4, 2})
    )
    assert Told.from_json(told.to_json()) == told
    assert Told.from_json({}) == Told()
    assert Telling().group_wait == timedelta(seconds=30)
