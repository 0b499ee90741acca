"""The daemon while its database does not take anything."""

import os

from world import write_config

from listener.app import opened
from listener.config import load


def test_it_waits_for_the_database_instead_of_ending_itself_and_healthz_tells(tmp_path):
    path = write_config(tmp_path, feeds=["http://127.0.0.1:9/a.xml"], clients=["Mills"])
    with opened(load.load(path, environ=os.environ)) as app:
        daemon = app.daemon()
        database, aside = tmp_path / "listener.db", tmp_path / "aside.db"
        database.rename(aside)
        daemon.ticked_at -= 1000
        daemon.turned_at -= 1000
        daemon._tick_safely()
        assert daemon.stuck_for_s < 100
        assert daemon.round_age_s > 900
        assert not app.status_of(daemon)().healthy
        aside.rename(database)
        daemon._tick_safely()
        assert daemon.round_age_s < 100
        daemon._drain()
