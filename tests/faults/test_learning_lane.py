"""The daemon learns beside its rounds: what people correct is followed without a restart, and a child that dies costs nothing else."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, client, found, incoming
from places import Place
from running import FastClock, Running, until
from teaching import sentences
from world import rss, write_config

from listener.connector.apart import Apart
from listener.jobs.learning import MEMORY_MB, Learner, able_to_learn, loaded
from listener.polling.labelling import label
from listener.scoring.base import BaseScorer, version
from listener.store import mentions, tables
from listener.store.engine import open_database

pytestmark = pytest.mark.skipif(not able_to_learn(), reason="the extra learn is not installed")

PAIRS = dict(sentences(150))
UNDER_WAY, NEXT = "Mills: a pump gronked in the yard no 94", "Mills: my pump gronked near the river no 95"
LIST = "key-accounts"
WITHIN_S = 60.0


def correct(database, client_id):
    """Dana labels every mention as it should be."""
    with database.read() as connection:
        rows = connection.execute(
            sa.select(tables.mentions.c.id, tables.mentions.c.title, tables.mentions.c.text)
        )
        said = {one.id: PAIRS[one.title or one.text] for one in rows}
    for wanted in ("negative", "neutral", "positive"):
        ids = [one for one, label_ in said.items() if label_ == wanted]
        label(database, ids, wanted, client_id=client_id, who="dana", now=datetime.now(UTC))


def scored(database, title):
    """Label and scorer of the match of this mention, once it is stored."""
    query = (
        sa.select(tables.matches.c.label, tables.matches.c.scorer)
        .join(tables.mentions)
        .where(tables.mentions.c.title == title)
    )
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return row and tuple(row)


def test_a_running_daemon_follows_what_it_is_taught(tmp_path):
    items = [(f"item-{n}", text, f"writer{n}", datetime.now(UTC)) for n, text in enumerate(PAIRS)]
    with Place() as place:
        place.says("/talk.xml", body=rss(items))
        path = write_config(tmp_path, feeds=[place.url + "/talk.xml"], clients=["Mills"])
        with Running(path, clock=FastClock.starting(300)) as daemon:
            daemon.said("started ")
            with closing(open_database(f"sqlite:///{tmp_path}/listener.db")) as database:
                assert until(lambda: scored(database, items[-1][1]), within_s=WITHIN_S) == (
                    "neutral",
                    version(),
                )
                correct(database, "Mills")
                assert "taken over" in daemon.said("learned list=key-accounts", within_s=WITHIN_S)
                assert daemon.said("models-taken-over models=key-accounts.", within_s=WITHIN_S)
                for title in (UNDER_WAY, NEXT):  # a poll that was under way may still be the old scorer's
                    place.says("/talk.xml", body=rss([(title, title, "writer", datetime.now(UTC))]))
                    label_, scorer = until(lambda wanted=title: scored(database, wanted), within_s=WITHIN_S)
                assert label_ == "negative"
                assert scorer.startswith(f"{version()}+learned.")


@pytest.fixture
def corrected(sqlite_url):
    """A hundred and fifty mentions of Mills, each labelled by a person."""
    with closing(open_database(sqlite_url)) as database:
        with database.write() as connection:
            add_client(connection)
            items = [incoming(found(text=text), by=f"author:{n}") for n, text in enumerate(PAIRS)]
            target_id = add_target(connection)
            mentions.add(connection, items, target_id=target_id, kind="rss", backfill=frozenset(), now=NOW)
        correct(database, "mills")
        yield database


@pytest.mark.slow
def test_a_child_killed_in_the_middle_leaves_the_base_and_a_later_look_trains_again(corrected, monkeypatch):
    base, mills = BaseScorer(), [client("mills", watch_list=LIST)]
    monkeypatch.setenv("LISTENER_DIE_AT", "training")
    with closing(Apart(deadline_s=WITHIN_S, memory_mb=MEMORY_MB)) as apart:
        learner = Learner(database=corrected, runner=apart, clock=lambda: NOW)
        assert not learner.step(mills, base)
        assert loaded(corrected, base) == ({}, {})
        monkeypatch.delenv(
            "LISTENER_DIE_AT"
        )  # the child that waits already may have it still, the next one has not
        assert learner.step(mills, base) or learner.step(mills, base)
    assert loaded(corrected, base)[0][LIST].number == 1
