"""Near copies find their story in the tables that all processes share, on SQLite and on PostgreSQL."""

import random
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, found, incoming, key
from wanted import running_python

from benchmarks.paper import COPIES, WEATHER, reports
from listener.domain.sketch import sketch
from listener.jobs.prune import KEEP_SKETCHES, SKETCHES_AT_ONCE, prune
from listener.store import mentions, sketches, tables
from listener.store.engine import open_database

REPORT = """\
Mills Supply will close its warehouse in Truro in March and move forty jobs to Halifax, the company said on Tuesday. Workers were told at a
meeting that lasted ten minutes. Nobody asked us, said Rosa Bell, who has packed orders there for eleven years. The union, which learned of
the plan from a customer, wants the province to step in. Mills Supply bought the building from a fish plant in 2009 and doubled it later."""
WORDS = ("apple", "river", "stone", "cloud", "window", "paper")
COPYING = """
import sys; sys.path.insert(0, "tests")
from datetime import UTC, datetime
from builders import found, incoming, add_target
from dataclasses import replace
from listener.domain.sketch import sketch
from listener.store import mentions
from listener.store.engine import open_database
database, number, text = open_database(sys.argv[1]), sys.argv[2], sys.argv[3]
item = replace(incoming(found(text, form="article", external_id=number), by=f"host:{number}.example"), sketch=sketch(text))
print("ready", flush=True)
sys.stdin.readline()
with database.write() as connection:
    mentions.add(connection, [item], target_id=int(sys.argv[4]), kind="rss", backfill=frozenset(), now=datetime.now(UTC))
print("stored", flush=True)
"""


@pytest.fixture
def target(database):
    with database.write() as connection:
        add_client(connection, "mills")
        return add_target(connection)


@pytest.fixture
def tell(database, target):
    """Store texts as articles of different papers, in one page; gives the story of each."""

    def put(*texts, now=NOW, form="article", keys=()):
        items = [told(text, form=form, keys=keys, now=now) for text in texts]
        with database.write() as connection:
            mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=now)
        ids = [item.found.external_id for item in items]
        with database.read() as connection:
            rows = connection.execute(
                sa.select(tables.mentions.c.external_id, tables.mentions.c.story_id)
            ).all()
        stories = {row.external_id: row.story_id for row in rows}
        return [stories[one] for one in ids]

    return put


def told(text, *, form="article", keys=(), now=NOW):
    item = found(text, form=form, published_at=now)
    made = incoming(item, by=f"host:{item.external_id}.example")
    return replace(made, sketch=sketch(text), story_keys=tuple(keys))


def copy(way="20 % of words edited", *, seed=1):
    return COPIES[way](REPORT, random.Random(seed), WORDS)


def count(database, table):
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("way", COPIES)
def test_a_near_copy_joins_the_story_and_is_a_mention_of_its_own(database, tell, way):
    (first,) = tell(REPORT)
    assert tell(copy(way)) == [first]
    assert count(database, tables.mentions) == 2


def test_copies_that_come_in_one_page_are_one_story(tell):
    assert len(set(tell(copy(seed=1), REPORT, copy(seed=2)))) == 1


def test_forty_copies_of_a_wire_report_are_one_voice(database, tell):
    tell(REPORT)
    for start in range(4):
        tell(*(copy(way, seed=start) for way in COPIES))
    with database.read() as connection:
        assert (
            connection.execute(
                sa.select(sa.func.sum(sa.cast(tables.matches.c.voice, sa.Integer)))
            ).scalar_one()
            == 1
        )


def test_thirty_people_who_write_the_same_five_words_are_thirty(database, tell):
    assert len(set(tell(*["Mills Supply is down again"] * 30, form="post"))) == 30
    with database.read() as connection:
        assert (
            connection.execute(
                sa.select(sa.func.sum(sa.cast(tables.matches.c.voice, sa.Integer)))
            ).scalar_one()
            == 30
        )
    assert count(database, tables.sketches) == 0


def test_reports_of_one_template_stay_apart(tell):
    assert len(set(tell(*reports(WEATHER, random.Random(3), 10)))) == 10


def test_a_post_that_quotes_an_article_and_answers_is_no_copy_of_it(tell):
    (article,) = tell(REPORT)
    answer = f"{REPORT} That is not true. I work there and we were asked twice. Ask anybody who was in that room on Monday."
    (post,) = tell(answer, form="post")
    assert post != article


def test_a_key_and_a_near_copy_that_disagree_join_the_older_story(tell):
    (older,) = tell(REPORT)
    (younger,) = tell("Other words entirely.", keys=[key("page")])
    assert younger != older
    assert tell(copy(), keys=[key("page")]) == [older]


def test_a_copy_that_brings_nothing_new_is_not_remembered_again(database, tell):
    tell(REPORT, REPORT.replace("Tuesday", "Wednesday"), REPORT + " Ends.")
    assert count(database, tables.sketches) == 1
    assert count(database, tables.bands) == 42


def test_a_copy_with_words_of_its_own_is_remembered_so_that_others_are_known_by_it(database, tell):
    tell(REPORT, copy("cut to 60 %"))
    assert count(database, tables.sketches) == 2


def test_a_thousand_reports_of_one_template_do_not_crowd_a_band(database, tell):
    texts = [
        report.replace("Halifax", f"Town{number}")
        for number, report in enumerate(reports(WEATHER, random.Random(3), 60))
    ]
    for first in range(0, 60, 20):
        tell(*texts[first : first + 20])
    with database.read() as connection:
        fullest = (
            connection.execute(
                sa.select(sa.func.count())
                .select_from(tables.bands)
                .group_by(tables.bands.c.key)
                .order_by(sa.func.count().desc())
            )
            .scalars()
            .first()
        )
    assert fullest == sketches.CROWDED


def test_what_was_told_long_ago_is_let_go_and_what_is_still_told_is_not(database, tell):
    long_ago = NOW - KEEP_SKETCHES - timedelta(days=1)
    (living,) = tell(REPORT, now=long_ago)
    (dead,) = tell(*reports(WEATHER, random.Random(3), 1), now=long_ago)
    tell(REPORT + " Ends.", now=NOW - timedelta(days=1))
    assert prune(database, now=NOW) == 1
    assert count(database, tables.sketches) == 1
    assert count(database, tables.bands) == 42
    assert tell(copy()) == [living]
    assert tell(*reports(WEATHER, random.Random(3), 1)) != [dead]


def test_more_than_is_let_go_at_once_is_let_go_all_the_same(database, target):
    some = sketch(REPORT)
    with database.write() as connection:
        story = connection.execute(
            sa.insert(tables.stories).values(first_at=NOW).returning(tables.stories.c.id)
        ).scalar_one()
        held = sketches.Held(story=story, article=True, sketch=some)
        sketches.keep(
            connection,
            [(held, some.bands[:2])] * (SKETCHES_AT_ONCE + 1),
            told=(),
            now=NOW - KEEP_SKETCHES * 2,
        )
    assert prune(database, now=NOW) == SKETCHES_AT_ONCE + 1
    assert (count(database, tables.sketches), count(database, tables.bands)) == (0, 0)


def test_copies_that_two_processes_store_at_once_are_one_story(database, database_url, target):
    texts = [
        f"{REPORT} {ending}" for ending in ("So it goes in Truro these days.", "More of it in our paper.")
    ]
    with ExitStack() as stack:
        both = [
            stack.enter_context(running_python(COPYING, database_url, f"item-{number}", text, str(target)))
            for number, text in enumerate(texts)
        ]
        for process in both:
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.stdout.readline() for process in both] == ["stored\n"] * 2
    assert stories_of(database) == [1, 1]


def test_who_comes_second_waits_until_the_first_has_its_story(database, database_url, target):
    """The other's transaction is open, its story chosen and seen by nobody, when ours begins."""
    other = open_database(database_url)
    second = Thread(target=_add, args=(other, target, told(copy())))
    with database.write() as connection:
        mentions.add(connection, [told(REPORT)], target_id=target, kind="rss", backfill=frozenset(), now=NOW)
        second.start()
        second.join(timeout=0.5)  # it cannot tell that it waits; if it did not, it would be done by now
        assert second.is_alive()
    second.join(timeout=30)
    other.close()
    assert stories_of(database) == [1, 1]


def _add(database, target, item):
    with database.write() as connection:
        mentions.add(connection, [item], target_id=target, kind="rss", backfill=frozenset(), now=NOW)


def stories_of(database):
    with database.read() as connection:
        return list(
            connection.execute(sa.select(tables.mentions.c.story_id).order_by(tables.mentions.c.id)).scalars()
        )
