"""`listener rescore` on SQLite and on PostgreSQL: what it shows, what it writes, and what stays as it was."""

import json
import re
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa
from heardof import BAD, CONFIG, DAY, GOOD, HOUR, NOW, HeardOf
from saying import in_a_sentence, saying

from listener.app import make_scorer
from listener.domain.voices import decided
from listener.scoring import modelfile
from listener.scoring.base import version
from listener.scoring.learned import Model
from listener.store import models, tables
from listener.store.engine import open_database
from listener.store.matches import bucket
from listener.store.voices import as_testimony

PRESENT = make_scorer().version


@pytest.fixture
def heard(database_url, tmp_path):
    """Two crowds about Mills that the old scorer labelled the wrong way round, and some of each that it got right."""
    made = HeardOf(database_url, tmp_path)
    made.came(GOOD, 12, at=NOW - 10 * DAY, label="negative")
    made.came(BAD, 9, at=NOW - 5 * DAY, label="neutral")
    made.came(BAD, 4, client="Acme", at=NOW - 3 * DAY, label="negative", every=13 * HOUR)
    made.came(GOOD, 2, client="Globex", at=NOW - 2 * HOUR, label="unknown")
    return made


def rescored(heard, *words):
    done = saying("rescore", "-c", heard.config, *words)
    in_a_sentence(done)
    assert done.code == 0, done.err
    return done


def objects(heard, *words):
    return [json.loads(line) for line in rescored(heard, "--format", "jsonl", *words).out.splitlines()]


def labels(heard, client):
    found = [one for one in heard.rows(tables.matches) if one["client_id"] == client]
    return [one["label"] for one in found]


def test_it_shows_how_labels_move_and_which_incidents_would_be_others(heard):
    number = heard.incident(at=NOW - 10 * DAY, people=12)
    out = rescored(heard).out
    assert f"27 matches of 3 clients scored anew by {PRESENT}: 23 get another label" in out
    assert re.search(r"^from, to → +negative +neutral +positive +unknown$", out, re.MULTILINE)
    assert re.search(r"^negative +4 +0 +12 +0$", out, re.MULTILINE)
    assert re.search(r"^neutral +9 +0 +0 +0$", out, re.MULTILINE)
    assert "incidents by negative_spike, replayed: 1 before, 1 now" in out
    gone = rf"^  - Mills [\d: -]+ \(incident {number}\): \d+ → 0 people, would not have been told$"
    assert re.search(gone, out, re.MULTILINE)
    assert re.search(r"^  \+ Mills [\d: -]+: 0 → \d+ people, would have been told$", out, re.MULTILINE)
    assert out.count("  was ") == out.count("  now ") == 3
    assert "  was unknown: says “Mills”; words: of the old scorer" in out
    assert f"27 matches have their label from {PRESENT} now" in out


def test_labels_voices_and_counts_follow_and_why_a_match_is_about_the_client_stays(heard):
    rescored(heard)
    assert labels(heard, "Mills") == ["positive"] * 12 + ["negative"] * 9
    stored = heard.rows(tables.matches)
    assert {one["scorer"] for one in stored} == {PRESENT}
    assert {one["reasons"][0] for one in stored} == {"says “Mills”"}
    assert all(len(one["reasons"]) > 1 and "old scorer" not in str(one["reasons"]) for one in stored)
    assert_the_books_agree(heard)


def assert_the_books_agree(heard):
    """Voices are what the labels make of them, and every bucket is the sum of its matches."""
    with closing(open_database(heard.url)) as database, database.read() as connection:
        rows = connection.execute(
            sa.select(tables.matches, tables.mentions.c.witness, tables.mentions.c.story_id)
            .join(tables.mentions)
            .order_by(tables.matches.c.id)
        ).all()
    for client in ("Mills", "Acme", "Globex"):
        ours = [one for one in rows if one.client_id == client]
        counted = [one for one in ours if not one.backfill]
        lines = [replace(as_testimony(one), voice=False) for one in ours]
        assert [one.voice for one in ours] == decided(lines, ())
        for counts in heard.rows(tables.counts):
            if counts["client_id"] != client:
                continue
            inside = [one for one in counted if bucket(one.counted_at) == counts["bucket_at"]]
            for label in ("negative", "neutral", "positive", "unknown"):
                assert counts[label] == sum(one.label == label and not one.own for one in inside)
            assert counts["voices"] == sum(one.voice for one in inside)
            assert counts["mentions"] == len(inside)


def test_a_dry_run_shows_the_same_and_writes_nothing(heard):
    before = heard.dump()
    dry = rescored(heard, "--dry-run").out
    assert heard.dump() == before
    assert "nothing was written: this was a dry run" in dry
    written = rescored(heard).out
    assert dry.partition("nothing was written")[0] == written.rpartition("27 matches have")[0]


def test_what_has_the_present_version_already_is_skipped(heard):
    rescored(heard)
    before = heard.dump()
    again = rescored(heard).out
    assert "0 matches of 3 clients scored anew" in again
    assert "  27 labelled by it already" in again
    assert "incidents by negative_spike, replayed: 1 before, 1 now" in again
    assert heard.dump() == before


def test_past_incidents_stay_as_they_were_and_the_audit_says_which_would_be_others(heard):
    heard.incident(at=NOW - 10 * DAY, people=12)
    before = heard.rows(tables.incidents), heard.rows(tables.outbox)
    rescored(heard)
    assert (heard.rows(tables.incidents), heard.rows(tables.outbox)) == before
    began, ended = heard.rows(tables.audit)
    assert (began["what"], ended["what"]) == ("began to rescore", "rescored")
    assert began["detail"]["scorer"] == PRESENT
    assert began["detail"]["labels"]["negative"] == {"negative": 4, "positive": 12}
    gone, new = began["detail"]["incidents"]
    assert (gone["incident"], gone["told_before"], gone["told_now"], gone["people_now"]) == (
        1,
        True,
        False,
        0,
    )
    assert (new["incident"], new["told_before"], new["told_now"]) == (None, False, True)
    assert ended["detail"] == {"scorer": PRESENT, "written": 27, "left": 0}


def test_one_client_one_list_or_a_stretch_of_time_can_be_asked_for(heard):
    def asked(*words):
        return {one["client"]: one["anew"] for one in objects(heard, "--dry-run", *words)}

    assert asked() == {"Mills": 21, "Acme": 4, "Globex": 2}
    assert asked("--client", "Acme") == {"Acme": 4}
    assert asked("--list", "loud") == {"Mills": 21, "Acme": 4}
    assert asked("--list", "loud", "--client", "Mills", "--since", "7d") == {"Mills": 9}
    assert asked("--since", "3h") == {"Mills": 0, "Acme": 0, "Globex": 2}


def test_json_lines_tell_each_client_by_itself(heard):
    mills, acme, globex, written = objects(heard)
    assert mills["labels"] == {"negative": {"positive": 12}, "neutral": {"negative": 9}}
    assert (mills["changed"], mills["incidents_before"], mills["incidents_now"]) == (21, 1, 1)
    assert [one["now"]["label"] for one in mills["samples"]] == ["positive", "negative"]
    assert (mills["samples"][0]["id"], mills["samples"][1]["id"]) == (12, 21)
    assert mills["samples"][0]["was"]["reasons"][1] == "words: of the old scorer"
    assert (acme["labels"], acme["samples"], acme["incidents"]) == ({"negative": {"negative": 4}}, [], [])
    assert globex["labels"] == {"unknown": {"positive": 2}}
    assert written == {"scorer": PRESENT, "written": 27, "left": 0}


def test_what_has_no_text_any_more_or_no_client_keeps_its_label(heard):
    with closing(open_database(heard.url)) as database, database.write() as connection:
        connection.execute(
            sa.update(tables.mentions).where(tables.mentions.c.id < 4).values(text="", title=None)
        )
    heard.write(CONFIG.replace("{name: Mills}, {name: Acme}", "{name: Mills}"))
    out = rescored(heard).out
    assert "  3 without a text any more, whose label stays" in out
    assert "  4 of clients that left the file, whose label stays" in out
    assert labels(heard, "Mills")[:4] == ["negative", "negative", "negative", "positive"]
    assert labels(heard, "Acme") == ["negative"] * 4
    assert_the_books_agree(heard)


def test_the_models_that_count_are_used_each_for_its_list(heard):
    keep_a_model(heard, "loud", base=version())
    keep_a_model(heard, "calm", base="another base")
    done = rescored(heard)
    assert "model 1 of calm is not used, the base alone is" in done.err
    by_client = {one["client_id"]: one for one in heard.rows(tables.matches)}
    assert by_client["Mills"]["scorer"] == f"{version()}+learned.1"
    assert by_client["Mills"]["reasons"][-1].startswith("learned from 20 corrections (model 1)")
    assert by_client["Globex"]["scorer"] == version()
    assert "  27 labelled by it already" in rescored(heard).out


def keep_a_model(heard, watch_list, *, base):
    """One that says what the base says."""
    model = Model(base=base, lean=0.0, start=(0, 0, 0), facts={}, grams={"words": {}, "letters": {}})
    with closing(open_database(heard.url)) as database, database.write() as connection:
        models.add(
            connection,
            watch_list=watch_list,
            last_correction_id=0,
            figures={"corrections": 20},
            content=modelfile.written(model),
            now=NOW,
        )


def test_what_a_person_said_stays(heard):
    first = heard.rows(tables.matches)[0]
    done = saying("label", first["mention_id"], "neutral", "--who", "dana", "-c", heard.config)
    assert done.code == 0, done.err
    before = heard.rows(tables.matches)[0]
    out = rescored(heard).out
    assert "26 matches of 3 clients scored anew" in out
    assert "  1 labelled by a person, which stays" in out
    assert heard.rows(tables.matches)[0] == before
    assert labels(heard, "Mills")[:2] == ["neutral", "positive"]
    assert_the_books_agree(heard)


def test_own_words_and_backfill_are_labelled_but_are_no_complaints(heard):
    heard.came(BAD, 5, client="Globex", at=NOW - HOUR, label="neutral", own=True)
    heard.came(BAD, 5, client="Globex", at=NOW - HOUR, label="neutral", backfill=True)
    globex = objects(heard, "--client", "Globex")[0]
    assert (globex["changed"], globex["incidents_before"], globex["incidents_now"]) == (12, 0, 0)
    assert labels(heard, "Globex") == ["positive"] * 2 + ["negative"] * 10
    assert_the_books_agree(heard)


def test_it_goes_on_beside_a_daemon_that_leads(heard):
    with closing(open_database(heard.url)) as database, database.lead():
        assert "27 matches have their label" in rescored(heard).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--client", "Nobody"), "there is no client 'Nobody'"),
        (("--list", "none"), "there is no watch list 'none'"),
        (("--client", "Mills", "--list", "calm"), "Mills is not in the watch list calm"),
        (("--since", "soon"), "90m, 24h, 7d"),
    ],
)
def test_a_wrong_word_is_told_and_nothing_is_written(tmp_path, sqlite_url, words, says):
    heard = HeardOf(sqlite_url, tmp_path)
    before = heard.dump()
    done = saying("rescore", "-c", heard.config, *words)
    assert (done.code, says in in_a_sentence(done)) == (2, True)
    assert heard.dump() == before


def test_an_empty_history_has_nothing_to_label(tmp_path, sqlite_url):
    heard = HeardOf(sqlite_url, tmp_path)
    assert "0 matches of 3 clients scored anew" in rescored(heard).out
    assert heard.rows(tables.audit) == []
