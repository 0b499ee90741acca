"""The connector and the recording that docs/add-a-connector.md shows work as they stand there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from listener.connector import testing
from listener.connector.contract import TryLater
from listener.connector.testing import Recording, Reply

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "add-a-connector.md").read_text(encoding="utf-8")


def block(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """The connector and the recording of the page."""
    module = ModuleType("guestbook")
    monkeypatch.setitem(sys.modules, "guestbook", module)
    exec("\n".join(block("python")), module.__dict__)
    path = tmp_path / "visitors.json"
    path.write_text(block("json")[0])
    return module.CONNECTOR, Recording.load(path)


def test_the_connector_of_the_page_reads_the_recording_of_the_page(shown):
    connector, recording = shown
    (options,) = recording.searches(connector)
    kept = list(testing.poll(connector, options, testing.recorded(recording), now=recording.now))
    assert [found.text for one in kept for found in one.page.found] == ["Lovely shop"]
    assert testing.faults(kept[0].page.found[0], now=recording.now) == []
    again = testing.poll(
        connector, options, testing.recorded(recording), now=recording.at(1), number=1, cursor=kept[-1].cursor
    )
    assert list(again) == []


@pytest.mark.parametrize("body", [b"[]", b'{"entries": [null]}', b'{"entries": [{"id": 0}]}', b"<html>"])
def test_the_connector_of_the_page_tells_garbage(shown, body):
    connector, recording = shown
    (options,) = recording.searches(connector)
    with pytest.raises(TryLater):
        list(testing.poll(connector, options, lambda *_: Reply(body=body), now=recording.now))
