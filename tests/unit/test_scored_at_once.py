"""A page is scored at once where the scorer can, one by one where it cannot, and with the same outcome."""

from contextlib import closing
from dataclasses import replace

from builders import NOW, add_client, add_target, client, found, incoming, score
from heardof import DAY, HOUR, HeardOf
from heardof import NOW as LATELY
from wanted import target

from listener.app import make_plan
from listener.cli.trying import labelled
from listener.config import load
from listener.domain.percolate import Percolator
from listener.domain.query import client_query
from listener.domain.sentiment import Ask, ManyAtOnce, scores
from listener.jobs.comparing import compare
from listener.jobs.side import side_of
from listener.polling.intake import Intake
from listener.polling.marking import Word, mark
from listener.polling.trial import Hit
from listener.store import mentions
from listener.store.engine import open_database

LABELS = {"one": "negative", "two": "positive", "three": "neutral"}


class OneByOne:
    version = "test-1"

    def __init__(self):
        self.calls = 0

    def score(self, *, text, client, **_):
        self.calls += 1
        return replace(score(LABELS[text.split()[-1]]), reasons=(f"{client.id}: {text}",))


class AtOnce(OneByOne):
    pages: tuple[int, ...] = ()

    def score_all(self, asks):
        made = [
            self.score(text=ask.text, title=ask.title, client=ask.client, language=ask.language)
            for ask in asks
        ]
        self.pages = (*self.pages, len(asks))
        return made


def brought(database, scorer):
    clients = {"mills": client(), "acme": client("acme")}
    intake = Intake(
        clients=clients,
        percolator=Percolator([(one.id, client_query(one)) for one in clients.values()]),
        scorer=scorer,
        asked=dict.fromkeys(clients, NOW),
    )
    page = [found(text=text) for text in ("Mills one", "nobody", "Acme and Mills two", "Acme three")]
    return intake.judge(database, target(clients=("mills", "acme")), page)


def shown(items):
    return [
        (one.found.text, [(who.client_id, who.score.label, who.score.reasons[-1]) for who in one.judged])
        for one in items
    ]


def test_a_page_is_one_question_to_a_scorer_that_takes_many(database):
    scorer = AtOnce()
    items = brought(database, scorer)
    assert scorer.pages == (4,)
    assert isinstance(scorer, ManyAtOnce)
    assert shown(items) == shown(brought(database, OneByOne()))
    assert [(text, [label for _, label, _ in judged]) for text, judged in shown(items)] == [
        ("Mills one", ["negative"]),
        ("Acme and Mills two", ["positive", "positive"]),
        ("Acme three", ["neutral"]),
    ]
    for text, judged in shown(items):
        assert all(reason == f"{who}: {text}" for who, _, reason in judged)


def test_a_scorer_that_takes_one_is_asked_for_each():
    scorer = OneByOne()
    asks = [Ask(text=text, title=None, client=client(), language=None) for text in LABELS]
    assert [one.label for one in scores(scorer, asks)] == list(LABELS.values())
    assert scorer.calls == 3
    assert scores(scorer, []) == []


def hits(count):
    return (
        Hit(
            id=n,
            client=client(),
            found=found(text=f"Mills {list(LABELS)[n % 3]}"),
            kind="rss",
            source="talk",
            why=None,
            own=False,
        )
        for n in range(count)
    )


def test_what_would_match_is_labelled_by_the_page_and_as_one_by_one():
    scorer = AtOnce()
    rows = list(labelled(hits(150), scorer))
    assert scorer.pages == (64, 64, 22)
    assert rows == list(labelled(hits(150), OneByOne()))
    assert [one["label"] for one in rows[:3]] == list(LABELS.values())
    assert {one["label"] for one in labelled(hits(2), None)} == {None}


def test_without_a_page_to_wait_for_each_hit_is_printed_as_it_comes():
    taken = []
    given = (taken.append(hit.id) or hit for hit in hits(5))
    rows = labelled(given, OneByOne())
    next(rows)
    assert taken == [0]


def test_what_a_person_marks_is_scored_at_once(database):
    with database.write() as connection:
        add_client(connection)
        items = [incoming(found(text=f"so {one}"), by=f"author:{one}", clients=()) for one in LABELS]
        target_id = add_target(connection)
        mentions.add(connection, items, target_id=target_id, kind="rss", backfill=frozenset(), now=NOW)
    scorer = AtOnce()
    word = Word(client=client(), about=True, who="dana", scorer=scorer)
    assert [one.label for one in mark(database, [1, 2, 3], word, now=NOW)] == list(LABELS.values())
    assert scorer.pages == (3,)


def test_what_another_file_would_match_is_scored_at_once(tmp_path, sqlite_url):
    heard = HeardOf(sqlite_url, tmp_path)
    heard.came("{client} and Globex {n} one", 5, at=LATELY - HOUR, label="neutral")
    scorer = AtOnce()
    with closing(open_database(sqlite_url)) as database, database.read() as connection:
        plan = make_plan(load.load(heard.config, environ={}))
        new = side_of(connection, replace(plan, intake=replace(plan.intake, scorer=scorer)))
        old = replace(side_of(connection, plan), places={})
    with closing(open_database(sqlite_url)) as database:
        done = compare(database, old, new, since=LATELY - DAY, history_from=LATELY - DAY)
    assert scorer.pages == (5,)
    assert done.clients["Globex"].more == 5
    assert [one.testimony.label for one in done.clients["Globex"].arrivals_new] == ["negative"] * 5
