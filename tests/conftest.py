"""Real databases for every test that asks: each test its own, filled from one that was migrated once."""

import os
import shutil
from itertools import count
from pathlib import Path

import postgres
import psycopg
import pytest
import sqlalchemy as sa

from listener.store.engine import open_database

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
_NUMBERS = count()


@pytest.fixture(scope="session")
def postgres_server():
    """The URL of a real server; where there is none the test is skipped with the reason, but for CI, where it fails."""
    try:
        running = postgres.running()
        url = running.__enter__()
    except postgres.NoPostgres as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs PostgreSQL: {reason}", pytrace=False)
        pytest.skip(str(reason))
    yield sa.make_url(url).set(drivername="postgresql+psycopg")
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def empty_postgres(postgres_server):
    """A function that makes a database on the server and gives its URL, optionally as a copy of another."""
    mine = f"listener_test_{os.getpid()}"
    made = []

    def make(template="template0"):
        name = f"{mine}_{next(_NUMBERS)}"
        with _superuser(postgres_server) as conn:
            conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        made.append(name)
        return postgres_server.set(database=name)

    yield make
    with _superuser(postgres_server) as conn:
        for name in made:
            conn.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "listener.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_template(empty_postgres):
    url = empty_postgres()
    open_database(shown(url)).close()
    return url.database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The URL of an empty database with its tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "listener.db")
        return f"sqlite:///{tmp_path}/listener.db"
    template = request.getfixturevalue("postgres_template")
    return shown(request.getfixturevalue("empty_postgres")(template))


@pytest.fixture
def database(database_url):
    """An open database with its tables and nothing in them, once on SQLite and once on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def shown(url):
    return url.render_as_string(hide_password=False)


def _superuser(url):
    return psycopg.connect(shown(url.set(drivername="postgresql")), autocommit=True)
