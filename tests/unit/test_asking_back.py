"""A query that is new is asked of what is stored: what matches is kept as backfill, and wakes nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import NOW, found, incoming

from listener.alerting.evaluate import evaluate
from listener.app import make_plan
from listener.config import load
from listener.domain.identity import identity_hash
from listener.domain.rules import Rules, Watched
from listener.jobs import backfill
from listener.store import configured, marked, mentions, tables

TALK, NEWS, HOME = "https://talk.example/x.xml", "https://news.example/x.xml", "https://acme.example/x.xml"
FILE = """\
watch_lists:
  - name: loud
    sources: [{{rss: {talk}}}]
    clients: [{clients}]
  - name: quiet
    sources: [{{rss: {news}}}]
    clients: [{{name: Globex, sources: [{{rss: {home}}}]}}]
"""


class Books:
    """A database with a configuration that changes, and mentions that came in by hand."""

    def __init__(self, database, folder):
        self.database, self.folder = database, Path(folder)
        self.now = NOW

    def configure(self, *clients):
        file = self.folder / "config.yaml"
        file.write_text(
            FILE.format(talk=TALK, news=NEWS, home=HOME, clients=", ".join(clients)), encoding="utf-8"
        )
        self.plan = make_plan(load.load(file, environ={}))
        self.now += timedelta(minutes=1)
        with self.database.write() as connection:
            self.ids = configured.sync(
                connection, list(self.plan.targets.values()), self.plan.clients, self.now
            )

    def stored(self, scope, *texts, client="Mills"):
        came = [incoming(found(text), by=f"author:{text}", clients=(client,)) for text in texts]
        items = [replace(one, identity=identity_hash("rss", scope, one.found.external_id)) for one in came]
        with self.database.write() as connection:
            target = self.ids["rss", scope, ""]
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=self.now)

    def ask_back(self):
        """All steps; how many there were that did something."""
        count = 0
        while backfill.step(self.database, self.plan):
            count += 1
        return count

    def about(self, client):
        with self.database.read() as connection:
            rows = connection.execute(
                sa.select(tables.mentions.c.text, tables.matches.c.backfill, tables.matches.c.voice)
                .join(tables.matches, tables.matches.c.mention_id == tables.mentions.c.id)
                .where(tables.matches.c.client_id == client)
                .order_by(tables.mentions.c.id)
            )
            return [tuple(row) for row in rows]

    def watched(self, name):
        client = next(one for one in self.plan.clients if one.id == name)
        return {name: Watched(client=client, rules=Rules(), receivers=("accounts",))}

    def table(self, table):
        with self.database.read() as connection:
            return connection.execute(sa.select(table)).all()


@pytest.fixture
def books(database, tmp_path):
    return Books(database, tmp_path)


def test_a_client_that_joins_finds_what_its_list_heard_before(books):
    books.configure("Mills")
    books.ask_back()
    books.stored(TALK, "Mills is awful", "Mills and Acme are awful", "Mills again")
    counted = books.table(tables.counts)
    books.configure("Mills", "Acme")
    assert books.ask_back() == 1
    assert books.about("Acme") == [("Mills and Acme are awful", True, False)]
    assert books.table(tables.counts) == counted
    assert len(books.about("Mills")) == 3


def test_what_came_of_it_is_told_to_nobody(books):
    books.configure("Mills")
    books.stored(TALK, *(f"Mills and Acme are awful, says {n}" for n in range(20)))
    books.configure("Mills", "Acme")
    books.ask_back()
    assert len(books.about("Acme")) == 20
    assert evaluate(books.database, books.watched("Acme"), now=books.now).opened == 0
    assert books.table(tables.outbox) == []


def test_it_knows_why(books):
    books.configure("Mills")
    books.stored(TALK, "Mills and Acme")
    books.configure("Mills", "Acme")
    books.ask_back()
    (match,) = [row for row in books.table(tables.matches) if row.client_id == "Acme"]
    assert match.reasons[0] == "says “Acme”"
    assert match.explanation["clause"] == '"Acme"'


def test_another_lists_places_and_anothers_own_place_stay_theirs(books):
    books.configure("Mills")
    books.stored(NEWS, "Acme in the news", client="Globex")
    books.stored(HOME, "Acme at home", client="Globex")
    books.configure("Mills", "Acme")
    books.ask_back()
    assert books.about("Acme") == []


@pytest.mark.parametrize(
    ("before", "after", "found_now"),
    [
        ("{name: Acme, query: Acme AND never}", "{name: Acme, query: Acme}", 2),
        ("{name: Acme, context: {any_of: [never]}}", "{name: Acme, context: {any_of: [lamp]}}", 1),
        ("{name: Acme, query: never}", "{name: Acme, query: never}", 0),
    ],
)
def test_a_query_or_context_that_changed_is_asked_anew(books, before, after, found_now):
    books.configure("Mills", before)
    books.ask_back()
    books.stored(TALK, "Mills and Acme: a lamp", "Mills and Acme")
    books.configure("Mills", after)
    books.ask_back()
    assert len(books.about("Acme")) == found_now


def test_what_matched_before_stays(books):
    books.configure("Mills", "Acme")
    books.ask_back()
    books.stored(TALK, "Acme opens", client="Acme")
    books.configure("Mills", "{name: Acme, query: lamps}")
    books.ask_back()
    assert [(text, back) for text, back, _ in books.about("Acme")] == [("Acme opens", False)]


def test_what_a_person_took_away_stays_away(books):
    books.configure("Mills", "Acme")
    books.stored(TALK, "Mills and Acme", "Mills or Acme")
    with books.database.write() as connection:
        first = connection.scalars(sa.select(tables.mentions.c.id).order_by(tables.mentions.c.id)).first()
        marked.put(connection, mention_id=first, client_id="Acme", about=False, who="dana", now=NOW)
    books.ask_back()
    assert [text for text, *_ in books.about("Acme")] == ["Mills or Acme"]


def test_where_nothing_is_new_nothing_is_asked(books):
    books.configure("Mills", "Acme")
    books.stored(TALK, "Mills and Acme")
    assert books.ask_back() == 1
    assert books.ask_back() == 0
    books.configure("Mills", "Acme")
    assert books.ask_back() == 0


def test_it_goes_page_by_page_and_goes_on_where_it_stopped(books, monkeypatch):
    monkeypatch.setattr(backfill, "PAGE", 2)
    books.configure("Mills")
    books.ask_back()
    books.stored(TALK, *(f"Mills and Acme {n}" for n in range(5)))
    books.configure("Mills", "Acme")
    assert backfill.step(books.database, books.plan)
    assert len(books.about("Acme")) == 2
    assert books.ask_back() == 2
    assert [text for text, *_ in books.about("Acme")] == [f"Mills and Acme {n}" for n in range(5)]


def test_one_more_client_on_the_way_begins_anew_and_nothing_is_stored_twice(books, monkeypatch):
    monkeypatch.setattr(backfill, "PAGE", 2)
    books.configure("Mills")
    books.ask_back()
    books.stored(TALK, *(f"Mills, Acme, Initech {n}" for n in range(5)))
    books.configure("Mills", "Acme")
    backfill.step(books.database, books.plan)
    books.configure("Mills", "Acme", "Initech")
    assert books.ask_back() == 3
    assert len(books.about("Acme")) == len(books.about("Initech")) == 5
    assert not any(row.name.startswith("asking back/") for row in books.table(tables.marks))
