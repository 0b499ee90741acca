"""What was learned, as it is kept: versions that take each other's place, and the way back. And when learning is due."""

import logging
import sys
from dataclasses import asdict
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming
from teaching import Warm, sentences

from listener.connector.apart import Inline
from listener.connector.contract import TryLater
from listener.jobs.learning import Learner, due, learn, loaded
from listener.polling.labelling import label
from listener.scoring.base import BaseScorer
from listener.scoring.figures import Figures
from listener.store import mentions, models
from listener.store.tables import models as rows

LIST = "key-accounts"
MILLS = client("mills")
BASE = BaseScorer()


def add(connection, content=None, *, last=0, figures=None):
    return models.add(
        connection,
        watch_list=LIST,
        last_correction_id=last,
        figures=figures or {"corrections": 40},
        content=content,
        now=NOW,
    )


def active(connection):
    return [(one.version, one.text) for one in models.active(connection)]


def test_a_model_that_is_taken_over_takes_the_place_of_the_one_before(database):
    with database.write() as connection:
        assert add(connection, ("one", "1")) == 1
        before = models.stamp(connection)
        assert add(connection) == 2
        assert active(connection) == [(1, "one")]
        assert models.stamp(connection) == before
        assert add(connection, ("three", "3")) == 3
        assert active(connection) == [(3, "three")]
        assert models.stamp(connection) != before
        assert models.newest(connection, LIST).version == 3
        assert models.newest(connection, "others") is None


def test_the_way_back_leads_from_model_to_model_and_to_the_base(database):
    with database.write() as connection:
        add(connection, ("one", "1"))
        add(connection)
        add(connection, ("three", "3"))
        assert models.roll_back(connection, LIST) == (3, 1)
        assert active(connection) == [(1, "one")]
        assert models.roll_back(connection, LIST) == (1, None)
        assert models.roll_back(connection, LIST) == (None, None)
        assert active(connection) == []


def test_of_old_models_the_figures_stay(database):
    with database.write() as connection:
        for number in range(models.KEPT + 3):
            add(connection, (f"model {number}", "x"))
        kept = connection.execute(sa.select(rows.c.content, rows.c.figures).order_by(rows.c.version)).all()
        assert sum(one.content is not None for one in kept) == models.KEPT
        assert all(one.figures for one in kept)


@pytest.fixture
def labelled(database):
    """A hundred and twenty mentions of Mills, each with what a person says it says."""
    pairs = sentences(120)
    with database.write() as connection:
        add_client(connection)
        target = add_target(connection)
        items = [
            incoming(found(text=text, language="en"), by=f"author:{n}") for n, (text, _) in enumerate(pairs)
        ]
        mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=NOW)
        texts = dict(connection.execute(sa.text("select id, text from mentions")).all())
    wanted = dict(pairs)
    for label_ in ("negative", "neutral", "positive"):
        ids = [one for one, text in texts.items() if wanted[text] == label_]
        label(database, ids, label_, client_id="mills", who="dana", now=NOW)
    return database


def taught(database):
    return learn(database, [MILLS], LIST, Inline(), base=BASE, who="dana", now=NOW)


def test_it_learns_what_people_said_and_the_model_counts(labelled):
    assert due(labelled, [MILLS], BASE) == {LIST: 120}
    made = taught(labelled)
    assert made.figures.taken
    usable, unusable = loaded(labelled, BASE)
    assert (usable[LIST].number, usable[LIST].corrections, unusable) == (1, 120, {})
    assert due(labelled, [MILLS], BASE) == {}


def test_it_is_due_again_after_enough_new_corrections_or_under_another_base(labelled):
    taught(labelled)
    label(labelled, list(range(1, 20)), "neutral", client_id="mills", who="eve", now=NOW)
    assert due(labelled, [MILLS], BASE) == {}
    label(labelled, [20], "neutral", client_id="mills", who="eve", now=NOW)
    assert due(labelled, [MILLS], BASE) == {LIST: 140}
    with labelled.write() as connection:
        figures = {**asdict(Figures(corrections=140, texts=140)), "scorer": "base.0"}
        add(connection, last=140, figures=figures)
    assert due(labelled, [MILLS], BASE) == {LIST: 140}
    assert due(labelled, [client("mills", watch_list="others")], BASE) == {}


def test_what_was_learned_on_one_base_is_not_used_on_another_and_is_learned_anew(labelled):
    warm = Warm()
    taught(labelled)
    assert due(labelled, [MILLS], warm) == {LIST: 120}
    usable, unusable = loaded(labelled, warm)
    assert usable == {}
    assert "and this is warm.1" in unusable[LIST]
    made = learn(labelled, [MILLS], LIST, Inline(), base=warm, who="dana", now=NOW)
    assert (made.number, made.figures.taken) == (2, True)
    assert loaded(labelled, warm)[0][LIST].model.base == "warm.1"
    assert due(labelled, [MILLS], warm) == {}
    assert due(labelled, [MILLS], BASE) == {LIST: 120}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"content": "{}"}, "damaged"),
        ({"content": None, "checksum": None}, "damaged"),
        ({"checksum": "00"}, "damaged"),
    ],
)
def test_a_model_that_was_touched_is_not_used_and_the_reason_is_told(labelled, change, why):
    taught(labelled)
    with labelled.write() as connection:
        connection.execute(sa.update(rows).values(**change))
    usable, unusable = loaded(labelled, BASE)
    assert usable == {}
    assert unusable[LIST].startswith(f"model 1 of {LIST} is not used, the base alone is: ")
    assert why in unusable[LIST]


class Overwhelmed:
    """A child that is killed each time."""

    def __init__(self):
        self.runs = 0

    def run(self, *_, deadline_s=None):  # noqa: ARG002 - the contract
        self.runs += 1
        raise TryLater("too long")

    def close(self):
        pass


def test_the_daemon_learns_by_itself_and_then_has_nothing_to_do(labelled):
    learner = Learner(database=labelled, runner=Inline(), clock=lambda: NOW + timedelta(hours=1))
    assert learner.step([MILLS], BASE)
    assert not learner.step([MILLS], BASE)
    assert loaded(labelled, BASE)[0][LIST].number == 1


def test_the_daemon_tries_what_was_cut_off_three_times_and_then_waits_for_more(labelled):
    child = Overwhelmed()
    learner = Learner(database=labelled, runner=child, clock=lambda: NOW)
    assert [learner.step([MILLS], BASE) for _ in range(5)] == [False] * 5
    assert child.runs == 3
    label(labelled, [1], "unknown", client_id="mills", who="eve", now=NOW)
    learner.step([MILLS], BASE)
    assert child.runs == 4


def test_without_the_extra_the_log_says_once_what_to_install(labelled, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    learner = Learner(database=labelled, runner=Inline(), clock=lambda: NOW)
    with caplog.at_level(logging.WARNING):
        assert [learner.step([MILLS], BASE) for _ in range(3)] == [False] * 3
    (line,) = [one.getMessage() for one in caplog.records]
    assert line.startswith("cannot-learn ")
    assert f"lists={LIST}" in line
    assert "pip install 'client-listener[learn]'" in line
    assert loaded(labelled, BASE) == ({}, {})
