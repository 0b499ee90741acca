"""`listener check` as a person meets it: examples that hold and fail, warnings, and nothing that is asked or made."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import found, incoming
from places import Place
from saying import in_a_sentence, saying
from world import listener

from listener.app import opened
from listener.config.load import load
from listener.store import mentions, tables

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CONFIG = """\
database: sqlite:///listener.db
network: {{allow_private: ["{place}"]}}
health: {{notify: [ops]}}
receivers: {{ops: {{webhook: "http://{place}/hook"}}}}
watch_lists:
  - name: key-accounts
    notify: [ops]
    sources:
      - rss: {{url: "http://{place}/talk.xml", every: 5m}}
      - hackernews: {{site: "http://{place}"}}
    clients:
      - name: Globex
        query: ("Globex Corp" OR @globex) NOT "Globex Corp jobs"
        context: {{any_of: [refund, parcel]}}
        examples:
          match:
            - Globex Corp never sent my refund
            - {second}
          not_match: [Globex Corp jobs]
"""


@pytest.fixture
def place():
    with Place() as place:
        yield place


@pytest.fixture
def config(tmp_path, place):
    def write(second="where is my parcel @globex", more=""):
        path = tmp_path / "config.yaml"
        path.write_text(CONFIG.format(place=place.host, second=second) + more, encoding="utf-8")
        return path

    return write


def test_a_good_file_says_that_its_examples_hold(config, place, tmp_path):
    done = listener("check", "-c", str(config()), "--strict")

    assert "examples: all 3 hold\n" in done.stdout
    assert "1 client, 3 places to poll, receivers on: ops" in done.stdout
    assert "warning" not in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"], "it made a file"
    assert place.asked == [], "it asked the network"


def test_an_example_that_fails_is_named_with_its_line_and_why_and_exits_1(config):
    done = listener("check", "-c", str(config("{title: Globex Corp, text: opens a shop}")), check=False)

    assert done.returncode == 1
    assert (
        "config.yaml:18: watch_lists[0].clients[0].examples.match[1]: "
        "Globex must match and does not: “Globex Corp opens a shop”\n"
        "    none of its context words (refund, parcel) stands there\n"
    ) in done.stdout
    assert "examples: 2 of 3 hold\n" in done.stdout
    assert done.stderr == ""


def test_a_mistake_exits_2_before_any_example_is_run(config):
    done = saying("check", "-c", config("{title: Globex Corp, txt: opens a shop}"))

    assert (done.code, done.out) == (2, "")
    assert "examples.match[1].txt: unknown key “txt”: did you mean text?" in in_a_sentence(done)


def test_what_is_marked_beside_the_file_is_run_as_well(config):
    path = config()
    path.with_name("config.marks.yaml").write_text(
        "clients:\n  Globex:\n    examples:\n      not_match:\n      - {text: 'Globex Corp: a refund', mention: 7}\n",
        encoding="utf-8",
    )

    done = saying("check", "-c", path)

    assert done.code == 1
    assert (
        "config.marks.yaml:5: clients.Globex.examples.not_match[0]: Globex must not match and does"
        in done.out
    )
    assert "examples: 3 of 4 hold" in done.out


def test_a_doubtful_query_is_a_warning_that_counts_with_strict(config):
    path = config(more="      - Apple\n      - {name: Initech, query: Initech NOT initech}\n")

    done = saying("check", "-c", path)

    assert done.code == 0
    assert "warning: " in done.out
    assert "config.yaml:20: watch_lists[0].clients[1].name: “Apple” is an everyday word" in done.out
    assert (
        "clients[2].query: this query can never be true: “Initech” and “NOT initech” exclude each other"
        in done.out
    )
    assert "warnings: 2\n" in done.out
    assert saying("check", "-c", path, "--strict").code == 1


def test_many_warnings_stand_under_their_clients_and_the_rest_is_counted(config):
    path = config(more="".join(f"      - {{name: N{n}, query: late OR x{n}}}\n" for n in range(150)))

    done = saying("check", "-c", path)

    assert "N0\n    warning: " in done.out
    assert "more: `listener check --all` prints them" in done.out
    whole = saying("check", "-c", path, "--all")
    assert "`listener check --all`" not in whole.out
    assert "\nN149\n    warning: " in whole.out


def test_it_shows_what_a_place_is_not_asked(config):
    done = saying("check", "-c", config())

    assert "hackernews is asked for more than Globex: " in done.out
    assert 'NOT "Globex Corp jobs" is left to our matcher.' in done.out


@pytest.fixture
def history(config):
    """A database whose client was listened for, and could be heard, for 60 days; returns how to put mentions into it."""
    path = config()
    with opened(load(path, environ={})) as app:
        database = app.database
        with database.write() as connection:
            connection.execute(sa.update(tables.clients).values(asked_at=NOW - 60 * DAY))
            connection.execute(sa.update(tables.hearings).values(since_at=NOW - 60 * DAY))
            target = connection.scalar(sa.select(tables.targets.c.id).where(tables.targets.c.kind == "rss"))

        def put(count, *, wrong):
            items = [
                incoming(found(published_at=NOW), by=f"author:{n}", clients=("Globex",)) for n in range(count)
            ]
            with database.write() as connection:
                mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=NOW)
                numbers = list(connection.scalars(sa.select(tables.mentions.c.id).limit(wrong)))
                row = {"client_id": "Globex", "about": False, "who": "dana", "at": NOW}
                for number in numbers:
                    connection.execute(sa.delete(tables.matches).where(tables.matches.c.mention_id == number))
                    connection.execute(sa.insert(tables.marked).values(mention_id=number, **row))

        yield path, put


def test_a_query_that_matched_nothing_for_a_month_is_told_where_a_database_is_there(history):
    path, _ = history

    done = saying("check", "-c", path)

    assert (
        "config.yaml:13: watch_lists[0].clients[0].query: nothing has matched this in 30 days, though its sources could hear"
        in done.out
    )


@pytest.mark.parametrize(("wrong", "told"), [(5, True), (4, False)])
def test_a_query_whose_matches_people_take_back_is_told(history, wrong, told):
    path, put = history
    put(12, wrong=wrong)

    done = saying("check", "-c", path)

    assert (
        f"{wrong} of 12 mentions of the last 30 days were marked as not about it: add a context" in done.out
    ) is told
    assert "nothing has matched" not in done.out


def test_a_database_that_cannot_be_read_is_no_reason_to_stop(config, tmp_path):
    path = config()
    (tmp_path / "listener.db").write_text("this is no database, but a text of some length\n" * 50)

    done = saying("check", "-c", path)

    assert done.code == 0
    assert "the database was not looked at: " in done.out
    assert "examples: all 3 hold" in done.out
