"""What holds for the database whichever it is."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from listener.store import marks
from listener.store.engine import open_database
from listener.store.errors import BadUrl, Busy, StoreError
from listener.store.tables import marks as marks_table


def test_it_reads_what_was_written(database):
    with database.write() as connection:
        marks.put(connection, "one", number=7)
    with database.read() as connection:
        assert marks.get(connection, "one") == 7


def test_it_undoes_a_write_that_failed_halfway(database):
    def fail_halfway():
        with database.write() as connection:
            marks.put(connection, "one", number=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with database.read() as connection:
        assert marks.get(connection, "one") is None


def test_it_does_not_write_through_a_reader(database):
    with pytest.raises((StoreError, sa.exc.DBAPIError)), database.read() as connection:
        marks.put(connection, "one", number=1)
    with database.read() as connection:
        assert marks.get(connection, "one") is None


def test_it_refuses_a_write_inside_a_write(database):
    with database.write(), pytest.raises(RuntimeError, match="inside"), database.write():
        pass


def test_it_loses_no_increment_of_eight_threads(database):
    def add_fifty(_):
        for _ in range(50):
            with database.write() as connection:
                marks.put(connection, "sum", number=(marks.get(connection, "sum") or 0) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_fifty, range(8)))
    with database.read() as connection:
        assert marks.get(connection, "sum") == 400


def test_it_shows_a_reader_one_moment_while_another_writes(database):
    with database.read() as reader:
        before = marks.get(reader, "one")
        writer = threading.Thread(target=_put, args=(database, 5))
        writer.start()
        writer.join(timeout=30)
        assert not writer.is_alive(), "the writer waited for the reader"
        assert (before, marks.get(reader, "one")) == (None, None)
    with database.read() as reader:
        assert marks.get(reader, "one") == 5


def test_it_opens_again_what_was_closed(database, database_url):
    _put(database, 3)
    again = open_database(database_url)
    with again.read() as connection:
        assert marks.get(connection, "one") == 3
    again.close()


def test_it_gives_up_on_a_row_that_another_program_holds(database, database_url):
    impatient = open_database(database_url, patience=0.2)
    with database.write() as connection:
        connection.execute(sa.insert(marks_table).values(name="one", number=1))
        with pytest.raises(Busy, match="locked by someone else"), impatient.write() as other:
            marks.put(other, "one", number=2)
    impatient.close()


def test_it_keeps_texts_out_of_its_errors(database):
    row = {"name": "one", "at": None, "number": 987654321}
    with pytest.raises(sa.exc.IntegrityError) as caught, database.write() as connection:
        connection.execute(sa.insert(marks_table), [row, row])
    assert "987654321" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("listener.db", "not a URL"),
        ("mysql://user:secret@host/name", "for 'mysql'"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_it_refuses_a_url_that_names_no_database(url, reason):
    with pytest.raises(BadUrl, match=reason) as caught:
        open_database(url)
    assert "secret" not in str(caught.value)
    assert "sqlite:///listener.db" in str(caught.value)


def _put(database, number):
    with database.write() as connection:
        marks.put(connection, "one", number=number)
