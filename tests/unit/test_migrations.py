"""The migrations make what the tables say, all or nothing, on both databases."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from builders import NOW, add_client, add_target, found, incoming, key
from conftest import shown
from wanted import run_python

from listener.store import errors, incidents, mentions, schema, tables
from listener.store.engine import open_database
from listener.store.migrate import config, status, upgrade
from listener.store.tables import metadata

NEWEST = schema.known_versions()[-1]
_OPEN = "import sys; from listener.store.engine import open_database; open_database(sys.argv[1]).close()"
_NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{NEWEST}"


def upgrade():
    with op.batch_alter_table("clients") as batch:
        batch.add_column(sa.Column("colour", sa.Text()))
"""


@pytest.fixture
def empty_of_each(request, tmp_path):
    """A function from a make to the URL of an empty database of it."""

    def url(make):
        if make == "sqlite":
            return f"sqlite:///{tmp_path}/empty.db"
        return shown(request.getfixturevalue("empty_postgres"))

    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, empty_of_each):
    return empty_of_each(request.param)


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """A later Listener, which brings one migration more."""
    folder = shutil.copytree(schema.migrations_folder(), tmp_path / "migrations")
    (folder / "versions" / "9999_colour.py").write_text(_NEXT)
    monkeypatch.setattr(schema, "migrations_folder", lambda: folder)
    schema.known_versions.cache_clear()
    yield
    schema.known_versions.cache_clear()


def read_back(connection):
    inspector = sa.inspect(connection)
    return {
        table: {
            "columns": {
                one["name"]: {**one, "type": str(one["type"])} for one in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": sorted(map(str, inspector.get_foreign_keys(table))),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "indexes": sorted(map(told, inspector.get_indexes(table))),
        }
        for table in metadata.tables
    }


def told(index):
    conditions = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": conditions})


def columns(database, table):
    with database.read() as connection:
        return {column["name"] for column in sa.inspect(connection).get_columns(table)}


def test_they_make_what_the_tables_say(database):
    settings = {"version_table": schema.VERSION_TABLE, "compare_type": True}
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=settings), metadata) == []


def test_they_make_it_to_the_last_default_and_condition(database, empty_of_each):
    """Beside what Alembic compares: the same tables made straight from their definition, and both read back."""
    engine = sa.create_engine(empty_of_each(database.dialect))
    with engine.begin() as connection:
        metadata.create_all(connection)
        wanted = read_back(connection)
    engine.dispose()
    with database.read() as connection:
        assert read_back(connection) == wanted


def test_the_newest_is_told_from_the_names_alone_as_alembic_tells_it(database):
    with database.read() as connection:
        script = ScriptDirectory.from_config(config(connection))
    assert [schema.known_versions()[-1]] == script.get_heads()
    assert set(schema.known_versions()) == {one.revision for one in script.walk_revisions()}


def test_an_empty_database_gets_its_tables_when_it_is_opened(empty_url):
    database = open_database(empty_url)
    assert status(database).is_current
    assert "scope" in columns(database, "targets")
    database.close()


def test_two_processes_may_open_the_same_empty_database(empty_url):
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: run_python(_OPEN, empty_url), range(2)))
    assert [one.returncode for one in ended] == [0, 0], [one.stderr for one in ended]


def test_a_kill_in_the_middle_leaves_nothing_and_the_next_start_makes_all(empty_url):
    killed = run_python(_OPEN, empty_url, LISTENER_DIE_AT="store.migrate")
    assert killed.returncode == -9
    with pytest.raises(errors.NoDatabase):
        open_database(empty_url, create=False)
    database = open_database(empty_url)
    assert status(database).is_current
    database.close()


def test_an_older_schema_is_named_with_its_remedy(database, database_url, next_version):
    with pytest.raises(errors.OlderSchema, match="run `listener db upgrade`"):
        open_database(database_url)
    assert not status(database).is_current


def test_an_upgrade_adds_what_is_missing_and_keeps_what_is_there(database, database_url, next_version):
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO clients (id, name, watch_list, joined_at, asked_at) VALUES ('mills', 'Mills', 'key', 0, 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO counts (client_id, bucket_at, mentions) VALUES ('mills', 0, 3)"
        )
    later = open_database(database_url, current=False)
    assert upgrade(later).found == NEWEST
    assert "colour" in columns(later, "clients")
    with later.read() as connection:
        assert connection.exec_driver_sql("SELECT mentions FROM counts").scalar() == 3
    later.close()


@pytest.fixture
def before_people_answer(tmp_path, monkeypatch):
    """Listener as it was before incidents were taken; call it to have the present one again."""
    folder = tmp_path / "earlier"
    later = [f"{version}_*" for version in schema.known_versions() if version >= "0005"]
    shutil.copytree(schema.migrations_folder(), folder, ignore=shutil.ignore_patterns(*later))
    monkeypatch.setattr(schema, "migrations_folder", lambda: folder)
    schema.known_versions.cache_clear()

    def now():
        monkeypatch.undo()
        schema.known_versions.cache_clear()

    yield now
    schema.known_versions.cache_clear()


def test_incidents_that_fire_or_are_resolved_become_open_or_closed(empty_url, before_people_answer):
    earlier = open_database(empty_url)
    with earlier.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO clients (id, name, watch_list, joined_at, asked_at) VALUES ('mills', 'Mills', 'key', 0, 0)"
        )
        for episode, state in ((1, "resolved"), (2, "resolved"), (3, "firing")):
            connection.exec_driver_sql(
                "INSERT INTO incidents (client_id, rule, episode, state, opened_at, last_match_id, evidence) "
                f"VALUES ('mills', 'negative_spike', {episode}, '{state}', 0, 0, '{{}}')"
            )
    earlier.close()
    before_people_answer()
    later = open_database(empty_url, current=False)
    upgrade(later)
    with later.read() as connection:
        states = [
            (one.episode, one.state, one.severity, one.telling) for one in incidents.listing(connection)
        ]
        assert sorted(states) == [
            (1, "closed", "minor", {}),
            (2, "closed", "minor", {}),
            (3, "open", "minor", {}),
        ]
        assert [one.episode for one in incidents.going_on(connection)] == [3]
    later.close()


def test_a_newer_schema_is_left_alone(database, database_url):
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
    for way in ({}, {"current": False}):
        with pytest.raises(errors.NewerSchema, match="install the newer version again"):
            open_database(database_url, **way)
    with pytest.raises(errors.NewerSchema):
        upgrade(database)


def test_voices_of_praise_are_found_in_what_was_stored_before_there_were_any(database):
    """The books of a database with praise in it, and of the same one brought up from before."""
    with database.write() as connection:
        add_client(connection)
        target = add_target(connection)
        items = [
            incoming(
                found(published_at=NOW + timedelta(hours=hours)), by=f"author:{who}", story=story, label=label
            )
            for hours, who, story, label in (
                (0, "ann", None, "positive"),
                (1, "ann", None, "positive"),
                (2, "bob", key("s"), "positive"),
                (3, "cyd", key("s"), "positive"),
                (4, "dan", None, "negative"),
                (25, "ann", None, "positive"),
            )
        ]
        later = NOW + timedelta(days=2)
        mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=later)

    def books():
        with database.read() as connection:
            said = connection.scalars(sa.select(tables.matches.c.praise).order_by(tables.matches.c.id)).all()
            counted = sa.select(tables.counts.c.bucket_at, tables.counts.c.praise)
            return list(said), sorted(map(tuple, connection.execute(counted)))

    wanted = books()
    assert wanted[0] == [True, False, True, False, False, True]
    with database.write() as connection:
        connection.execute(sa.update(tables.matches).values(praise=False))
        connection.execute(sa.update(tables.counts).values(praise=0))
        migration = ScriptDirectory.from_config(config(connection)).get_revision("0005").module
        migration.praise_of_history(connection)
    assert books() == wanted
