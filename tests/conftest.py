"""Real databases for every test that asks: each test its own, filled from one that was migrated once."""

import os
import shutil
from contextlib import ExitStack, contextmanager
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
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.running())
        except postgres.NoPostgres as reason:
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI needs PostgreSQL: {reason}", pytrace=False)
            pytest.skip(str(reason))
        yield sa.make_url(url).set(drivername="postgresql+psycopg")


@pytest.fixture
def empty_postgres(postgres_server):
    """The URL of an empty database on that server."""
    with _made(postgres_server, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "listener.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server):
    with _made(postgres_server, template="template0") as url:
        open_database(shown(url)).close()
        yield url.database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The URL of an empty database with its tables, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def sqlite_url(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "listener.db")
    return f"sqlite:///{tmp_path}/listener.db"


@pytest.fixture
def postgresql_url(postgres_server, postgres_template):
    with _made(postgres_server, template=postgres_template) as url:
        yield shown(url)


@pytest.fixture
def database(database_url):
    """An open database with its tables and nothing in them, once on SQLite and once on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def shown(url):
    return url.render_as_string(hide_password=False)


@contextmanager
def _made(server, *, template):
    """A database on the server for a while. FILE_COPY takes a sixth of the time where the server need not sync."""
    name = f"listener_test_{os.getpid()}_{next(_NUMBERS)}"
    with _superuser(server) as conn:
        conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield server.set(database=name)
    with _superuser(server) as conn:
        conn.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _superuser(url):
    with psycopg.connect(shown(url.set(drivername="postgresql")), autocommit=True) as conn:
        yield conn
