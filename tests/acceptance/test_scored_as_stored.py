"""However a match is stored, it has its scorer with the version, and the reasons: why it is about the client, then the scorer's."""

from datetime import UTC, datetime

import pytest
from places import Place
from saying import heard, saying
from world import listener, rss, write_config

from listener.app import make_scorer

ITEMS = [
    ("1", "Mills and Acme never sent my refund, terrible service", "ann", datetime.now(UTC)),
    ("2", "A town without a company: terrible weather", "bob", datetime.now(UTC)),
]


@pytest.fixture
def config(tmp_path, database_url):
    """What one round brought of Mills; Acme joined after it, and found what was stored; a person marked one as about Acme."""
    with Place() as place:
        feed = place.url + "/feed.xml"
        place.says("/feed.xml", body=rss(ITEMS[:1]))
        more = {"feeds": [feed], "database": database_url}
        path = write_config(tmp_path, clients=["Mills"], **more)
        listener("run", "-c", str(path), "--once")
        write_config(tmp_path, clients=["Mills", "Acme"], **more)
        listener("run", "-c", str(path), "--once")
    (stored,) = heard(path, "--client", "Acme")
    for words in ("--not-about", "--about"):
        assert saying("mark", stored["id"], words, "Mills", "--who", "dana", "-c", path).code == 0
    return path


def test_each_way_of_storing_keeps_scorer_and_reasons_so_that_rescoring_finds_nothing_to_do(config):
    rows = {one["client"]: one for one in heard(config)}
    assert set(rows) == {"Mills", "Acme"}
    assert rows["Acme"]["backfill"]
    for client, about in (("Acme", "says “Acme”"), ("Mills", "marked as about Mills by dana")):
        row = rows[client]
        assert row["scorer"] == make_scorer().version
        first, *scorers = row["reasons"]
        assert about in first
        assert scorers[0].startswith("language: en")
        assert f"masked: {client}" in scorers
        assert len(scorers) > 2
    out = saying("rescore", "-c", config).out
    assert "0 matches of 2 clients scored anew" in out
    assert "2 labelled by it already" in out
