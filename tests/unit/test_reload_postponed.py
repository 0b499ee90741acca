"""A changed configuration that the database cannot take over yet."""

import os

from builders import NOW
from world import write_config

from listener.app import opened
from listener.config import load


def test_it_is_taken_over_as_soon_as_the_database_answers(tmp_path):
    path = write_config(tmp_path, feeds=["http://127.0.0.1:9/a.xml"], clients=["Mills"])
    with opened(load.load(path, environ=os.environ)) as app:
        write_config(tmp_path, feeds=["http://127.0.0.1:9/a.xml"], clients=["Mills", "Acme"])
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        database, aside = tmp_path / "listener.db", tmp_path / "aside.db"
        database.rename(aside)
        assert app.reload(False) is None
        assert [client.name for client in app.plan.clients] == ["Mills"]
        aside.rename(database)
        taken = app.reload(False)
        assert taken is not None
        assert [client.name for client in taken.clients] == ["Mills", "Acme"]
        assert app.reload(False) is None
