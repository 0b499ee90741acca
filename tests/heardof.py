"""What a daemon has heard about two clients of one list over some weeks, for commands that look back or label anew."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from builders import found, incoming, score

from listener.app import make_plan
from listener.config import load
from listener.domain.identity import identity_hash
from listener.store import configured, incidents, mentions, tables
from listener.store.engine import open_database

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TALK = "https://talk.example/x.xml"
CONFIG = f"""\
database: DATABASE
allow_inline_secrets: true
watch_lists:
  - name: loud
    sources: [{{rss: {TALK}}}]
    clients: [{{name: Mills}}, {{name: Acme}}]
    rules: {{negative_spike: {{at_least: 3 people}}}}
  - name: calm
    sources: [{{rss: {TALK}}}]
    clients: [{{name: Globex}}]
    rules: {{negative_spike: {{at_least: 3 people}}}}
"""
BAD = "{client} is terrible and awful, the worst service ever, I hate it, says {n}"
GOOD = "I love {client}, wonderful and excellent service, the best, thank you so much, says {n}"


class HeardOf:
    """A configuration whose place has been heard for 60 days, and what it brought."""

    def __init__(self, database_url, folder):
        self.url = database_url
        self.config = folder / "config.yaml"
        self.write(CONFIG)
        plan = make_plan(load.load(self.config, environ={}))
        with closing(open_database(database_url)) as database, database.write() as connection:
            start = NOW - 60 * DAY
            self.ids = configured.sync(connection, list(plan.targets.values()), plan.clients, start)
            connection.execute(sa.update(tables.hearings).values(since_at=start))
            connection.execute(sa.update(tables.targets).values(complete_from_at=NOW))

    def write(self, text):
        self.config.write_text(text.replace("DATABASE", f'"{self.url}"'), encoding="utf-8")

    def came(self, text, count, *, client="Mills", at, label, own=False, backfill=False, every=MINUTE):
        """So many people said it, one after the other; it came in with the last one, and the scorer test-1 labelled it so."""
        items = []
        for n in range(count):
            said = found(text.format(client=client, n=n), published_at=at + n * every)
            one = incoming(said, by=f"author:{client} {at} {n}", clients=(client,), label=label, own=own)
            judged = tuple(replace(each, score=_by_words(score(label))) for each in one.judged)
            items.append(replace(one, identity=identity_hash("rss", TALK, said.external_id), judged=judged))
        with closing(open_database(self.url)) as database, database.write() as connection:
            mentions.add(
                connection,
                items,
                target_id=self.ids["rss", TALK, ""],
                kind="rss",
                backfill=frozenset([client] if backfill else ()),
                now=items[-1].found.published_at,
            )

    def incident(self, *, client="Mills", at, people):
        """An incident that was really told then, and is over; its number."""
        with closing(open_database(self.url)) as database, database.write() as connection:
            one = incidents.open_incident(
                connection,
                client_id=client,
                rule="negative_spike",
                now=at,
                evidence={"people": people, "stories": people, "window_h": 1, "usual": [0, 1]},
                last_match_id=1,
            )
            incidents.resolve(connection, one.id, now=at + 2 * HOUR, last_match_id=1)
            return one.id

    def rows(self, table):
        """Everything of one table, in order of its key."""
        with closing(open_database(self.url)) as database, database.read() as connection:
            return [
                row._asdict()
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]

    def dump(self):
        return {table.name: self.rows(table) for table in tables.metadata.sorted_tables}


def _by_words(one):
    return replace(one, reasons=("says “Mills”", "words: of the old scorer"))
