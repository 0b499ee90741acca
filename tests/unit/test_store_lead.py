"""One daemon on a database at a time, whatever became of the one before."""

import os
from pathlib import Path

import pytest
from wanted import running_python

from listener.store.engine import open_database
from listener.store.errors import AlreadyRunning
from listener.store.migrate import upgrade

_LEAD = """
import sys
from listener.store.engine import open_database
lead = open_database(sys.argv[1]).lead()
print("leads", flush=True)
sys.stdin.read()
"""


def test_a_second_one_is_refused_and_told_who_is_first(database):
    with database.lead() as lead:
        assert lead.check()
        with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}\b.*stop it first"):
            database.lead()


def test_it_can_be_taken_again_once_it_is_given_back(database):
    for _ in range(2):
        with database.lead() as lead:
            assert lead.check()


def test_another_process_keeps_it_until_it_is_killed(database, database_url):
    with running_python(_LEAD, database_url) as other:
        with pytest.raises(AlreadyRunning, match=rf"process {other.pid}\b"):
            database.lead()
        other.kill()
        other.wait(timeout=30)
        with database.lead() as lead:
            assert lead.check()


def test_the_schema_is_not_changed_beside_a_running_daemon(database, database_url):
    with running_python(_LEAD, database_url), pytest.raises(AlreadyRunning):
        upgrade(database)


def test_who_leads_may_change_the_schema(database):
    with database.lead() as lead:
        assert upgrade(database, lead=lead).is_current


def test_a_leader_notices_that_its_lock_file_was_deleted(sqlite_url):
    database = open_database(sqlite_url)
    with database.lead() as lead:
        Path(f"{database.where}.lock").unlink()
        assert not lead.check()
    database.close()
