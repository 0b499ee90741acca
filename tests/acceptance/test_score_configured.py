"""`listener score -c FILE`: as the daemon of that configuration scores, with its clients, their cues and what was learned."""

import io
import json
import sys
from contextlib import closing

import pytest
from builders import NOW
from saying import in_a_sentence, saying

from listener.scoring import modelfile
from listener.scoring.base import version
from listener.scoring.learned import Model
from listener.store import models
from listener.store.engine import open_database

CONFIG = """\
database: "{url}"
allow_inline_secrets: true
watch_lists:
  - name: key-accounts
    sources: [hackernews]
    clients:
      - name: Mills
        id: mills-1
        aliases: [Super Lumber]
        cues: {{negative: [splinter*]}}
  - name: others
    sources: [hackernews]
    clients: [Acme]
"""
SPLINTERS = "Super Lumber planks splintered on Monday"


@pytest.fixture
def config(tmp_path, database_url):
    path = tmp_path / "listener.yaml"
    path.write_text(CONFIG.format(url=database_url), encoding="utf-8")
    return path


@pytest.fixture
def taught(config, database_url):
    """The configuration with a model that finds a complaint in everything, for the first list."""
    model = Model(base=version(), lean=1.0, start=(9, 0, 0), facts={}, grams={"words": {}, "letters": {}})
    with closing(open_database(database_url)) as database, database.write() as connection:
        models.add(
            connection,
            watch_list="key-accounts",
            last_correction_id=0,
            figures={"corrections": 20},
            content=modelfile.written(model),
            now=NOW,
        )
    return config


def scored(*words):
    done = saying("score", *words)
    in_a_sentence(done)
    assert done.code == 0, done.err
    return done.out


def streamed(monkeypatch, lines, *words):
    given = "".join(json.dumps(one) + "\n" for one in lines)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    return [json.loads(line) for line in scored("--jsonl", *words).splitlines()]


def test_a_client_s_other_names_and_cues_count(config):
    out = scored(SPLINTERS, "--client", "Mills", "-c", config)
    assert out.startswith("negative -0.")
    assert "  masked: Super Lumber\n" in out
    assert scored(SPLINTERS, "--client", "mills-1", "-c", config) == out


def test_what_was_learned_counts_for_the_clients_of_its_list(taught):
    out = scored("Mills opens on Monday", "--client", "Mills", "-c", taught)
    assert out.startswith("negative ")
    assert f"({version()}+learned.1)" in out
    assert "  learned from 20 corrections (model 1): neutral became negative\n" in out
    assert scored("Acme opens on Monday", "--client", "Acme", "-c", taught).startswith("neutral ")


def test_a_model_that_cannot_be_used_is_told_and_the_base_scores(taught, database_url):
    with closing(open_database(database_url)) as database, database.write() as connection:
        connection.execute(models.models.update().values(checksum="00"))
    done = saying("score", "Mills opens on Monday", "--client", "Mills", "-c", taught)
    assert (done.code, done.out.partition(" ")[0]) == (0, "neutral")
    assert "model 1 of key-accounts is not used, the base alone is: the model is damaged" in done.err


def test_before_there_is_a_database_the_base_scores_and_none_is_made(tmp_path):
    path = tmp_path / "listener.yaml"
    path.write_text(CONFIG.format(url=f"sqlite:///{tmp_path}/none.db"), encoding="utf-8")
    assert scored("Mills opens on Monday", "--client", "Mills", "-c", path).startswith("neutral ")
    assert [one.name for one in tmp_path.iterdir()] == ["listener.yaml"]


LINES = [
    {"id": 1, "text": SPLINTERS, "client": "Mills"},
    {"id": 2, "text": "Mills opens on Monday", "client": "mills-1"},
    {"id": 3, "text": "Acme opens on Monday", "client": "Acme"},
    {"id": 4, "text": "Globex opens on Monday", "client": "Globex"},
    {"id": 5, "text": "A shop opens on Monday"},
]


def test_of_a_stream_the_clients_of_the_configuration_are_scored_as_the_daemon_does(taught, monkeypatch):
    told = streamed(monkeypatch, LINES, "-c", taught)
    assert [one["label"] for one in told] == ["negative", "negative", "neutral", "neutral", "neutral"]
    assert "masked: Super Lumber" in told[0]["reasons"]
    assert told[1]["reasons"][-1].startswith("learned from 20 corrections")


def test_without_a_configuration_a_stream_knows_only_the_names(taught, monkeypatch):
    monkeypatch.setenv("LISTENER_CONFIG", str(taught))
    assert {one["label"] for one in streamed(monkeypatch, LINES)} == {"neutral"}


def test_corrections_of_a_file_and_a_configuration_do_not_go_together(config):
    done = saying("score", "--jsonl", "--corrections", "x.jsonl", "-c", config)
    assert (done.code, done.out) == (2, "")
    assert "--corrections goes without -c" in done.err
