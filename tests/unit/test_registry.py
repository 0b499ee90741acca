"""Connectors are found by the name of their file, and a file that is wrong is told what it lacks."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

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
    registry.forget()
    yield folder
    registry.forget()
    for name in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[name]


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


CODE = """
from listener.connector import Connector, OptionsModel

class ForumOptions(OptionsModel):
    pass

CONNECTOR = Connector(
    kind="{kind}", summary="A forum.", options=ForumOptions, scope=lambda _: "all", fetch=lambda *_: iter(())
)
"""


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A function that puts a package with a connector where Python finds it; undone at the end."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def install(kind, *, name="a-forum", code=CODE, value=None):
        module = f"{name.replace('-', '_')}_{kind}"
        (site / f"{module}.py").write_text(code.replace("{kind}", kind))
        about = site / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        with (about / "entry_points.txt").open("a") as file:
            file.write(f"[{registry.GROUP}]\n{kind} = {value or f'{module}:CONNECTOR'}\n")
        registry.forget()
        return module

    yield install
    registry.forget()
    for name in [name for name in sys.modules if name.startswith(("a_forum", "b_forum"))]:
        del sys.modules[name]


@pytest.mark.parametrize("by_module", [True, False])
def test_a_package_brings_a_kind_by_its_entry_point_and_is_imported_when_it_is_asked_for(packages, by_module):
    module = packages("forum", value="a_forum_forum" if by_module else None)
    assert "forum" in registry.kinds()
    assert module not in sys.modules
    assert registry.find("forum").summary == "A forum."
    assert registry.find("rss").kind == "rss"


def test_the_collection_wins_over_a_package_of_the_same_name_and_says_so_once(packages, caplog):
    module = packages("rss")
    for _ in range(3):
        assert registry.find("rss").summary == "A feed: RSS, Atom, RDF or JSON Feed."
    assert module not in sys.modules
    assert caplog.text.count('connector-unused kind=rss package=a-forum because="the collection has one') == 1


def test_of_two_packages_with_one_kind_the_first_in_the_alphabet_is_taken_and_the_other_is_named(
    packages, caplog
):
    packages("forum", name="b-forum", code="raise RuntimeError")
    packages("forum", name="a-forum")
    assert registry.find("forum").kind == "forum"
    assert "package=b-forum" in caplog.text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('it is too old')", r"the package a-forum, which brings the kind 'forum', cannot be loaded \(RuntimeError: it is too old\): upgrade it, or take it out"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("CONNECTOR = 1", "a_forum_forum:CONNECTOR of the package a-forum has no CONNECTOR"),
        (CODE.replace("{kind}", "board"), "declares the kind 'board': an entry point's name is its kind"),
    ],
    ids=["raises", "lacks", "is none", "is another"],
)  # fmt: skip
def test_a_broken_package_costs_its_kind_alone_and_the_file_says_where_it_is_asked_for(
    packages, tmp_path, code, said
):
    from listener.config import load
    from listener.config.mistakes import Mistakes

    packages("forum", code=code)
    with pytest.raises(registry.BadConnector, match=said):
        registry.find("forum")
    assert registry.find("hackernews").kind == "hackernews"
    file = tmp_path / "config.yaml"
    file.write_text(
        "watch_lists:\n  - name: key\n    sources: [hackernews, forum]\n    clients: [{name: Mills Supply}]\n"
    )
    with pytest.raises(Mistakes, match=rf"config.yaml:3: .*{said}"):
        load.load(file, environ={})


def test_an_entry_point_that_is_no_name_is_left_alone(packages):
    packages("forum", value="x.y:z")
    about = next(Path(path) for path in sys.path if path.endswith("site")) / "a_forum-1.0.dist-info"
    (about / "entry_points.txt").write_text(f"[{registry.GROUP}]\n../rss = os\nfor-um = os\n")
    registry.forget()
    assert not {"../rss", "for-um"} & set(registry.kinds())


def test_a_wheel_that_is_really_built_and_installed_brings_its_kind(tmp_path):
    """Built by the backend that its pyproject names, unpacked as an installer does, and found by a program of its own."""
    from listener.cli.skeleton import package

    package(tmp_path / "source", "guestbook")
    build = "import os, sys; os.chdir(sys.argv[1]); from hatchling.build import build_wheel; print(build_wheel(sys.argv[2]))"
    words = [sys.executable, "-c", build, str(tmp_path / "source"), str(tmp_path)]
    wheel = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[-1]
    with zipfile.ZipFile(tmp_path / wheel) as file:
        file.extractall(tmp_path / "site")
    ask = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from listener.connector import registry;"
        "known = registry.kinds(); lazy = 'listener_guestbook' in sys.modules;"
        "print(json.dumps(['guestbook' in known, lazy, registry.find('guestbook').kind]))"
    )
    root = Path(__file__).resolve().parents[2]
    asked = subprocess.run(
        [sys.executable, "-c", ask, str(tmp_path / "site")],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    assert json.loads(asked.stdout) == [True, False, "guestbook"]
