"""What a person reads in a mail, and where nothing but text is shown. The golden files are written anew by LISTENER_GOLDEN=write, to be read before commit."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import telling

from listener.notify.letter import html
from listener.notify.shape import chart_line, headline, plain, ways

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def text(message):
    return plain(message) + "\n"


def mail(message):
    return html(message, chart="chart")


@pytest.mark.parametrize("name", telling.ALL)
@pytest.mark.parametrize(("folder", "ending", "shown"), [("text", "txt", text), ("mail", "html", mail)])
def test_it_reads_like_its_golden_file(folder, ending, shown, name):
    read = shown(telling.ALL[name])
    path = GOLDEN / folder / f"{name}.{ending}"
    if os.environ.get("LISTENER_GOLDEN") == "write":
        path.write_text(read, encoding="utf-8")
    assert read == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["slack", "text", "mail"])
def test_every_message_has_its_golden_file_and_none_is_left_over(folder):
    assert {path.stem for path in (GOLDEN / folder).iterdir()} == set(telling.ALL)


def test_every_line_of_a_hostile_message_is_one_that_we_began():
    shown = plain(replace(telling.HOSTILE, chart=telling.CHART, links=telling.LINKS)).splitlines()
    assert shown[0] == headline(telling.HOSTILE)
    assert shown[1] == " ".join(chart_line(telling.CHART))
    assert len(shown) == 2 + len(telling.HOSTILE.lines) + 1 + 2 + len(telling.HOSTILE.quotes) + 1
    assert not any(re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069]", line) for line in shown)


def test_a_way_to_answer_is_a_web_address_or_is_not_shown():
    links = [
        replace(telling.LINKS[0], url=url)
        for url in ("javascript:alert(1)", "https://x.example/" + "a" * 600)
    ]
    assert ways(replace(telling.FIRING, links=(*links, telling.LINKS[1]))) == [
        ("Close it", "https://listener.agency.example/answer/12.close.abc")
    ]
