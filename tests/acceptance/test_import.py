"""`listener import`: what it stores, what it says, and that it may be run again, killed, and run beside a daemon."""

from __future__ import annotations

import io
import json
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
from running import Running, until
from saying import heard, saying
from world import listener

from listener.store.engine import open_database
from listener.store.tables import identities, matches
from listener.store.tables import mentions as stored

CONFIG = """\
database: sqlite:///listener.db
web: {listen: "127.0.0.1:0"}
watch_lists:
  - {name: shops, sources: [hackernews], clients: [Mills, Acme]}
  - {name: banks, sources: [hackernews], clients: [Beta Bank]}
"""
ROWS = """\
id,text,author,published_at,rating
1,"Mills lost my order, twice",Ann,2026-01-05T10:00:00Z,1/5
2,Nothing about anybody,Bo,2026-01-06T10:00:00Z,3/5
3,Beta Bank and Mills are fine,Cy,2026-01-07T10:00:00Z,
4,A rating of nonsense,Di,2026-01-08T10:00:00Z,9/5
"""


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path / "config.yaml"


def brought(config, *words, file="rows.csv"):
    said = saying("import", str(config.parent / file), "-c", str(config), *words)
    return said.code, said.out.replace(f"{config.parent}/", ""), said.err


def test_queries_decide_and_what_matches_nobody_and_wrong_rows_are_told(config):
    code, out, err = brought(config)
    assert (code, err) == (1, "line 5 has a rating '9/5': write such as 4/5 or 80%\n")
    assert out == (
        "read 4 rows from rows.csv\n"
        "stored 2 new mentions as backfill: they wake nobody and count in no alert\n"
        "  Mills: 2 new matches\n"
        "  Beta Bank: 1 new match\n"
        "1 row about nobody here: with --client NAME all rows are about that client\n"
        "1 wrong row left out: mend them and import the file again\n"
    )
    assert {(one["client"], one["author"]) for one in heard(config)} == {
        ("Mills", "Ann"),
        ("Mills", "Cy"),
        ("Beta Bank", "Cy"),
    }
    with (
        closing(open_database(f"sqlite:///{config.parent}/listener.db")) as database,
        database.read() as connection,
    ):
        assert set(connection.execute(sa.select(matches.c.backfill)).scalars()) == {True}


def test_a_second_time_nothing_is_new(config):
    brought(config)
    code, out, _ = brought(config)
    assert "stored 0 new mentions" in out
    assert "2 rows stored before" in out
    assert code == 1


def test_with_a_client_every_row_is_about_it_and_with_a_list_only_its_clients_are_asked(config):
    _, out, _ = brought(config, "--client", "Acme")
    assert "  Acme: 3 new matches\n" in out
    _, out, _ = brought(config, "--list", "banks", "--kind-name", "trustpilot")
    assert "  Beta Bank: 1 new match\n" in out
    assert "Mills" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--list", "nobody"), "there is no watch list 'nobody'"),
        (("--client", "nobody"), "there is no client 'nobody'"),
        (("--kind-name", "No Kind"), "'No Kind' is no kind: write small letters"),
    ],
)
def test_words_that_name_nothing_are_wrong(config, words, said):
    code, _, err = brought(config, *words)
    assert code == 2
    assert said in err


def test_a_file_that_cannot_be_read_is_wrong(config):
    (config.parent / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert brought(config, file="none.csv")[0] == 2
    code, _, err = brought(config, file="other.csv")
    assert code == 2
    assert "line 1 has no column text or title, but a, b: name the columns there" in err


def test_json_lines_come_by_standard_input(config, monkeypatch):
    lines = "".join(json.dumps({"text": f"Mills again, {n}"}) + "\n" for n in range(3)) + "nonsense\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    said = saying("import", "-", "-c", config)
    assert said.code == 1
    assert "read 4 rows from standard input\nstored 3 new mentions" in said.out
    assert "line 4 is no JSON" in said.err


def counted(config):
    with (
        closing(open_database(f"sqlite:///{config.parent}/listener.db")) as database,
        database.read() as connection,
    ):
        return tuple(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (stored, matches, identities)
        )


@pytest.mark.parametrize("point", ["importing:2", pytest.param("store.committed:2", marks=pytest.mark.slow)])
def test_killed_at_any_page_and_run_again_it_comes_to_the_same(config, point):
    """The process ends itself without a word at one page's commit, then at the next one's."""
    rows = "".join(f"{n},Mills lost order {n},Writer {n},,\n" for n in range(1_200))
    (config.parent / "rows.csv").write_text("id,text,author,published_at,rating\n" + rows, encoding="utf-8")
    died = listener(
        "import", str(config.parent / "rows.csv"), "-c", str(config), check=False, LISTENER_DIE_AT=point
    )
    assert died.returncode == -9
    there = {"importing:2": 500, "store.committed:2": 1_000}[point]
    assert counted(config)[:2] == (there, there)
    assert brought(config)[0] == 0
    assert counted(config)[:2] == (1_200, 1_200)


def test_beside_a_daemon_both_go_on(config):
    text = CONFIG.replace("[hackernews]", "[{files: inbox}]")
    config.write_text(text, encoding="utf-8")
    inbox = config.parent / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text("id,text\n77,Mills from the folder\n", encoding="utf-8")
    with Running(config) as daemon:
        daemon.said("listening")
        assert brought(config)[0] == 1
        until(lambda: "Mills from the folder" in texts(config), within_s=30)
    assert texts(config) == {
        "Mills lost my order, twice",
        "Beta Bank and Mills are fine",
        "Mills from the folder",
    }


def texts(config):
    return {one["text"] for one in heard(config)}
