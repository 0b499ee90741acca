"""PostgreSQL: every wait has an end, and what is told names the remedy without the password."""

import os
import signal
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa
from postgres import GUARDED

from listener.store import errors, marks, postgres
from listener.store.engine import open_database


@pytest.fixture
def server(postgresql_url):
    database = open_database(postgresql_url, patience=0.2)
    yield database
    database.close()


@pytest.fixture
def superuser(postgresql_url):
    url = sa.make_url(postgresql_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as conn:
        yield conn


def put(database, number=1):
    with database.write() as connection:
        marks.put(connection, "one", number=number)


@contextmanager
def stopped(process):
    """A process of the server that hangs: it is there, and says nothing."""
    try:
        os.kill(process, signal.SIGSTOP)
    except (PermissionError, ProcessLookupError):
        pytest.skip("the server is not ours to stop: it runs elsewhere, or as somebody else")
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def end_sessions(superuser):
    superuser.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_it_takes_the_short_form_of_the_url(postgresql_url):
    database = open_database(postgresql_url.replace("postgresql+psycopg:", "postgresql:"))
    put(database)
    assert database.dialect == "postgresql"
    database.close()


def test_it_says_that_no_server_answers(tmp_path):
    with pytest.raises(errors.Unreachable, match="check that PostgreSQL runs there") as caught:
        open_database(f"postgresql+psycopg://dana:secret@/listener?host={tmp_path}")
    assert caught.value.passing
    assert "secret" not in str(caught.value)


def test_it_says_that_the_server_has_no_such_database(postgres_server):
    with pytest.raises(errors.Unreachable, match='database "none" does not exist'):
        open_database(postgres_server.set(database="none").render_as_string(hide_password=False))


def test_it_says_that_the_password_is_wrong_without_repeating_it(postgresql_url, superuser):
    superuser.execute(f"DROP ROLE IF EXISTS {GUARDED}")
    superuser.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'right'")
    url = sa.make_url(postgresql_url).set(username=GUARDED, password="not-right")
    with pytest.raises(errors.AccessDenied, match="check the user, the password") as caught:
        open_database(url.render_as_string(hide_password=False))
    assert "password authentication failed" in str(caught.value)
    assert "not-right" not in str(caught.value)
    superuser.execute(f"DROP ROLE {GUARDED}")


def test_it_leaves_a_database_with_the_tables_of_another_program_as_it_is(postgresql_url, superuser):
    superuser.execute("DROP TABLE listener_schema")
    with pytest.raises(errors.ForeignDatabase, match="the tables audit, authors, bands"):
        open_database(postgresql_url)


def test_it_ends_a_statement_that_takes_too_long(server):
    with pytest.raises(errors.Slow, match="did not answer in time") as caught, server.write() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 50; SELECT pg_sleep(30)")
    assert caught.value.passing


def session_of(connection):
    return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()


def test_it_waits_no_longer_than_its_limit_for_a_server_that_hangs(server, monkeypatch):
    monkeypatch.setattr(postgres, "_ANSWER_S", 0.5)

    def hang_halfway():
        with server.write() as connection:
            marks.put(connection, "one", number=1)
            with stopped(session_of(connection)):
                marks.put(connection, "two", number=2)

    with pytest.raises(errors.Unreachable, match=r"no answer for 0\.5 s") as caught:
        hang_halfway()
    assert caught.value.passing
    with server.write() as connection:
        assert (marks.get(connection, "one"), marks.get(connection, "two")) == (None, None)


def test_it_leaves_a_session_that_hangs_for_another(server, monkeypatch):
    with server.read() as connection:
        hung = session_of(connection)
    monkeypatch.setattr(postgres, "_ANSWER_S", 0.5)
    with stopped(hung):
        put(server, 2)
        with server.read() as connection:
            assert (marks.get(connection, "one"), session_of(connection) != hung) == (2, True)


def test_it_goes_on_after_the_server_cut_its_sessions(server, superuser):
    put(server, 1)
    end_sessions(superuser)
    put(server, 2)
    with server.read() as connection:
        assert marks.get(connection, "one") == 2


def test_it_says_so_when_the_server_dies_in_a_transaction_and_nothing_of_it_stays(server, superuser):
    def be_cut_halfway():
        with server.write() as connection:
            marks.put(connection, "one", number=1)
            end_sessions(superuser)
            marks.put(connection, "two", number=2)

    with pytest.raises(errors.Unreachable):
        be_cut_halfway()
    with server.read() as connection:
        assert (marks.get(connection, "one"), marks.get(connection, "two")) == (None, None)
    put(server, 3)


def test_a_leader_whose_session_was_cut_knows_it_and_writes_no_more(server, superuser):
    with server.lead() as cut_off:
        assert cut_off.check()
        end_sessions(superuser)
        with server.lead() as next_one:
            assert not cut_off.check()
            assert next_one.number == cut_off.number + 1
            with pytest.raises(errors.LeadLost, match="this one must stop"), server.write() as connection:
                cut_off.fence(connection)
            with server.write() as connection:
                next_one.fence(connection)
