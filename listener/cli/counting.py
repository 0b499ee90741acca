"""The learned models that count, for commands that score."""

from __future__ import annotations

import sys
from contextlib import closing

from listener.app import make_base
from listener.cli.output import printable
from listener.config.config import Config
from listener.jobs.learning import loaded
from listener.scoring.taught import NOTHING_LEARNED, Learned
from listener.store.engine import Database, open_database
from listener.store.errors import NoDatabase


def models_in(database: Database, config: Config) -> Learned:
    """The models that count, by watch list; why one that should is not used is told on stderr."""
    usable, unusable = loaded(database, make_base(config))
    for reason in unusable.values():
        print(printable(reason), file=sys.stderr)
    return usable


def models_of(config: Config) -> Learned:
    """Those of the configuration's database; none where there is no database yet."""
    try:
        opened = open_database(config.database, create=False)
    except NoDatabase:
        return NOTHING_LEARNED
    with closing(opened) as database:
        return models_in(database, config)
