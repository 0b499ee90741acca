"""`listener silence` as a person meets it, and what a round of the daemon makes of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from builders import add_client, client
from saying import in_a_sentence, saying

from listener.alerting.hush import end
from listener.alerting.tell import tell
from listener.domain.message import Message
from listener.domain.rules import Rules, Watched
from listener.store import outbox
from listener.store.engine import open_database

CONFIG = """\
timezone: America/Halifax
people: {lee: {name: Lee Park}}
watch_lists:
  - name: shops
    sources: [hackernews]
    clients: [{name: Mills, id: mills}, {name: Acme}]
"""


@pytest.fixture
def config(tmp_path, sqlite_template):
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "listener.db").write_bytes(sqlite_template.read_bytes())
    return tmp_path / "config.yaml"


@pytest.fixture
def add(config):
    def run(*words, comment="deploy"):
        return saying("silence", "add", "-c", config, "--comment", comment, "--who", "Dana", *words)

    return run


def rows(config, *more):
    done = saying("silence", "list", "-c", config, "--format", "jsonl", *more)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_silence_says_what_it_holds_back_and_how_to_end_it(add, config):
    done = add("--client", "Mills", "--severity-below", "major", "--for", "2h")
    assert done.code == 0
    assert done.out.startswith("silence 1 holds back all alerts below major about Mills until ")
    assert "listener silence expire 1" in done.out
    (row,) = rows(config)
    assert (row["state"], row["by"], row["comment"], row["hidden"]) == ("holds", "Dana", "deploy", 0)
    assert row["matchers"] == {"clients": ["mills"], "severity_below": "major"}
    begun, ended = (datetime.fromisoformat(row[name]) for name in ("from", "until"))
    assert ended - begun == timedelta(hours=2)


def test_a_time_is_that_of_the_files_time_zone(add, config):
    assert add("--until", "2099-01-02T18:00", "--from", "2099-01-02", "--list", "shops").code == 0
    (row,) = rows(config)
    assert (row["from"], row["until"], row["state"]) == (
        "2099-01-02T04:00:00+00:00",
        "2099-01-02T22:00:00+00:00",
        "to come",
    )


def test_it_is_ended_once_and_then_shown_only_among_all(add, config):
    add("--for", "2h")
    assert saying("silence", "expire", "1", "-c", config).out == "silence 1 is over; it hid nothing\n"
    again = saying("silence", "expire", "1", "-c", config)
    assert (again.code, "is over already" in in_a_sentence(again)) == (1, True)
    assert rows(config) == []
    assert [row["state"] for row in rows(config, "--all")] == ["over"]


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["--client", "Mils", "--for", "2h"], "it has Acme, Mills"),
        (["--list", "shop", "--for", "2h"], "did you mean shops?"),
        (["--rule", "spikes", "--for", "2h"], "negative_spike"),
        (["--for", "two hours"], "such as 90s, 15m, 2h or 1d"),
        (["--until", "tomorrow"], "write 14:00, or a date"),
        (["--until", "2020-01-01"], "give a later --until"),
        (["--for", "400d"], "a year at most"),
        (["--client", "Mills"], "--for"),
        (["--for", "2h", "--who", " "], "a name on one line"),
    ],
)
def test_what_makes_no_sense_exits_2_and_says_what_would(add, config, words, remedy):
    done = add(*words)
    assert (done.code, done.out) == (2, "")
    assert remedy in in_a_sentence(done)
    assert rows(config) == []


def test_a_number_that_is_none_is_told_where_numbers_are(config):
    done = saying("silence", "expire", "7", "-c", config)
    assert (done.code, "`listener silence list`" in in_a_sentence(done)) == (1, True)


@pytest.mark.parametrize("typed", ["99999999999999999999", "-1", "seven"])
@pytest.mark.parametrize(
    "words", [("silence", "expire"), ("incidents", "take"), ("mark", "--not-about", "Mills")]
)
def test_what_no_row_can_have_as_its_number_exits_2_with_the_remedy(config, words, typed):
    done = saying(*words, "-c", config, "--", typed)
    assert (done.code, done.out) == (2, "")
    assert f"{typed!r} is no number that a row could have: write one such as 12" in done.err


def test_who_says_so_is_the_person_of_that_key(config):
    saying("silence", "add", "-c", config, "--comment", "deploy", "--who", "lee", "--for", "2h")
    (row,) = rows(config)
    assert row["by"] == "Lee Park"


def test_what_it_hid_is_counted_and_told_by_the_next_round(add, config):
    add("--for", "2h", comment="a\nprice  rise")
    now = datetime.now(UTC)
    watched = Watched(client=client("mills"), rules=Rules())
    message = Message(id="mills/each_negative/1/mentions", kind="mentions", headline="2 negative mentions")
    database = open_database(f"sqlite:///{config.parent}/listener.db")
    with database.write() as connection:
        add_client(connection, "mills")
        tell(connection, message, ["accounts"], now=now, watched=watched)
        assert outbox.newest(connection) == []
    assert (
        "1 message that it hid: the daemon tells of it now"
        in saying("silence", "expire", "1", "-c", config).out
    )
    end(database, {"mills": watched}, zone=UTC, now=datetime.now(UTC))
    with database.read() as connection:
        (entry,) = outbox.newest(connection)
    database.close()
    assert "(a price rise): Mills 1 alert" in entry.notification.message.headline
