"""Lines that somebody hands in: read liberally, and a wrong one costs only itself."""

import io
import json
from datetime import UTC, datetime

import pytest

from listener.cli.items import LONGEST, Wrong, read
from listener.domain.found import Author
from listener.polling.trial import Given

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lines(*raw):
    return list(read(io.BytesIO(b"\n".join(one if isinstance(one, bytes) else one.encode() for one in raw))))


def one(**data):
    (item,) = lines(json.dumps({"id": "a", "text": "Mills", **data}))
    return item


def test_it_reads_what_a_line_tells_and_ignores_the_rest():
    item = one(
        title="News",
        url="https://news.example/1",
        site="mills.example",
        lang="en",
        kind="rss",
        source="Gazette",
        links=["https://a.example/"],
        mood="fine",
    )
    assert (item.id, item.kind, item.source) == ("a", "rss", "Gazette")
    assert (item.found.title, item.found.text, item.found.language) == ("News", "Mills", "en")
    assert (item.found.site, item.found.links) == ("https://mills.example", ("https://a.example/",))


@pytest.mark.parametrize(
    ("author", "more", "wanted"),
    [
        ("Ann Lee", {}, Author(key="Ann Lee", name="Ann Lee")),
        ("@ann", {"followers": 12}, Author(key="@ann", handle="@ann", reach=12)),
        (
            {"name": "Ann", "handle": "ann", "followers": 1.0},
            {},
            Author(key="ann", name="Ann", handle="ann", reach=1),
        ),
        ("Ann", {"handle": "ann"}, Author(key="ann", name="Ann", handle="ann")),
        (None, {"followers": None}, None),
    ],
)
def test_an_author_may_be_a_name_a_handle_or_both(author, more, wanted):
    assert one(author=author, **more).found.author == wanted


@pytest.mark.parametrize(
    "at", ["2026-03-01T12:00:00Z", "2026-03-01T13:00+01:00", "2026-03-01T12:00", 1772366400, 1772366400000]
)
def test_a_time_may_be_written_in_several_ways(at):
    assert one(published_at=at).found.published_at == NOON


def test_an_id_is_given_back_as_it_came():
    assert [item.id for item in lines('{"id": 7, "text": "x"}', '{"id": "07", "text": "x"}')] == [7, "07"]


def test_a_title_alone_will_do():
    (item,) = lines('{"id": 1, "title": "Mills opens", "text": null}')
    assert (item.found.title, item.found.text) == ("Mills opens", "")


def test_half_characters_are_replaced_so_that_they_can_be_printed():
    (item,) = lines('{"id": "\\ud800", "text": "Mills \\udfff é"}')
    assert (item.id, item.found.text) == ("?", "Mills ? é")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "is no JSON (Expecting value at character 1)"),
        ("[1]", "is no JSON object"),
        ('{"text": "x"}', "has no id"),
        ('{"id": true, "text": "x"}', "has no id"),
        ('{"id": 1}', "has no text"),
        ('{"id": 1, "text": 5}', "has a text that is no text"),
        (
            '{"id": 1, "text": "x", "published_at": "yesterday"}',
            "that is no time: write 2026-03-01T12:00:00Z",
        ),
        ('{"id": 1, "text": "x", "published_at": 1e300}', "that is no time"),
        ('{"id": 1, "text": "x", "published_at": [2026]}', "that is no time"),
        ('{"id": 1, "text": "x", "followers": "many"}', "has followers that are no number"),
        ('{"id": 1, "text": "x", "links": [1]}', "has links that are no list"),
        ('{"id": 1, "text": "x", "author": {"name": 5}}', "has a name of its author that is no text"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"id": 1, "text": ' + "9" * 5000 + "}", "is no JSON"),
        (b'{"id": 1, "text": "\xff"}', "is not in UTF-8"),
        (b"\x00\x01", "is no JSON"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_costs_only_itself(line, says):
    good = '{"id": 1, "text": "Mills"}'
    first, wrong, last = lines(good, line, good)
    assert isinstance(wrong, Wrong)
    assert wrong.line == 2
    assert says in wrong.reason
    assert isinstance(first, Given)
    assert isinstance(last, Given)


def test_empty_lines_and_a_byte_order_mark_are_no_mistakes():
    (item,) = lines(b'\xef\xbb\xbf{"id": 1, "text": "Mills"}', "", "  ", "")
    assert item.id == 1


def test_a_line_without_an_end_is_left_behind_without_being_held():
    wrong, good = lines(
        b'{"id": 1, "text": "' + b"x" * (2 * LONGEST + 5) + b'"}', '{"id": 2, "text": "Mills"}'
    )
    assert wrong == Wrong(line=1, reason="is longer than 16 MB: write one item on each line")
    assert good.id == 2
