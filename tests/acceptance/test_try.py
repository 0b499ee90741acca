"""`listener try`: what would match now. Nothing is stored, nothing is sent, and a daemon beside it notices nothing."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from fakeslack import serving
from places import Place
from running import Running, until
from saying import heard, in_a_sentence, saying
from world import burst, rss

NOW = datetime.now(UTC)
CONFIG = """\
database: {database}
web: {{listen: "127.0.0.1:0"}}
network: {{allow_private: ["{place}", "{slack}"]}}
receivers:
  accounts: {{slack: {{webhook_url: "${{SLACK_URL}}"}}}}
watch_lists:
  - name: key-accounts
    notify: [accounts]
    sources:
      - rss: {{url: "http://{place}/talk.xml", every: 5m, name: Talk}}
      - rss: {{url: "http://{place}/again.xml", every: 5m}}
      - rss: {{url: "http://{place}/gone.xml", every: 5m}}
    clients:
      - name: Mills
        own: {{sites: [news.example]}}
        sources: [{{rss: "http://{place}/reviews.xml"}}]
      - {{name: Acme}}
      - {{name: Globex}}
      - {{name: Quiet}}
"""
OLD = ("old", "Mills opened a shop", "press", NOW - timedelta(days=9))
WIRE = f"""<item><guid isPermaLink='false'>wire</guid><title>Globex recalls its lamps</title>
<link>https://wire.example/lamps</link><description>{"Globex recalls a lamp that grows too warm. " * 6}</description>
</item>""".encode()


class Town:
    """Two feeds that show the same, one that is gone, and a place of Mills' own."""

    def __init__(self, folder, place, slack, database="sqlite:///listener.db"):
        self.folder, self.place, self.slack = folder, place, slack
        self.config = folder / "config.yaml"
        hosts = {"place": place.host, "slack": slack.url.split("/")[2], "database": database}
        self.config.write_text(CONFIG.format(**hosts), encoding="utf-8")
        place.says("/talk.xml", rss([*burst("Acme", 4), OLD]).replace(b"</channel>", WIRE + b"</channel>"))
        place.says("/again.xml", rss([]).replace(b"</channel>", WIRE + b"</channel>"))
        place.says("/reviews.xml", rss([("r-1", "Slow delivery", "bob", NOW)]))

    def files(self):
        return {
            str(file.relative_to(self.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in self.folder.rglob("*")
            if file.is_file()
        }

    def tried(self, *words):
        done = saying("try", "-c", self.config, "--format", "jsonl", *words)
        in_a_sentence(done)
        return done, [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture
def town(tmp_path, monkeypatch):
    with Place() as place, serving() as slack:
        monkeypatch.setenv("SLACK_URL", slack.url)
        yield Town(tmp_path, place, slack)


def test_it_shows_what_the_sources_bring_now_each_item_once(town):
    done, rows = town.tried()
    assert done.code == 0
    assert [row["source"] for row in rows if row["client"] == "Acme"] == ["Talk"] * 4
    assert [row["title"] for row in rows if row["client"] == "Globex"] == ["Globex recalls its lamps"]
    assert {row["id"]: row["reason"] for row in rows if row["client"] == "Mills"} == {
        "r-1": "from the client's own place",
        "old": "says “Mills”",
    }
    assert {row["id"]: row["clause"] for row in rows if row["client"] == "Mills"} == {
        "r-1": None,
        "old": '"Mills"',
    }
    assert all(row["label"] for row in rows)
    assert [row["own"] for row in rows if row["id"] == "old"] == [True]


def test_the_summary_tells_matches_by_client_and_what_could_not_be_read(town):
    done, _ = town.tried()
    assert "read 8 items from 3 of 4 places" in done.err
    assert "Acme: 4 matches" in done.err
    assert "Mills: 2 matches, 2 of them its own words" in done.err
    assert "no match: Quiet" in done.err
    assert f"could not be read: rss http://{town.place.host}/gone.xml: " in done.err


def test_it_leaves_out_what_is_older_and_other_clients(town):
    done, rows = town.tried("--since", "7d", "--client", "Mills")
    assert [row["id"] for row in rows] == ["r-1"]
    assert "(1 of them older than --since)" in done.err
    assert "Acme" not in done.err + done.out


def test_it_leaves_no_file_and_tells_nobody(town):
    before = town.files()
    _, rows = town.tried()
    assert rows
    assert town.files() == before
    assert town.slack.taken == []


def test_it_asks_each_place_once_and_without_conditions(town):
    town.tried()
    asked = [one for one in town.place.asked if one.path == "/talk.xml"]
    assert len(asked) == 1
    assert not {"if-none-match", "if-modified-since"} & set(asked[0].headers)


def test_a_database_that_does_not_answer_is_not_missed(tmp_path, monkeypatch):
    with Place() as place, serving() as slack:
        monkeypatch.setenv("SLACK_URL", slack.url)
        town = Town(tmp_path, place, slack, database="postgresql+psycopg://nobody@127.0.0.1:1/none")
        done, rows = town.tried()
    assert (done.code, len(rows)) == (0, 7)


def test_where_no_place_could_be_read_it_did_not_work_out(town):
    for path in ("/talk.xml", "/again.xml", "/reviews.xml"):
        town.place.says(path, status=500)
    done, rows = town.tried()
    assert (done.code, rows) == (1, [])
    assert "from 0 of 4 places" in done.err


def test_a_table_says_why_each_matched(town):
    done = saying("try", "-c", town.config, "--client", "Acme")
    assert "[says “Acme”]" in done.out
    assert done.out.count("Talk") == 4


def test_beside_a_running_daemon_nothing_changes_for_it(town):
    with Running(town.config, SLACK_URL=town.slack.url) as daemon:
        daemon.said("listening ")
        until(lambda: len(heard(town.config)) == 7, within_s=30)
        before = heard(town.config)
        done, rows = town.tried()
        assert (done.code, len(rows)) == (0, 7)
        assert heard(town.config) == before
        assert daemon.is_alive
        assert daemon.stop() == 0
    assert town.slack.taken == []


def test_items_handed_in_are_matched_and_wrong_lines_told(town):
    items = town.folder / "items.jsonl"
    items.write_text(
        '{"id": 1, "text": "Mills never sent my refund"}\n'
        "nonsense\n"
        '{"id": "two", "text": "Acme and Mills", "site": "news.example", "published_at": "2001-01-01"}\n'
        '{"id": 3, "text": "Nobody"}\n',
        encoding="utf-8",
    )
    done, rows = town.tried("--input", items)
    assert done.code == 1
    assert [(row["id"], row["client"], row["own"]) for row in rows] == [
        (1, "Mills", False),
        ("two", "Mills", True),
        ("two", "Acme", False),
    ]
    assert "line 2 is no JSON" in done.err
    assert "read 3 items, 1 wrong line" in done.err
    assert town.place.asked == []
    _, recent = town.tried("--input", items, "--since", "30d", "--score")
    assert [(row["id"], row["label"]) for row in recent] == [(1, "negative")]


def test_a_file_that_is_not_there_and_a_client_that_is_not_are_mistakes(town):
    done, _ = town.tried("--input", town.folder / "none.jsonl")
    assert (done.code, "cannot read" in done.err) == (2, True)
    done, _ = town.tried("--client", "Mils")
    assert (done.code, "there is no client 'Mils'" in done.err) == (2, True)
