"""The commands as a person meets them: what they print, what they leave alone, how they end."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from fakeslack import serving
from places import Place
from saying import heard, in_a_sentence, saying
from world import ROOT, burst, listener, rss

from listener.notify.fingerprint import fingerprint
from listener.notify.slack import SlackOptions
from listener.store import receivers
from listener.store.engine import open_database

NOW = datetime.now(UTC)
OLD = [("old-1", "Mills opens a lovely shop, great people", "press", NOW - timedelta(days=9))]
HOSTILE = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Hostile",
    "items": [
        {
            "id": "esc",
            "url": "https://evil.example/esc",
            "content_text": "Mills \x1b[31mred\x1b[0m \u009b2J \u202etxt.exe\u202c end",
            "authors": [{"name": "eve\x1b]0;owned\x07"}],
        },
        {"id": "sum", "title": '=HYPERLINK("http://evil.example","Mills")', "content_text": "@SUM(Mills)"},
    ],
}
CONFIG = """\
database: sqlite:///listener.db
web: {{listen: "127.0.0.1:{port}"}}
network: {{allow_private: ["{place}", "{slack}"]}}
receivers:
  accounts: {{slack: {{webhook_url: "${{SLACK_URL}}"}}}}
  quiet: {{slack: {{webhook_url: "${{NO_SUCH_HOOK:-}}"}}}}
watch_lists:
  - name: key-accounts
    notify: [accounts]
    sources:
      - rss: {{url: "http://{place}/talk.xml", every: 5m}}
      - rss: {{url: "http://{place}/hostile.json", every: 5m}}
    clients: [{{name: Mills, own: {{sites: [mills.example]}}}}, {{name: Acme}}]
"""
SPEAKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Two rounds over a feed that complains in the second one, and a hostile one; the daemon's port is another's."""
    folder = tmp_path_factory.mktemp("town")
    with Place() as place, serving() as slack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLACK_URL", slack.url)
        config = folder / "config.yaml"
        hosts = {"place": place.host, "slack": slack.url.split("/")[2], "port": place.port}
        config.write_text(CONFIG.format(**hosts), encoding="utf-8")
        place.says("/talk.xml", rss(OLD))
        place.says("/hostile.json", json.dumps(HOSTILE).encode())
        town = type("Town", (), {"config": config, "place": place, "slack": slack, "folder": folder})()
        town.database = f"sqlite:///{folder}/listener.db"
        town.first = listener("run", "-c", str(config), "--once")
        town.not_due = listener("run", "-c", str(config), "--once")
        place.says("/talk.xml", rss([*burst("Mills"), *OLD]))
        town.second = listener("run", "-c", str(config), "--once", "--all")
        town.asked = {one.path for one in place.asked}
        yield town


def test_a_round_polls_what_is_due_and_with_all_also_what_is_not(town):
    assert "polled 2 sources (2 ok); 3 new mentions" in town.first.stdout
    assert "polled 0 sources (nothing was due)" in town.not_due.stdout
    assert "polled 2 sources (2 ok); 12 new mentions" in town.second.stdout
    assert "incidents: 1 opened, 0 resolved; notifications: 1 sent" in town.second.stdout


def test_a_round_opens_no_port(town):
    """The port of the configuration was taken all the time, by a place that nobody asked for a status."""
    assert town.first.returncode == 0
    assert "listening" not in town.first.stderr
    assert town.asked == {"/talk.xml", "/hostile.json"}


def test_mentions_as_json_lines_tell_all_of_each(town):
    rows = heard(town.config)
    assert len(rows) == 15
    wanted = {
        "id",
        "client",
        "url",
        "title",
        "text",
        "author",
        "published_at",
        "source",
        "label",
        "score",
        "own",
    }
    assert all(wanted <= set(row) for row in rows)
    good = next(row for row in rows if row["title"] == OLD[0][1])
    assert (good["client"], good["label"], good["own"], good["url"]) == (
        "Mills", "positive", False, "https://news.example/old-1"
    )  # fmt: skip
    assert good["score"] > 0.3
    assert datetime.fromisoformat(good["published_at"]) == OLD[0][3].replace(microsecond=0)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--client", "Mills"], 15),
        (["--client", "Acme"], 0),
        (["--since", "24h"], 14),
        (["--since", "10d"], 15),
        (["--since", "999999d"], 15),
        (["--since", (NOW - timedelta(days=2)).date().isoformat()], 14),
        (["--since", (NOW + timedelta(days=2)).isoformat()], 0),
        (["--label", "positive"], 1),
        (["--label", "positive", "--since", "90m"], 0),
    ],
)
def test_mentions_are_chosen_by_client_time_and_label(town, words, count):
    assert len(heard(town.config, *words)) == count


@pytest.mark.parametrize(
    "words", [["--since", "yesterday"], ["--since", "7w"], ["--client", "Mils"], ["--label", "sad"]]
)
def test_a_choice_that_makes_no_sense_exits_2_and_says_what_would(town, words):
    done = saying("mentions", "-c", town.config, *words)
    assert (done.code, done.out) == (2, "")
    assert re.search("90m, 24h, 7d|it has Acme, Mills|choose from", in_a_sentence(done))


def test_a_table_says_so_where_there_is_nothing(town):
    assert saying("mentions", "-c", town.config, "--client", "Acme").out == "nothing yet\n"


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_hostile_text_never_speaks_to_the_terminal(town, form):
    shown = saying("mentions", "-c", town.config, "--format", form).out
    assert "txt.exe" in shown
    assert SPEAKS.findall(shown) == []


def test_no_cell_of_a_csv_is_a_formula(town):
    rows = list(csv.DictReader(io.StringIO(saying("mentions", "-c", town.config, "--format", "csv").out)))
    assert len(rows) == 15
    assert any(row["title"] == '\'=HYPERLINK("http://evil.example","Mills")' for row in rows)
    cells = [cell for row in rows for name, cell in row.items() if name != "score"]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_the_incident_is_shown_with_its_proof(town):
    table = saying("incidents", "-c", town.config).out
    assert re.search(r"Mills +open +.* 12 people, .*; usual 0", table)
    (one,) = map(json.loads, saying("incidents", "-c", town.config, "--format", "jsonl").out.splitlines())
    assert (one["client"], one["state"], one["rule"], one["people"]) == (
        "Mills",
        "open",
        "negative_spike",
        12,
    )
    assert (one["resolved_at"], len(town.slack.taken) >= 1) == (None, True)


def test_sources_show_health_success_next_poll_and_what_came(town):
    rows = list(map(json.loads, saying("sources", "-c", town.config, "--format", "jsonl").out.splitlines()))
    assert sorted((row["state"], row["stored"]) for row in rows) == [("ok", 2), ("ok", 13)]
    assert all(row["last_success"] < row["next_poll"] for row in rows)


def test_a_text_is_scored_toward_a_client_with_reasons(town):
    done = saying(
        "score", "Mills never sent my refund, awful service", "--client", "Mills", "-c", town.config
    )
    first, *reasons = done.out.splitlines()
    assert re.fullmatch(r"negative -0\.\d\d toward Mills \(base.*\)", first)
    assert reasons
    wrong = saying("score", "Awful", "--client", "Nobody", "-c", town.config)
    assert (wrong.code, "there is no client 'Nobody'" in in_a_sentence(wrong)) == (2, True)


@pytest.fixture
def dead(town):
    """The receiver `accounts` has been found dead."""
    mark = fingerprint("slack", SlackOptions(webhook_url=town.slack.url))
    database = open_database(town.database)
    with database.write() as connection:
        receivers.kill(connection, "accounts", reason="Slack said no_service", fingerprint=mark)

    def is_dead():
        with database.read() as connection:
            return receivers.standings(connection)["accounts"].dead_reason is not None

    yield is_dead
    database.close()


def test_a_receiver_that_takes_the_test_message_is_written_to_again(town, dead):
    before = len(town.slack.taken)
    done = saying("test-alert", "accounts", "-c", town.config)
    assert done.code == 0, done.err
    assert "receiver accounts took the test message" in done.out
    assert "it had been shut (Slack said no_service); it is written to again" in done.out
    assert "Listener can reach you here" in town.slack.taken[before].words
    assert not dead()
    assert "shut" not in saying("test-alert", "accounts", "-c", town.config).out


def test_a_receiver_that_refuses_the_test_message_stays_shut(town, dead):
    town.slack.script[:] = ["no_service"]
    done = saying("test-alert", "accounts", "-c", town.config)
    assert done.code == 1
    assert "receiver accounts: Slack's webhook takes nothing any more" in in_a_sentence(done)
    assert "secretsecret" not in done.err
    assert dead()


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("quiet", 1, "receiver quiet is off: its webhook_url is empty"),
        ("acounts", 2, "there is no receiver 'acounts' in"),
    ],
)
def test_a_receiver_that_is_off_or_unknown_is_said(town, name, code, sentence):
    done = saying("test-alert", name, "-c", town.config)
    assert (done.code, done.out) == (code, "")
    assert sentence in in_a_sentence(done)


def test_the_schema_is_told_and_brought_up_to_date(town):
    for action in ("status", "upgrade"):
        done = saying("db", action, "-c", town.config)
        assert done.code == 0
        assert f"{town.folder}/listener.db: " in done.out
        assert "Status(" not in done.out


def test_init_writes_a_file_that_passes_and_never_over_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my clients"
    done = saying("init", folder)
    assert done.code == 0
    assert f"listener check -c '{folder}/config.yaml'" in done.out
    written = (folder / "config.yaml").read_text(encoding="utf-8")
    for strict, code in (([], 0), (["--strict"], 1)):
        checked = saying("check", "-c", folder / "config.yaml", *strict)
        assert checked.code == code
        assert "warning: " in checked.out
        assert "3 clients" in checked.out
    assert saying("db", "upgrade", "-c", folder / "config.yaml").code == 0
    assert (folder / "listener.db").exists()
    (folder / "config.yaml").write_text(written + "# mine\n", encoding="utf-8")
    again = saying("init", folder)
    assert again.code == 1
    assert "is there already; it is left as it is" in in_a_sentence(again)
    assert (folder / "config.yaml").read_text(encoding="utf-8").endswith("# mine\n")


def test_init_where_it_cannot_write_says_so(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = saying("init", tmp_path / "file")
    assert done.code == 1
    assert "cannot write" in in_a_sentence(done)


@pytest.mark.parametrize(
    "url", ["ftp://mills.example", "127.0.0.1:8080", "http://[::1", "http://127.0.0.1:port"]
)
def test_health_of_what_is_no_address_exits_2(url):
    done = saying("health", "--url", url)
    assert done.code == 2
    assert "write it as http://127.0.0.1:8080" in in_a_sentence(done)


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"troubles": "none"}', b""])
def test_health_of_another_program_is_not_taken_for_ours(town, body):
    town.place.says("/healthz", body)
    done = saying("health", "--url", town.place.url)
    assert done.code == 1
    assert "but not as Listener does: is another program on that port?" in in_a_sentence(done)


def test_health_without_a_daemon_asks_for_one():
    done = saying("health", "--url", "http://127.0.0.1:1")
    assert done.code == 1
    assert "is `listener run` running?" in in_a_sentence(done)


def test_without_words_it_shows_its_help_and_exits_2():
    done = saying()
    assert (done.code, done.out) == (2, "")
    assert "listener demo      shows it at work" in done.err
    assert (
        "exit codes: 0 done; 1 it did not work out; 2 the command or the configuration is wrong" in done.err
    )


def test_an_unknown_word_exits_2_with_the_known_ones():
    done = saying("lisen")
    assert done.code == 2
    assert "usage: listener" in done.err
    assert "'init'" in done.err or "init" in done.err.partition("choose from")[2]


@pytest.mark.parametrize("command", ["init", "check", "run", "mentions", "incidents", "sources", "test-alert", "score", "health", "db", "demo"])  # fmt: skip
def test_every_command_explains_itself(command):
    done = saying(command, "--help")
    assert done.code == 0
    assert "exit codes: 0 done" in done.out
    assert len(done.out.splitlines()) > 5


def test_the_version_is_told_without_loading_what_is_heavy():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "listener", "--version"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert re.fullmatch(r"listener \d+\.\d+\.\d+\n", done.stdout)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert loaded & {"sqlalchemy", "pydantic", "httpx", "yaml", "alembic", "lark", "feedparser"} == set()
    assert "listener" in loaded


def test_the_demo_shows_the_one_alert_and_the_calm():
    done = listener("demo")
    assert done.returncode == 0
    firing, resolved = done.stdout.partition("back to normal")[::2]
    assert firing.count("┌") == 2
    assert "people" in firing
    assert resolved.count("┌") == 0
    assert re.search(r"Harbor Lane Coffee +closed", resolved)
