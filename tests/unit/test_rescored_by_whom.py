"""What is labelled anew: only what has not the version that scores its client, be it the base or a model of its list."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from heardof import BAD, NOW, HeardOf
from teaching import Warm

from listener.app import make_plan
from listener.config import load
from listener.jobs.rescoring import survey, write
from listener.jobs.side import side_of
from listener.jobs.spool import Spool
from listener.scoring.learned import Model
from listener.scoring.taught import TaughtScorer, Version
from listener.store import tables
from listener.store.engine import open_database


class Counting(Warm):
    """A base that counts the texts it was asked."""

    def __init__(self):
        super().__init__()
        object.__setattr__(self, "asked", [])

    def weigh_all(self, asks):
        self.asked.extend(asks)
        return super().weigh_all(asks)


def rescored(heard, scorer):
    """Label all anew; the tally by client."""
    plan = make_plan(load.load(heard.config, environ={}))
    plan = replace(plan, intake=replace(plan.intake, scorer=scorer))
    with closing(open_database(heard.url)) as database, Spool() as spool:
        with database.read() as connection:
            side = side_of(connection, plan)
        done = survey(database, side, plan.clients, spool, since=None)
        write(database, spool, monotonic=lambda: 0.0, sleep=lambda _: None)
    return {client: (tally.anew, tally.present) for client, tally in done.items()}


def test_a_second_run_asks_no_scorer_where_one_list_has_a_model_and_the_other_has_none(tmp_path, sqlite_url):
    heard = HeardOf(sqlite_url, tmp_path)
    heard.came(BAD, 3, at=NOW - timedelta(days=2), label="neutral")
    heard.came(BAD, 2, client="Globex", at=NOW - timedelta(days=1), label="neutral")
    model = Model(base="warm.1", lean=0.0, start=(0, 0, 0), facts={}, grams={"words": {}, "letters": {}})
    base = Counting()
    scorer = TaughtScorer({"loud": Version(number=7, corrections=40, model=model)}, base)
    assert rescored(heard, scorer) == {"Mills": (3, 0), "Acme": (0, 0), "Globex": (2, 0)}
    assert len(base.asked) == 5
    by_client = {one["client_id"]: one["scorer"] for one in heard.rows(tables.matches)}
    assert by_client == {"Mills": "warm.1+learned.7", "Globex": "warm.1"}
    assert rescored(heard, scorer) == {"Mills": (0, 3), "Acme": (0, 0), "Globex": (0, 2)}
    assert len(base.asked) == 5
