"""What one feed has brought in one round, and commands on a copy of it."""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from places import Place
from saying import saying
from world import listener, rss


@contextmanager
def heard_once(folder, config, texts):
    """A folder with this configuration, in which "{place}" is the feed's host, and what it heard; the place stays open."""
    now = datetime.now(UTC)
    with Place() as place:
        items = [
            (f"item-{n}", text, f"writer{n}", now - timedelta(minutes=n)) for n, text in enumerate(texts)
        ]
        place.says("/talk.xml", body=rss(items))
        (folder / "config.yaml").write_text(config.format(place=place.host), encoding="utf-8")
        listener("run", "-c", str(folder / "config.yaml"), "--once", "--all")
        yield folder


def copied(town, tmp_path):
    """A copy of its configuration and database for one test."""
    shutil.copytree(town, tmp_path / "town")
    return tmp_path / "town" / "config.yaml"


def commands(config):
    """A command on this configuration: its exit code, and what it prints on both streams."""

    def run(name, *words):
        said = saying(name, "-c", config, *words)
        return said.code, said.out + said.err

    return run
