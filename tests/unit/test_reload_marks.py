"""The marks beside the configuration count as the configuration does: a change of them is taken over, and asks anew."""

from __future__ import annotations

import os
from datetime import timedelta

from builders import NOW, client, found
from world import write_config

from listener.app import file_stamp, opened
from listener.config import load
from listener.config.marks import Marks, beside, rendered, with_context
from listener.connector.target import Target
from listener.domain.client import Context
from listener.domain.item import item_of
from listener.store import configured

CLIENTS = ["Globex", "Initech"]


def accept(path, *terms):
    beside(path).write_text(rendered(with_context(Marks(), "Globex", none_of=terms)), encoding="utf-8")


def test_a_mark_that_is_written_beside_the_file_is_taken_over(tmp_path):
    path = write_config(tmp_path, feeds=["http://127.0.0.1:9/a.xml"], clients=CLIENTS)
    item = item_of(found("Globex rocket"), kind="rss", source="")
    with opened(load.load(path, environ=os.environ)) as app:
        assert [match.client_id for match in app.plan.intake.percolator.matches(item)] == ["Globex"]
        accept(path, "rocket")

        taken = app.reload(False)

        assert taken is not None
        assert taken.intake.percolator.matches(item) == ()
        assert app.reload(False) is None


def test_a_broken_file_of_marks_changes_nothing(tmp_path):
    path = write_config(tmp_path, feeds=["http://127.0.0.1:9/a.xml"], clients=CLIENTS)
    with opened(load.load(path, environ=os.environ)) as app:
        beside(path).write_text("clients: [", encoding="utf-8")

        assert app.reload(False) is None
        assert len(app.plan.clients) == 2


def test_the_stamp_changes_with_either_file(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("")
    alone = file_stamp(path)
    accept(path, "rocket")
    both = file_stamp(path)
    beside(path).unlink()

    assert alone != both
    assert file_stamp(path) == alone


def test_a_client_with_another_context_is_asked_for_anew(database):
    later = NOW + timedelta(days=1)
    for at, context in (
        (NOW, Context(any_of=("lumber", "store"))),
        (later, Context(any_of=("store", "lumber"))),
    ):
        sync(database, client(context=context), at=at)
    assert asked(database) == NOW, "the order of its terms is no change"
    sync(database, client(context=Context(any_of=("lumber",))), at=later)
    assert asked(database) == later


def test_without_a_context_the_query_is_kept_as_it_always_was():
    assert client(query="mills OR supply").asked == "mills OR supply"


def sync(database, one, *, at):
    wanted: list[Target] = []
    with database.write() as connection:
        configured.sync(connection, wanted, [one], at)


def asked(database):
    with database.read() as connection:
        return configured.asked(connection)["mills"]
