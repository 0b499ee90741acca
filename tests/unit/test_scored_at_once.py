"""A page is scored at once where the scorer can, one by one where it cannot, and with the same outcome."""

from dataclasses import replace

from builders import NOW, client, found, score
from wanted import target

from listener.domain.percolate import Percolator
from listener.domain.query import client_query
from listener.domain.sentiment import Ask, ManyAtOnce, scores
from listener.polling.intake import Intake

LABELS = {"one": "negative", "two": "positive", "three": "neutral"}


class OneByOne:
    version = "test-1"

    def __init__(self):
        self.calls = 0

    def score(self, *, text, client, **_):
        self.calls += 1
        return replace(score(LABELS[text.split()[-1]]), reasons=(f"{client.id}: {text}",))


class AtOnce(OneByOne):
    def score_all(self, asks):
        made = [
            self.score(text=ask.text, title=ask.title, client=ask.client, language=ask.language)
            for ask in asks
        ]
        self.calls = 1
        return made


def incoming(database, scorer):
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
    items = incoming(database, scorer)
    assert scorer.calls == 1
    assert isinstance(scorer, ManyAtOnce)
    assert shown(items) == shown(incoming(database, OneByOne()))
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
