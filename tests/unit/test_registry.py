"""Connectors are found by the name of their file, and a file that is wrong is told what it lacks."""

from __future__ import annotations

import sys

import pytest

from listener.connector import registry


@pytest.fixture
def collection(tmp_path, monkeypatch):
    """An empty collection in place of the real one."""
    folder = tmp_path / "kinds_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "COLLECTION", folder.name)
    forget()
    yield folder
    forget()
    for name in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[name]


def forget():
    registry.kinds.cache_clear()
    registry.find.cache_clear()


def test_it_knows_the_kinds_without_importing_them(collection):
    (collection / "broken.py").write_text("raise RuntimeError('imported')")
    (collection / "_part.py").write_text("")
    assert registry.kinds() == ("broken",)


def test_it_finds_the_connectors_of_this_repository():
    assert {"rss", "google_news", "hackernews"} <= set(registry.kinds())
    assert registry.find("rss").kind == "rss"


@pytest.mark.parametrize("kind", ["nothing", "../rss", "rss.fetch", "", "__init__"])
def test_it_says_which_kinds_there_are(kind):
    with pytest.raises(registry.UnknownKind, match=r"there are: .*rss"):
        registry.find(kind)


def test_it_says_what_a_file_lacks(collection):
    (collection / "forum.py").write_text("CONNECTOR = 1")
    with pytest.raises(registry.BadConnector, match=r"forum.py has no CONNECTOR: end it with"):
        registry.find("forum")


def test_it_says_where_a_file_and_its_kind_differ(collection):
    (collection / "forum.py").write_text("from connectors.rss import CONNECTOR")
    with pytest.raises(registry.BadConnector, match=r"forum.py declares the kind 'rss'"):
        registry.find("forum")
