"""A source with a key, from its file to a person's eyes: its budget, its refusal told once, its recovery, and no key anywhere."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyed import keyed_forum
from places import Place, answer
from saying import saying

from listener.cli.budgets import figure
from listener.config import load, plan
from listener.telemetry import REDACTION

TOKEN, OTHER = "t0k3n-of-the-first", "t0k3n-of-the-other"
POSTS = json.dumps([{"id": "1", "text": "Mills Supply never sent my refund"}]).encode()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A forum, a receiver of health, and their configuration."""
    monkeypatch.setenv("FORUM_TOKEN", TOKEN)
    before = REDACTION._secrets
    with keyed_forum(tmp_path / "site", monkeypatch), Place() as place:
        place.does("/all", _by_key)
        place.does("/ops", answer(200))
        yield _Here(tmp_path, place)
    REDACTION._secrets = before


def _by_key(wire, asked):
    right = asked.headers.get("authorization") in {f"Bearer {TOKEN}", f"Bearer {OTHER}"}
    return (answer(200, POSTS) if right else answer(401, b"no"))(wire, asked)


class _Here:
    def __init__(self, folder, place):
        self.folder, self.place = folder, place
        self.config = folder / "config.yaml"
        self.write("{token: '${FORUM_TOKEN}'}")

    def write(self, *sources, more=""):
        """One source for each, with these options besides its site."""
        lines = "\n".join(
            f"      - keyed_forum: {{site: '{self.place.url}', {one.strip('{}')}}}" for one in sources
        )
        self.config.write_text(
            f"database: sqlite:///{self.folder}/listener.db\n"
            f"network: {{allow_private: ['{self.place.host}']}}\n"
            f"receivers: {{ops: {{webhook: {{url: '{self.place.url}/ops'}}}}}}\n"
            "health: {notify: [ops]}\n"
            f"watch_lists:\n  - name: key\n    sources:\n{lines}\n    clients: [{{name: Mills Supply}}]\n{more}"
        )

    def round(self):
        return saying("run", "-c", self.config, "--once", "--all")

    def told(self):
        """What health.notify was sent."""
        return [json.loads(one.body) for one in self.place.asked if one.path == "/ops"]

    def rows(self, command="sources"):
        said = saying(command, "-c", self.config, "--format", "jsonl")
        return [json.loads(line) for line in said.out.splitlines()]


def test_a_refused_key_is_told_once_with_what_mends_it_and_once_when_it_is_let_in_again(
    here, monkeypatch, caplog
):
    said = [here.round(), here.round()]
    assert here.told() == []
    assert "1 new mentions" in said[0].out
    monkeypatch.setenv("FORUM_TOKEN", "t0k3n-that-expired")
    said += [here.round(), here.round()]
    (told,) = here.told()
    assert "refuses us (401): check the credential" in str(told)
    (row,) = here.rows()
    assert row["state"] == "needs attention"
    assert (
        row["reason"]
        == "127.0.0.1 refuses us (401): check the credential, or whether the place lets programs in."
    )
    monkeypatch.setenv("FORUM_TOKEN", OTHER)  # a new key: the cursor and the budget stay
    said += [here.round(), here.round()]
    assert len(here.told()) == 2
    assert "hears again" in str(here.told()[1])
    (row,) = here.rows()
    assert (row["state"], row["polls"], row["budgets"][0]["used"]) == ("ok", 6, 6)
    everything = str([here.told(), said, here.rows(), caplog.text]).encode() + b"".join(
        path.read_bytes() for path in here.folder.glob("listener.db*")
    )
    assert not [key for key in (TOKEN, OTHER, "t0k3n-that-expired") if key.encode() in everything]


def test_no_key_is_printed_whatever_prints_the_options(here, caplog):
    config = load.load(here.config, environ={"FORUM_TOKEN": TOKEN})
    (target,) = plan.targets(config)
    logging.getLogger("listener").warning("%r %s", target, target.options)
    shown = [repr(target), str(target.options), repr(config), str(target.options.model_dump()), caplog.text]
    shown.append(target.options.model_dump_json())
    assert TOKEN not in str(shown)
    assert "**********" in shown[0]


def test_a_key_may_come_from_a_file_and_never_stands_in_the_configuration(here):
    (here.folder / "forum.key").write_text(f"{TOKEN}\n")
    here.write("{token_file: forum.key}")
    assert here.round().code == 0
    here.write(f"{{token: {TOKEN}}}")
    said = saying("check", "-c", here.config)
    assert said.code == 2
    assert "a secret stands in the file: write ${NAME}" in said.out + said.err
    assert TOKEN not in said.out + said.err


def test_the_name_of_a_key_tells_targets_apart_and_is_shown(here):
    here.write("{token: '${FORUM_TOKEN}'}", "{token: '${FORUM_TOKEN}', credential: second}")
    here.round()
    rows = here.rows()
    assert [row["credential"] for row in rows] == ["", "second"]
    assert [row["source"].endswith(" (second)") for row in rows] == [False, True]
    assert [[one["used"] for one in row["budgets"]] for row in rows] == [[1], [1]]
    table = saying("sources", "-c", here.config).out
    assert "keyed_forum (second)  calls" in table


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "0"), (10_000.0, "10,000"), (12.5, "12.5"), (0.005, "0.005"), (1_234_567.0, "1,234,567")],
)
def test_an_amount_of_a_budget_is_written_as_people_write_it(amount, written):
    assert figure(amount) == written


def test_what_is_left_of_a_budget_stands_in_the_table_with_its_reserve_and_its_end(here):
    here.round()
    said = saying("sources", "-c", here.config).out
    header, row = said.rstrip().splitlines()[-2:]
    assert header.split() == ["budget", "meter", "used", "most", "reserve", "left", "resets"]
    assert row.split()[:5] == ["keyed_forum", "calls", "1", "10", "2"]
    assert datetime.fromisoformat(row[-16:]).replace(tzinfo=UTC) > datetime.now(UTC) + timedelta(days=29)
    (source,) = here.rows()
    assert source["budgets"][0] | {"resets": ""} == {
        "kind": "keyed_forum", "credential": "", "name": "calls", "unit": "calls", "used": 1.0, "most": 10.0,
        "reserve": 2.0, "left": None, "resets": "",
    }  # fmt: skip
    assert (source["every_s"], source["adapts"]) == (900, True)
    assert "1 of 10 calls used, resets" in saying("sources", "-c", here.config, "--format", "csv").out


def test_the_doctor_says_of_each_whether_it_works_and_what_mends_it(here, monkeypatch):
    here.place.says(
        "/rss",
        body=b"<rss version='2.0'><channel><title>Talk</title><item><guid>1</guid><title>Hi</title></item></channel></rss>",
    )
    here.write(
        "{token: '${FORUM_TOKEN}'}",
        "{token: '${WRONG}', credential: wrong}",
        more=f"  - name: feeds\n    sources: [{{rss: '{here.place.url}/rss'}}, {{rss: '{here.place.url}/none'}}, {{rss: 'http://nobody.invalid/x'}}]\n"
        "    clients: [{name: Arc Browser}]\n",
    )
    monkeypatch.setenv("WRONG", "t0k3n-that-is-wrong")
    said = saying("doctor", "-c", here.config, "--format", "jsonl")
    rows = {
        (row["kind"], row["credential"], row["scope"].rpartition("/")[2]): row
        for row in map(json.loads, said.out.splitlines())
    }
    seen = {
        key: (row["well"], row["reachable"], row["authorised"], row["brings"]) for key, row in rows.items()
    }
    assert seen == {
        ("keyed_forum", "", "all"): (True, "yes", "yes", "1 posts just now."),
        ("keyed_forum", "wrong", "all"): (False, "yes", "no", ""),
        ("rss", "", "rss"): (True, "yes", "not needed", "“Talk” has 1 entries."),
        ("rss", "", "none"): (False, "yes", "not needed", ""),
        ("rss", "", "x"): (False, "no", "not needed", ""),
    }
    assert list(rows) == [
        ("keyed_forum", "", "all"), ("keyed_forum", "wrong", "all"), ("rss", "", "none"), ("rss", "", "rss"), ("rss", "", "x"),
    ]  # fmt: skip
    assert said.code == 1
    assert said.err.strip() == "5 asked, 3 not well"
    assert "check the credential" in rows["keyed_forum", "wrong", "all"]["trouble"]
    assert "check the URL" in rows["rss", "", "none"]["trouble"]
    assert "nobody.invalid" in rows["rss", "", "x"]["trouble"]
    assert "t0k3n" not in said.out + said.err
    assert not Path(here.folder / "listener.db").exists()
    table = saying("doctor", "-c", here.config, "--client", "Mills Supply")
    assert (table.code, table.err.strip()) == (1, "2 asked, 1 not well")
    assert "0 of 10 calls used" in table.out
    assert "    127.0.0.1 refuses us (401): check the credential" in table.out


def test_a_doctor_that_finds_all_well_exits_with_0_counts_what_it_spends_and_stores_nothing(here):
    here.write("{token: '${FORUM_TOKEN}', name: The forum}")
    here.round()
    before = here.rows()[0]
    said = saying("doctor", "-c", here.config, "--kind", "keyed_forum", "--list", "key")
    assert (said.code, said.err.strip()) == (0, "1 asked, all well")
    assert "The forum" in said.out
    assert "2 of 10 calls used" in said.out
    after = here.rows()[0]
    assert after["budgets"][0]["used"] == 2
    without = {"budgets": 0}
    assert before | without == after | without


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "rss"), "no source is of the kind 'rss': there are keyed_forum"),
        (("--list", "none"), "there is no watch list 'none': there are key"),
        (("--client", "Nobody"), "there is no client 'Nobody'"),
    ],
)
def test_a_doctor_for_nothing_says_what_there_is(here, words, said):
    refused = saying("doctor", "-c", here.config, *words)
    assert refused.code == 2
    assert said in refused.err


def test_without_a_check_a_look_at_one_page_says_what_there_is(tmp_path, monkeypatch):
    monkeypatch.setenv("FORUM_TOKEN", TOKEN)
    with keyed_forum(tmp_path / "site", monkeypatch, checks=False), Place() as place:
        place.does("/all", _by_key)
        there = _Here(tmp_path, place)
        assert [row["brings"] for row in there.rows("doctor")] == ["It shows 1 item."]


def test_one_that_does_not_end_costs_no_other_and_a_bug_in_a_connector_its_own(here, caplog):
    from listener.app import Clock
    from listener.cli.eyes import eyes_of
    from listener.polling.examine import examine_all

    config = load.load(here.config, environ={"FORUM_TOKEN": TOKEN})
    (target,) = plan.targets(config)
    broken = replace(target, scope="broken", connector=replace(target.connector, check=lambda *_: 1 / 0))
    clock = Clock()
    with eyes_of(config, clock) as eyes:
        found = {one.target.scope: one for one in examine_all([target, broken], eyes, now=clock.now())}
        late = list(examine_all([target], eyes, now=clock.now(), together_s=0))
    assert found[target.scope].well
    assert found["broken"].trouble == "the connector keyed_forum has a fault (ZeroDivisionError)."
    assert [one.trouble for one in late] == ["there was no time left to ask it: try fewer clients at once."]


def test_a_place_that_is_asked_by_command_has_its_deleted_items_erased_within_the_budget(here):
    here.round()
    here.place.does("/all", answer(200, b"[]"))
    said = saying("recheck", "-c", here.config, "--format", "jsonl")
    (row,) = map(json.loads, said.out.splitlines())
    assert said.code == 0
    assert (row["asked"], row["erased"], row["trouble"]) == (1, 1, "")
    assert [one["text"] for one in here.rows("mentions")] == [""]
    assert here.rows()[0]["budgets"][0]["used"] == 2


def test_a_recheck_that_nobody_can_answer_says_who_could(here):
    said = saying("recheck", "-c", here.config, "--kind", "rss")
    assert said.code == 2
    assert (
        "no source of the kind rss can be asked what has become of its items; of this file, keyed_forum can"
        in said.err
    )
