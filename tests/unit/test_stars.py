"""Stars are an author's own verdict: they decide where the words are unclear, and are doubted only where the words cry out."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from oneplace import START, found, one_place, page

from listener.domain.sentiment import Score
from listener.domain.stars import rated, sentence
from listener.jobs.rescoring import survey, write
from listener.jobs.side import side_of
from listener.jobs.spool import Spool
from listener.store import tables

WRITTEN = START + timedelta(minutes=10)


def by_words(label, value=None):
    return Score(label=label, value=value, scorer="base.1", reasons=("language: en",))


@pytest.mark.parametrize(
    ("rating", "words", "label", "reason"),
    [
        (0.0, by_words("positive", 0.9), "negative", "1 of 5 stars, though the text reads positive"),
        (0.0, by_words("unknown"), "negative", "1 of 5 stars"),
        (0.25, by_words("neutral", 0.0), "negative", "2 of 5 stars, though the text reads neutral"),
        (0.25, by_words("negative", -0.3), "negative", "2 of 5 stars"),
        (0.5, by_words("unknown"), "neutral", "3 of 5 stars"),
        (0.5, by_words("negative", -0.3), "negative", "3 of 5 stars"),
        (0.5, by_words("positive", 0.3), "positive", "3 of 5 stars"),
        (0.75, by_words("unknown"), "positive", "4 of 5 stars"),
        (1.0, by_words("negative", -0.3), "positive", "5 of 5 stars, though the text reads negative"),
        (1.0, by_words("negative", -0.8), "unknown", "5 of 5 stars, but the text clearly complains"),
    ],
)
def test_stars_decide_unless_the_words_clearly_complain(rating, words, label, reason):
    score = rated(words, rating)
    assert (score.label, score.reasons) == (label, ("language: en", reason))
    assert score.scorer == "base.1+stars.1"
    assert (score.value is None) is (label == "unknown")
    assert {"negative": -1, "positive": 1}.get(label, 0) * (score.value or 0) >= 0


def test_without_stars_a_score_is_as_it_is():
    assert rated(by_words("unknown"), None) == by_words("unknown")


def test_stars_are_told_as_people_count_them():
    assert [sentence(one) for one in (0.0, 0.625, 1.0, 0.37)] == [
        "1 of 5 stars",
        "3.5 of 5 stars",
        "5 of 5 stars",
        "rated 37 of 100",
    ]


@contextmanager
def reviews(database, *pages):
    """A place of the client's own that shows these, one page a poll after an empty one that ends the backfill."""
    left = [page(), *pages]
    with one_place(database, fetch=lambda _: [left.pop(0) if len(left) > 1 else left[0]]) as here:
        own = {
            identity: replace(target, direct=target.matched, matched=frozenset())
            for identity, target in here.plan.targets.items()
        }
        here.plan = replace(here.plan, targets=own)
        polled(here, seconds=1)
        polled(here)
        yield here


def review(text, rating, **more):
    return replace(found(text, at=WRITTEN), external_id="review-1", form="review", rating=rating, **more)


def polled(here, **later):
    here.later(**(later or {"minutes": 20}))
    here.polls.start_due(here.plan)
    return here.until_written()


def matched(here):
    columns = [tables.matches.c[name] for name in ("label", "scorer", "voice")]
    with here.database.read() as connection:
        return connection.execute(sa.select(*columns)).one()


@pytest.mark.parametrize("text", ["", "Ok", "Nie wieder, niemand antwortet auf meine E-Mails seit Wochen."])
def test_one_star_is_a_voice_whatever_it_is_written_in(database, text):
    with reviews(database, page(review(text, 0.0))) as here:
        assert (matched(here).label, matched(here).voice) == ("negative", True)


def test_an_edit_of_the_stars_alone_is_an_edit(database):
    after = review("Mills", 1.0, edited_at=WRITTEN + timedelta(minutes=15))
    with reviews(database, page(review("Mills", 0.0)), page(after)) as here:
        assert matched(here).label == "negative"
        polled(here)
        assert matched(here).label == "positive"


def rescored(here):
    with Spool() as spool:
        with here.database.read() as connection:
            side = side_of(connection, here.plan)
        tally = survey(here.database, side, here.plan.clients, spool, since=None)
        write(here.database, spool, monotonic=lambda: 0.0, sleep=lambda _: None)
    return next(iter(tally.values()))


@pytest.mark.parametrize("text", ["", "Great, just great"])
def test_what_was_labelled_without_its_stars_is_labelled_anew_once(database, text):
    with reviews(database, page(review(text, 0.0))) as here:
        plain = matched(here).scorer.removesuffix("+stars.1")
        with here.database.write() as connection:
            before = {"label": "positive", "scorer": plain, "voice": False}
            connection.execute(sa.update(tables.matches).values(before))
        assert rescored(here).changed == 1
        assert (matched(here).label, matched(here).scorer) == ("negative", f"{plain}+stars.1")
        again = rescored(here)
        assert (again.anew, again.present) == (0, 1)


def test_a_label_that_a_person_gave_outlives_the_stars(database):
    with reviews(database, page(review("Mills", 0.0))) as here:
        with here.database.write() as connection:
            row = {"mention_id": 1, "client_id": "mills", "label": "neutral", "who": "dana", "at": START}
            connection.execute(sa.insert(tables.corrections), [row])
            connection.execute(sa.update(tables.matches).values(label="neutral", scorer="person"))
        assert rescored(here).corrected == 1
        assert matched(here).label == "neutral"
