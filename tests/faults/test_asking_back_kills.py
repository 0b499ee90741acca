"""kill -9 while a new client's query is asked of what is stored: the next life goes on, and nothing is stored twice."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOW, found, incoming
from fakeslack import serving
from places import Place
from world import listener, rss, write_config

from listener.domain.identity import identity_hash
from listener.store import mentions, tables
from listener.store.engine import open_database

MANY = 1_100  # three pages


def seed(url, scope):
    """So many people complained about Mills and Acme a while ago."""
    came = [
        incoming(
            found(f"Mills and Acme are awful, says {n}", published_at=NOW + timedelta(minutes=n)),
            by=f"author:{n}",
        )
        for n in range(MANY)
    ]
    items = [
        replace(
            one,
            identity=identity_hash("rss", scope, one.found.external_id),
            judged=tuple(replace(each, client_id="Mills") for each in one.judged),
        )
        for one in came
    ]
    with closing(open_database(url)) as database, database.write() as connection:
        target = connection.execute(sa.select(tables.targets.c.id)).scalar_one()
        mentions.add(
            connection,
            items,
            target_id=target,
            kind="rss",
            backfill=frozenset(),
            now=NOW + timedelta(minutes=MANY),
        )


def books(url):
    """Of Acme: its matches, those that count as anything, and its counts."""
    with closing(open_database(url)) as database, database.read() as connection:
        rows = connection.execute(
            sa.select(tables.matches.c.mention_id, tables.matches.c.backfill, tables.matches.c.voice).where(
                tables.matches.c.client_id == "Acme"
            )
        ).all()
        counts = connection.execute(sa.select(tables.counts).where(tables.counts.c.client_id == "Acme")).all()
        return len(rows), [row for row in rows if row.voice or not row.backfill], counts


@pytest.mark.slow
def test_a_death_while_asking_back_costs_a_page_of_work_and_no_match(tmp_path, database_url):
    with Place() as place, serving() as slack:
        feed = place.url + "/feed.xml"
        place.says("/feed.xml", body=rss([]))
        more = {"feeds": [feed], "hook": slack.hook_url, "database": database_url}
        config = write_config(tmp_path, clients=["Mills"], **more)
        once = ("run", "-c", str(config), "--once")
        listener(*once, hook=slack.hook_url)
        seed(database_url, feed)
        write_config(tmp_path, clients=["Mills", "Acme"], **more)
        died = listener(*once, hook=slack.hook_url, check=False, LISTENER_DIE_AT="asking-back:2")
        assert died.returncode == -9
        assert books(database_url) == (500, [], [])
        listener(*once, hook=slack.hook_url)
        assert books(database_url) == (MANY, [], [])
        listener(*once, hook=slack.hook_url)
        assert books(database_url) == (MANY, [], [])
        assert not any("Acme" in one.words for one in slack.taken)
