"""Row 6 of the fault table for incidents: whatever a receiver answers a running daemon, each message of an incident arrives."""

from contextlib import closing
from datetime import timedelta

import pytest
from running import until
from told import of_slack
from town import town

from listener.alerting import incidents as answers
from listener.config import load, plan
from listener.store import outbox, receivers, tables
from listener.store.engine import open_database

pytestmark = pytest.mark.slow
WITHIN_S, RATE = 90.0, 600.0  # an hour, the longest pause that is kept, is six seconds

# What is answered once, and the labels of all that then arrives.
ONCE = {
    "429 30": [False],
    "429": [False],
    "429 soon": [False],
    "429 99999999999": [False],
    "429 -30": [False],
    "429 Wed, 01 Jan 2200 00:00:00 GMT": [False],
    "500": [False],
    "503": [False],
    "invalid_blocks": [False],
    "close": [False, True],
    "hang": [False, True],
    "refuse": [True],
    "html": [True],
}
SHUT = ("302", "403", "404", "410", "no_service", "channel_is_archived", "action_prohibited")


@pytest.fixture
def here(tmp_path, database_url):
    """A town whose incident is told to Slack alone; machines hear of health."""
    with (
        town(tmp_path, url=database_url, feeds=1, rate=RATE) as here,
        closing(open_database(database_url)) as database,
    ):
        config = here.config.read_text(encoding="utf-8").replace("[accounts, machines]", "[accounts]")
        here.config.write_text(
            config.replace("telling: {", "telling: {repeat_every: 300d, "), encoding="utf-8"
        )
        here.database = database
        here.notes = 0
        yield here


def note(here):
    """Somebody notes something on the incident; its words."""
    here.notes += 1
    watched = plan.watched(
        load.load(here.config, environ={"SLACK_URL": here.slack.url, "HOOK": here.slack.hook_url})
    )
    words = f"Note no {here.notes}."
    answers.note(here.database, watched, 1, who="Dana", text=words, now=here.clock.now())
    return words


def labels(here, words):
    """Of all that arrived with these words, in order."""
    return [
        of_slack(one).repeat
        for one in here.slack.taken
        if one.path.startswith("/services/") and words in one.words
    ]


def arrives(here, words):
    until(lambda: labels(here, words) and not unsent(here), within_s=WITHIN_S)
    return labels(here, words)


def unsent(here):
    with here.database.read() as connection:
        states = outbox.count_by_state(connection)
    return states.get("pending", 0) + states.get("sending", 0)


def health(here):
    return [line for one in here.to_machines if one["kind"] == "health" for line in one["lines"]]


def test_each_message_of_an_incident_arrives_whatever_slack_answers(here):
    with here.start() as daemon:
        until(here.is_heard, within_s=WITHIN_S)
        here.burst()
        assert arrives(here, "Mills/negative_spike/1/firing") == [False]
        for answer, wanted in ONCE.items():
            here.slack.script[:] = [answer]
            assert (answer, arrives(here, note(here))) == (answer, wanted)
        in_trouble_for_two_hours(here)
        for number, answer in enumerate(SHUT, 1):
            shut_and_mended(here, answer, number)
        refused_for_ever(here)
        assert daemon.stop() == 0
    assert here.states(tables.outbox) == {"sent": here.states(tables.outbox)["sent"], "dead": 1}
    assert not here.slack.banned


def in_trouble_for_two_hours(here):
    """What grew old goes as one message."""
    here.slack.script[:] = ["500"] * 10_000
    words = [note(here) for _ in range(3)]
    ends_at = here.clock.now() + timedelta(hours=2)
    until(lambda: here.clock.now() > ends_at, within_s=WITHIN_S)
    here.slack.script.clear()
    until(lambda: not unsent(here), within_s=WITHIN_S)
    last = [one.words for one in here.slack.taken if one.path.startswith("/services/")][-1]
    assert "3 messages that could not be delivered when they were new" in last
    assert [labels(here, one) for one in words] == [[], [], []]


def shut_and_mended(here, answer, number):
    """It is told once elsewhere, asked no more, and goes on where a person says that it works again."""
    here.slack.script[:] = [answer]
    words = note(here)
    until(
        lambda: len([one for one in health(here) if "accounts is shut" in one]) == number, within_s=WITHIN_S
    )
    asked = len([one for one in here.slack.received if one.path.startswith("/services/")])
    later = here.clock.now() + timedelta(hours=1)
    until(lambda: here.clock.now() > later, within_s=WITHIN_S)
    assert len([one for one in here.slack.received if one.path.startswith("/services/")]) == asked
    with here.database.write() as connection:
        receivers.revive(connection, "accounts")
    assert arrives(here, words) == [False]


def refused_for_ever(here):
    """Blocks and plain text refused: a dead letter, told elsewhere; the next one goes."""
    here.slack.script[:] = ["invalid_blocks", "invalid_payload"]
    lost = note(here)
    until(lambda: any("Not delivered to accounts" in one for one in health(here)), within_s=WITHIN_S)
    assert (labels(here, lost), arrives(here, note(here))) == ([], [False])
