"""`listener explain` as a person meets it: a text, a stored mention, the nearest misses."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from places import Place
from saying import heard, in_a_sentence, saying
from world import listener, rss

from listener.store import tables
from listener.store.engine import open_database

NOW = datetime.now(UTC)
CONFIG = """\
database: sqlite:///listener.db
network: {{allow_private: ["{place}"]}}
watch_lists:
  - name: key-accounts
    notify: []
    sources:
      - rss: {{url: "http://{place}/talk.xml", every: 5m, name: Talk of the town}}
    clients:
      - {{name: Mills, query: '{mills}'}}
      - {{name: Square, query: square, context: {{any_of: [till, payments], none_of: [feet]}}}}
      - {{name: Supply, query: '@mills OR supply'}}
      - name: Acme
        query: acme
        sources:
          - rss: {{url: "http://{place}/acme.xml", every: 5m}}
"""
SAYS = [
    ("one", "Mills never sent my refund", "ann", NOW - timedelta(hours=1)),
    ("two", "The Square till is down, says Mills of the refund", "bob", NOW - timedelta(hours=1)),
]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """What two sources said is stored; `changed` is the configuration of a day later, which asks for less."""
    folder = tmp_path_factory.mktemp("explaining")
    with Place() as place:
        config, changed = folder / "config.yaml", folder / "changed.yaml"
        config.write_text(CONFIG.format(place=place.host, mills="Mills refund -Hayley"), encoding="utf-8")
        changed.write_text(CONFIG.format(place=place.host, mills="Mills refund -never"), encoding="utf-8")
        place.says("/talk.xml", rss(SAYS))
        place.says("/acme.xml", rss([("three", "We open a shop", "acme", NOW)]))
        listener("run", "-c", str(config), "--once")
        ids = {row["url"].rpartition("/")[2]: row["id"] for row in heard(config)}
        yield type(
            "Town",
            (),
            {"config": config, "changed": changed, "ids": ids, "url": f"sqlite:///{folder}/listener.db"},
        )()


def told(config, *words):
    """The objects that `--format jsonl` prints, by client."""
    done = saying("explain", "-c", config, "--format", "jsonl", *words)
    assert done.code == 0, done.err
    rows = [json.loads(line) for line in done.out.splitlines()]
    return {row["client"]: row for row in rows}


def test_a_text_is_explained_with_what_decided_and_what_the_nearest_lacked(town):
    text = "Mills gives a refund per square, says @millssupply"
    assert saying("explain", "-c", town.config, text).out == (
        "Mills matches: says “Mills” and “refund”, not “Hayley”\n"
        "    decided by: Mills AND refund AND NOT Hayley\n"
        "    [[Mills]] gives a [[refund]] per square, says @millssupply\n"
        "Square does not match: none of its context words (till, payments) stands there\n"
        "    failed: till OR payments\n"
        "    Mills gives a refund per [[square]], says @millssupply\n"
        "Supply does not match: “@mills” stands only inside “@millssupply”\n"
        "    failed: @mills OR supply\n"
        "    Mills gives a refund per square, says @millssupply\n"
        "1 more client is farther off\n"
    )


def test_what_must_not_stand_there_is_marked_apart(town):
    shown = saying("explain", "-c", town.config, "--client", "Mills", "Mills refund by Hayley").out
    assert "“Hayley” stands there and must not" in shown
    assert "[[Mills]] [[refund]] by {{Hayley}}" in shown


def test_a_client_that_is_asked_for_is_told_however_far_off_it_is(town):
    shown = saying("explain", "-c", town.config, "--client", "Acme", "nothing of the kind").out
    assert shown.startswith("Acme does not match: “acme” is missing\n")


def test_a_text_about_nobody_says_so(town):
    shown = saying("explain", "-c", town.config, "nothing of the kind").out
    assert shown == "no client matches, and none nearly does: 4 were asked\n"


def test_json_lines_tell_every_client_the_matches_first(town):
    rows = told(town.config, "Mills refund")
    assert next(iter(rows)) == "Mills"
    assert set(rows) == {"Mills", "Square", "Supply", "Acme"}
    assert rows["Mills"]["spans"] == [
        {"start": 0, "end": 5, "term": "Mills", "excluded": False},
        {"start": 6, "end": 12, "term": "refund", "excluded": False},
    ]
    assert (rows["Acme"]["matched"], rows["Acme"]["lacking"]) == (False, ["“acme” is missing"])


def test_the_title_counts_with_the_text(town):
    done = saying("explain", "-c", town.config, "--client", "Mills", "no refund", "--title", "Mills again")
    assert "Mills matches" in done.out
    assert "    [[Mills]] again\n    no [[refund]]\n" in done.out


def test_other_fields_of_a_text_can_be_given(tmp_path):
    config = tmp_path / "config.yaml"
    query = "mills author:jane site:globe.example lang:fr followers:>10 domain:shop.example kind:rss source:town url:/1"
    config.write_text(
        f"database: sqlite:///x.db\nwatch_lists: [{{name: k, notify: [], sources: [{{rss: {{url: 'https://x.example/', every: 5m}}}}], clients: [{{name: M, query: '{query}'}}]}}]\n",
        encoding="utf-8",
    )
    given = ["--author", "@jane", "--url", "https://globe.example/1", "--lang", "fr", "--followers", "11"]
    more = ["--link", "https://shop.example/x", "--kind", "rss", "--source", "Talk of the town"]
    assert told(config, "mills", *given, *more)["M"]["matched"]
    assert told(config, "mills", *given)["M"]["distance"] == 3


def test_a_stored_mention_is_told_with_why_it_was_stored(town):
    shown = saying("explain", "-c", town.config, town.ids["one"]).out
    first, url, why, clause, text, *_ = shown.splitlines()
    assert re.fullmatch(
        rf"mention {town.ids['one']} of \d{{4}}-\d\d-\d\d \d\d:\d\d, rss Talk of the town", first
    )
    assert url == "    https://news.example/one"
    assert why == "Mills, stored: says “Mills” and “refund”, not “Hayley”"
    assert clause == "    decided by: Mills AND refund AND NOT Hayley"
    assert text == "    [[Mills]] never sent my [[refund]]"
    assert "now:" not in shown


def test_the_explanation_that_is_stored_is_that_of_the_text(town):
    row = told(town.config, town.ids["one"])["Mills"]
    assert row["mention"] == town.ids["one"]
    assert row["stored"] == {
        "reason": row["reason"],
        "clause": row["clause"],
        "spans": [[mark["start"], mark["end"], mark["term"]] for mark in row["spans"]],
    }


def test_a_client_whose_context_decided_is_stored_with_it(town):
    assert told(town.config, town.ids["two"])["Square"]["stored"]["reason"] == (
        "says “square”; “till” is its context"
    )


def test_what_the_present_configuration_says_otherwise_is_told_beside_it(town):
    shown = saying("explain", "-c", town.changed, town.ids["one"]).out
    assert "Mills, stored: says “Mills” and “refund”, not “Hayley”\n" in shown
    assert "    now: does not match: “never” stands there and must not\n" in shown


def test_what_was_kept_stays_as_it_was_when_the_query_changes_and_the_item_is_seen_again(town):
    before = told(town.config, town.ids["one"])["Mills"]["stored"]
    listener("run", "-c", str(town.changed), "--once", "--all")
    assert told(town.changed, town.ids["one"])["Mills"]["stored"] == before


def test_what_comes_from_a_place_of_the_client_was_stored_without_its_query(town):
    shown = saying("explain", "-c", town.config, town.ids["three"], "--client", "Acme").out
    assert "Acme, stored: from the client's own place\n" in shown
    assert "now:" not in shown
    assert told(town.config, town.ids["three"])["Acme"]["stored"] == {"reason": "from the client's own place"}


def test_a_source_that_is_not_read_for_a_client_is_told(town):
    row = told(town.config, town.ids["three"])["Mills"]
    assert (row["source_is_read_for_it"], row["stored"]) == (False, None)


def test_what_a_person_said_is_told(town):
    said = {"mention_id": town.ids["two"], "client_id": "mills", "about": False, "who": "jo", "at": NOW}
    database = open_database(town.url)
    with database.write() as connection:
        ids = dict(connection.execute(sa.select(tables.clients.c.name, tables.clients.c.id)).all())
        connection.execute(sa.insert(tables.marked).values({**said, "client_id": ids["Mills"]}))
    database.close()
    shown = saying("explain", "-c", town.config, town.ids["two"]).out
    assert f"    jo said on {NOW:%Y-%m-%d %H:%M} that it is not about Mills\n" in shown
    assert told(town.config, town.ids["two"])["Mills"]["marked"]["who"] == "jo"


def test_a_number_is_a_text_where_that_is_said(town):
    assert saying("explain", "-c", town.config, "--text", "17").out.startswith("no client matches")
    assert saying("explain", "-c", town.config, "17", "--title", "Mills refund").out.startswith(
        "Mills matches"
    )


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["999999"], 1, "there is no mention 999999"),
        (["9" * 400], 1, "there is no mention 9999"),
        (["text", "--client", "Mils"], 2, "there is no client 'Mils'"),
        ([""], 2, "there is no text"),
        ([" \t"], 2, "there is no text"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(town, words, code, says):
    done = saying("explain", "-c", town.config, *words)
    assert (done.code, done.out) == (code, "")
    assert says in in_a_sentence(done)


def test_hostile_text_never_speaks_to_the_terminal(town):
    text = "Mills \x1b[31mrefund\x1b[0m \u009b2J \u202etxt.exe\u202c \x07 end\nof it"
    shown = saying("explain", "-c", town.config, "--title", "a\x1b]0;owned\x07", text).out
    assert "txt.exe" in shown
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", shown) == []


def test_of_a_long_text_only_what_stands_around_the_marks_is_shown(town):
    text = "word " * 500 + "Mills " + "word " * 500 + "refund " + "word " * 500
    shown = saying("explain", "-c", town.config, "--client", "Mills", text).out
    assert "[[Mills]]" in shown
    assert "[[refund]]" in shown
    assert len(shown) < 1000
