"""A folder of real files: read on as they grow, anew where they are replaced, and nothing outside of it."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime

import pytest

from listener.connector import NeedsAttention, registry
from listener.connector.folder import InboxHere
from listener.connector.testing import Pickled, RobotsKept
from listener.connector.visit import Visit

FILES = registry.find("files")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HEADER = "id,text,rating\n"


class Reader:
    """Polls a folder and remembers the cursor, as the engine does."""

    def __init__(self, base, **options):
        self.base, self.cursor = base, None
        self.options = FILES.options(folder="inbox", **options)
        self.refused, self.truncated = [], False

    def http(self, *, fresh=False):
        return Visit(
            None,
            now=NOW,
            validators={},
            robots=RobotsKept(),
            apart=Pickled(),
            inbox=InboxHere(self.base),
            fresh=fresh,
        )

    def poll(self, *, fresh=False, crash_after=None):
        found = []
        for number, page in enumerate(FILES.fetch(self.http(fresh=fresh), self.options, self.cursor)):
            if number == crash_after:
                break
            found += [one.external_id for one in page.found]
            self.refused += [one.reason for one in page.refused]
            self.cursor, self.truncated = page.cursor, page.truncated
        return found


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def test_it_reads_on_where_rows_are_appended_and_an_unfinished_last_line_waits(inbox):
    reader, file = Reader(inbox.parent), inbox / "a.csv"
    file.write_text(HEADER + "1,Late again,1/5\n2,Half a li", encoding="utf-8")
    assert reader.poll() == ["1"]
    with file.open("a", encoding="utf-8") as more:
        more.write("ne,\n3,Third,\n")
    assert reader.poll() == ["2", "3"]
    assert reader.poll() == []
    assert reader.refused == []


def test_a_last_line_without_its_end_is_read_once_the_file_rests(inbox):
    reader = Reader(inbox.parent)
    (inbox / "a.csv").write_text(HEADER + "1,Whole,\n2,Without a line end,4/5", encoding="utf-8")
    assert [reader.poll() for _ in range(3)] == [["1"], ["2"], []]


@pytest.mark.parametrize("how", ["renamed over", "cut off and written again"])
def test_a_replaced_file_is_read_anew(inbox, how):
    reader, file = Reader(inbox.parent), inbox / "a.csv"
    file.write_text(HEADER + "1,One,\n2,Two,\n", encoding="utf-8")
    assert reader.poll() == ["1", "2"]
    target = inbox.parent / "new" if how == "renamed over" else file
    target.write_text(
        HEADER.replace("id", "ID") + "8,Eight and much more than there was before,\n9,Nine,\n",
        encoding="utf-8",
    )
    if target != file:
        target.replace(file)
    assert reader.poll() == ["8", "9"]


def test_links_that_lead_out_pipes_and_folders_are_left_alone(inbox):
    (inbox.parent / "secret.csv").write_text(HEADER + "1,Secret,\n", encoding="utf-8")
    (inbox / "out.csv").symlink_to(inbox.parent / "secret.csv")
    (inbox / "passwd.csv").symlink_to("/etc/passwd")
    (inbox / "circle.csv").symlink_to(inbox / "circle.csv")
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "folder.csv").mkdir()
    (inbox / "good.csv").write_text(HEADER + "2,Good,\n", encoding="utf-8")
    assert Reader(inbox.parent).poll() == ["2"]


def test_a_wrong_row_is_set_aside_with_its_line_and_costs_only_itself(inbox):
    reader = Reader(inbox.parent)
    (inbox / "a.csv").write_bytes(
        HEADER.encode()
        + b'1,"Two\nlines",\n2,Caf\xe9,\n3,Nine of five,9/5\n4,a,b,c,d\n5,Good,\n6,"never closed,\n7,After it,\n'
    )
    assert reader.poll() == ["1", "5"]
    assert reader.poll() == ["7"]  # the file rests: the quote will not be closed
    assert reader.refused == [
        "a.csv line 4 is not in UTF-8: save the file as UTF-8.",
        "a.csv line 5 has a rating '9/5': write such as 4/5 or 80%.",
        "a.csv line 6 has 5 fields and the header 3: put texts in quotes.",
        "a.csv line 8 has a quote that is never closed: write two quotes for one within a text.",
    ]


def test_a_line_without_end_is_told_and_passed_over(inbox):
    reader = Reader(inbox.parent)
    (inbox / "a.jsonl").write_bytes(
        b'{"text": "one"}\n{"text": "' + b"x" * (3 * 2**20) + b'"}\n{"text": "three"}\n'
    )
    assert len(reader.poll()) == 2
    assert reader.refused == ["a.jsonl line 2 is longer than 2 MB: write one item on each line."]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "name,age\nAnn,7\n",
            "a.csv line 1 has no column text or title, but name, age: name the columns there.",
        ),
        ("id,text\n1,Fine\n".encode("utf-16"), "a.csv line 1 is not in UTF-8: save the file as UTF-8."),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_told_once(inbox, written, said):
    reader = Reader(inbox.parent)
    (inbox / "a.csv").write_bytes(written if isinstance(written, bytes) else written.encode())
    assert reader.poll() == reader.poll() == []
    assert reader.refused == [said]


def test_a_folder_that_is_missing_names_what_mends_it(tmp_path):
    with pytest.raises(
        NeedsAttention, match="The folder inbox is not there: make it beside the configuration"
    ):
        Reader(tmp_path).poll()


def test_a_new_client_is_read_everything_once_more_even_over_many_polls(inbox, monkeypatch):
    monkeypatch.setattr("connectors.files.A_PAGE", 500)
    reader = Reader(inbox.parent)
    line = '{"text": "xxxxxxx", "id": %d}\n'
    (inbox / "a.jsonl").write_text("".join(line % n for n in range(1_000)), encoding="utf-8")
    first = reader.poll()
    assert reader.truncated
    assert len(set(first + reader.poll())) == 1_000
    again = reader.poll(fresh=True)
    assert reader.truncated
    again += reader.poll(fresh=True)
    assert not reader.truncated
    assert len(again) == len(set(again)) == 1_000
    assert reader.poll() == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_is_read_once_through_crashes_and_replacements(inbox, seed):
    chance = random.Random(seed)
    reader, number, owed, stored = Reader(inbox.parent), 0, set(), []
    pending = {}
    for step in range(60):
        name = f"{chance.randrange(3)}.csv"
        file = inbox / name
        if chance.random() < 0.1 and not pending.get(name):
            file.unlink(missing_ok=True)
        text = "" if file.exists() else HEADER
        for _ in range(chance.randrange(4)):
            number += 1
            text += f'{number},"Row {number}{chance.choice(["", chr(10), "; , "])}","{chance.randrange(1, 6)}/5"\n'
            owed.add(str(number))
        text = pending.pop(name, "") + text
        cut = len(text) if chance.random() < 0.6 or step > 55 else chance.randrange(len(text) + 1)
        pending[name] = text[cut:]
        with file.open("a", encoding="utf-8") as out:
            out.write(text[:cut])
        stored += reader.poll(crash_after=chance.choice([None, None, 0, 1]))
        if file.exists() and pending[name]:
            with file.open("a", encoding="utf-8") as out:
                out.write(pending.pop(name))
        if not pending.get(name):
            pending.pop(name, None)
            stored += reader.poll()
    assert set(stored) == owed
    assert len(stored) == len(owed)
    assert reader.refused == []
