"""`listener plan`: what another file would match and tell, on SQLite and on PostgreSQL, and nothing of it happens."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import found, incoming
from saying import in_a_sentence, saying

from listener.app import make_plan
from listener.config import load
from listener.domain.identity import identity_hash
from listener.store import configured, mentions, tables
from listener.store.engine import open_database

NOW = datetime.now(UTC).replace(microsecond=0)
TALK, NEWS, HOME = "https://talk.example/x.xml", "https://news.example/x.xml", "https://acme.example/x.xml"
OLD = f"""\
database: DATABASE
allow_inline_secrets: true
watch_lists:
  - name: loud
    sources: [{{rss: {TALK}}}, {{rss: {{url: {NEWS}, name: Gazette}}}}]
    clients:
      - {{name: Mills, query: Mills}}
      - {{name: Acme, sources: [{{rss: "{HOME}"}}]}}
    rules: {{negative_spike: {{at_least: 3 people}}}}
"""
HOURS = timedelta(hours=1)


class Books:
    """A configuration that has been running, and what came in under it."""

    def __init__(self, database_url, folder):
        self.url, self.folder = database_url, folder
        self.config = self.write("config.yaml", OLD)
        plan = make_plan(load.load(self.config, environ={}))
        with closing(open_database(database_url)) as database, database.write() as connection:
            start = NOW - timedelta(days=60)
            self.ids = configured.sync(connection, list(plan.targets.values()), plan.clients, start)
            connection.execute(sa.update(tables.hearings).values(since_at=start))
            connection.execute(sa.update(tables.targets).values(complete_from_at=NOW))

    def write(self, name, text):
        file = self.folder / name
        file.write_text(text.replace("DATABASE", f'"{self.url}"'), encoding="utf-8")
        return file

    def came(self, *texts, scope=TALK, client="Mills", at=NOW - 2 * HOURS, label="negative", **more):
        """Each text by another person, a minute after the other, and stored as it came."""
        with closing(open_database(self.url)) as database:
            for number, text in enumerate(texts):
                when = at + timedelta(minutes=number)
                one = incoming(
                    found(text, published_at=when), by=f"author:{text}", clients=(client,), label=label
                )
                one = replace(one, identity=identity_hash("rss", scope, one.found.external_id), **more)
                with database.write() as connection:
                    mentions.add(
                        connection,
                        [one],
                        target_id=self.ids["rss", scope, ""],
                        kind="rss",
                        backfill=frozenset(),
                        now=when,
                    )

    def planned(self, new, *words):
        done = saying("plan", self.write("new.yaml", new), "-c", self.config, *words)
        in_a_sentence(done)
        return done

    def dump(self):
        """Everything that stands in the database."""
        engine = sa.create_engine(self.url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            rows = {
                table.name: connection.execute(sa.select(table)).all()
                for table in tables.metadata.sorted_tables
            }
        engine.dispose()
        return rows


@pytest.fixture
def books(database_url, tmp_path):
    made = Books(database_url, tmp_path)
    made.came(*(f"Mills never sent my refund, says {n}: awful" for n in range(12)))
    made.came("Mills and Globex merge", "Mills in Hayley", at=NOW - timedelta(days=3), label="neutral")
    made.came("Mills of old", at=NOW - timedelta(days=45), label="neutral")
    made.came("A word from home", scope=HOME, client="Acme", label="neutral")
    return made


def test_the_same_file_changes_nothing(books):
    done = books.planned(OLD)
    assert done.code == 0, done.err
    assert "over 15 mentions since" in done.out
    assert "clients, sources and rules are the same" in done.out
    assert "every stored mention would match as before" in done.out
    assert "1 under the present file, 1 under the new one" in done.out


def test_a_narrower_query_says_what_it_loses_and_why(books):
    done = books.planned(OLD.replace("query: Mills", "query: 'Mills NOT (Hayley OR refund)'"))
    assert "changed clients: Mills (query)" in done.out
    assert "Mills: 0 more, 13 fewer, 1 as before" in done.out
    assert len(re.findall(r"^  - ", done.out, re.MULTILINE)) == 3
    assert "says 11: awful" in done.out
    assert "refund" in done.out.partition("says 11: awful")[2].splitlines()[1]
    assert "1 under the present file, 0 under the new one" in done.out
    assert "Mills: 1 → 0" in done.out
    assert re.search(r"^    - \d{4}-\d\d-\d\d \d\d:\d\d \d+ voices in \d+ min", done.out, re.MULTILINE)


def test_a_new_client_finds_its_words_in_what_others_brought(books):
    new = OLD.replace(
        "    rules:", "      - {name: Globex}\n      - {name: Refunds, query: refund}\n    rules:"
    )
    done = books.planned(new)
    assert "new clients: Globex; Refunds" in done.out
    assert "Globex: 1 more, 0 fewer, 0 as before" in done.out
    assert "says “Globex”" in done.out
    assert "Refunds: 12 more, 0 fewer, 0 as before" in done.out
    assert "Refunds: 0 → 1" in done.out
    assert "1 under the present file, 2 under the new one" in done.out
    assert "a new query finds more than is shown here" in done.out


def test_sources_and_clients_that_left_are_named_with_what_they_take_along(books):
    new = OLD.replace(f"{{rss: {TALK}}}, ", "").replace(
        '{name: Acme, sources: [{rss: "https://acme.example/x.xml"}]}', "{name: Initech}"
    )
    done = books.planned(new)
    assert "gone clients: Acme" in done.out
    assert f"gone sources: rss {TALK}; rss {HOME}" in done.out
    assert "its source is no longer read for Mills" in done.out
    assert "Acme: 0 more, 1 fewer" in done.out
    assert "the client is not in the new file" in done.out


def test_changed_rules_are_named_and_counted(books):
    done = books.planned(OLD.replace("at_least: 3 people", "at_least: 30 people"))
    assert "changed rules: loud: negative_spike at_least 3 → 30" in done.out
    assert "1 under the present file, 0 under the new one" in done.out


def test_since_limits_what_is_compared(books):
    assert "over 13 mentions since" in books.planned(OLD, "--since", "1d").out
    assert "over 16 mentions since" in books.planned(OLD, "--since", "60d").out


def test_what_a_person_said_stands_in_both(books):
    with closing(open_database(books.url)) as database, database.write() as connection:
        said = {"client_id": "Mills", "about": False, "who": "dana", "at": NOW}
        ids = connection.scalars(
            sa.select(tables.mentions.c.id).where(tables.mentions.c.text.contains("Hayley"))
        )
        connection.execute(sa.insert(tables.marked), [{"mention_id": one, **said} for one in list(ids)])
    done = books.planned(OLD.replace("query: Mills", "query: 'Mills NOT Hayley'"))
    assert "every stored mention would match as before" in done.out


def test_what_was_accepted_beside_the_present_file_stands_in_both(books):
    books.came("Hayley Mills at 80")
    books.write("config.marks.yaml", "clients: {Mills: {context: {none_of: [hayley]}}}\n")
    assert "every stored mention would match as before" in books.planned(OLD).out
    books.write("new.marks.yaml", "clients: {}\n")
    done = books.planned(OLD)
    assert "changed clients: Mills (context)" in done.out
    assert re.search(r"^Mills: [1-9]\d* more, 0 fewer,", done.out, re.MULTILINE)


def test_nothing_changes(books):
    before = books.dump()
    books.planned(OLD.replace("query: Mills", "query: Globex"))
    assert books.dump() == before


def test_a_daemon_that_leads_and_writes_is_not_in_the_way(books):
    with (
        closing(open_database(books.url)) as database,
        database.lead(),
        database.write() as connection,
    ):
        connection.execute(sa.update(tables.mentions).values(text="Globex"))
        done = books.planned(OLD.replace("query: Mills", "query: Globex"))
    assert (done.code, "Mills: 0 more, 13 fewer, 1 as before" in done.out) == (0, True)


def test_mistakes_in_either_file_exit_2(books):
    done = books.planned(OLD.replace("query: Mills", "query: '(Mills'"))
    assert (done.code, "new.yaml:" in done.err) == (2, True)
    good = books.write("good.yaml", OLD)
    books.write("config.yaml", OLD.replace("watch_lists", "watchlists"))
    done = saying("plan", good, "-c", books.config)
    assert (done.code, "config.yaml:" in done.err) == (2, True)
    done = saying("plan", good, "-c", good, "--since", "soon")
    assert (done.code, "90m, 24h, 7d" in done.err) == (2, True)


def test_without_a_database_there_is_nothing_to_hold_it_against(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(OLD.replace("DATABASE", "sqlite:///none.db"), encoding="utf-8")
    done = saying("plan", file, "-c", file)
    assert (done.code, "There is no database" in done.err) == (1, True)
    assert not (tmp_path / "none.db").exists()
