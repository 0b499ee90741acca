"""Places are asked what has become of stored items: all by a person's word, and by the daemon what their terms have it ask."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from oneplace import START, found, one_place, page

from listener.connector import Rechecked, TryLater
from listener.jobs.rechecking import AT_ONCE, recheck
from listener.store import tables

DAY = timedelta(days=1)
WRITTEN = START + timedelta(minutes=5)


def complaint(number):
    return replace(found(f"Mills never sent my refund {number}", at=WRITTEN), external_id=f"item-{number}")


@contextmanager
def stored(database, count, *, answers, every=None):
    """So many complaints stored, at a place that answers questions about them so; `asked` is what it was asked."""
    asked = []

    def rechecked(_http, _options, ids):
        asked.append(list(ids))
        return answers(ids)

    pages = [page(), page(*map(complaint, range(count)))]
    with one_place(database, fetch=lambda _: [pages.pop(0)] if pages else [page()]) as here:
        (target,) = here.plan.targets.values()
        knows = replace(target, connector=replace(target.connector, recheck=rechecked, recheck_every=every))
        here.plan = replace(here.plan, targets={knows.identity: knows})
        for _ in range(2):
            here.polls.start_due(here.plan)
            here.until_written()
            here.later(minutes=20)
        here.asked = asked
        yield here


def texts(here):
    with here.database.read() as connection:
        query = sa.select(tables.mentions.c.external_id, tables.mentions.c.text).order_by(
            tables.mentions.c.id
        )
        return dict(connection.execute(query).all())


def test_all_that_is_stored_is_asked_for_and_what_is_gone_or_edited_is_so_here(database):
    edited = replace(complaint(1), text="I love Mills now", edited_at=WRITTEN + timedelta(hours=1))

    def answers(ids):
        return Rechecked(
            gone=[one for one in ids if one == "item-0"], found=[edited] if "item-1" in ids else []
        )

    with stored(database, AT_ONCE + 3, answers=answers) as here:
        (done,) = recheck(here.polls._means, here.plan, now=here.now)
        read = texts(here)
    assert (done.asked, done.edited, done.erased, done.trouble) == (AT_ONCE + 3, 1, 1, "")
    assert [len(ids) for ids in here.asked] == [AT_ONCE, 3]
    assert (read["item-0"], read["item-1"], read["item-2"]) == ("", "I love Mills now", complaint(2).text)


def test_the_daemon_asks_one_question_a_place_and_only_what_the_terms_have_it_ask(database):
    with stored(database, 3, answers=lambda _: Rechecked(), every=DAY) as here:
        means = here.polls._means
        list(recheck(means, here.plan, now=here.now, most=1))
        assert here.asked == []  # a day has not gone by
        list(recheck(means, here.plan, now=here.now + DAY, most=1))
        list(recheck(means, here.plan, now=here.now + DAY + timedelta(hours=1), most=1))
        assert [len(ids) for ids in here.asked] == [3]
        list(recheck(means, here.plan, now=here.now + 2 * DAY + timedelta(hours=2), most=1))
        assert [len(ids) for ids in here.asked] == [3, 3]


def test_a_place_without_such_terms_is_asked_by_a_person_only(database):
    with stored(database, 1, answers=lambda _: Rechecked()) as here:
        assert list(recheck(here.polls._means, here.plan, now=here.now + 90 * DAY, most=1)) == []
        (done,) = recheck(here.polls._means, here.plan, now=here.now)
        assert done.asked == 1


def test_what_could_not_be_asked_is_told_and_asked_again(database):
    said = [TryLater("The place has a fault of its own: asked later."), Rechecked()]

    def answers(_):
        answer = said.pop(0)
        if isinstance(answer, TryLater):
            raise answer
        return answer

    with stored(database, 2, answers=answers) as here:
        (first,) = recheck(here.polls._means, here.plan, now=here.now)
        (second,) = recheck(here.polls._means, here.plan, now=here.now)
    assert (first.asked, first.trouble) == (0, "The place has a fault of its own: asked later.")
    assert (second.asked, second.trouble) == (2, "")


def test_only_what_was_fetched_since_then_is_asked_for(database):
    with stored(database, 2, answers=lambda _: Rechecked()) as here:
        (done,) = recheck(here.polls._means, here.plan, now=here.now, since=here.now)
    assert done.asked == 0
