"""A walk from page to page by a place's own marks: it resumes where it was cut off, and never goes in a circle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from listener.connector.contract import NeedsAttention, Page, TryLater
from listener.connector.marked import Reach, Sheet, StaleMark, anew, pages, together
from listener.domain.found import Found

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
REACH = Reach(days=7, overlap=timedelta(hours=1), deeper=timedelta(days=1))


def item(hours):
    return Found(external_id=str(hours), text="", published_at=NOW - timedelta(hours=hours))


def place(*sheets, asked=None):
    """Pages of items, each so many hours old; marks are numbers."""

    def ask(mark, floor):
        if asked is not None:
            asked.append(mark)
        at = int(mark or 0)
        return Sheet.of(map(item, sheets[at]), mark=str(at + 1) if at + 1 < len(sheets) else "")

    return ask


def walked(ask, cursor=None, *, most=10, now=NOW):
    return list(pages(ask, cursor, REACH, now=now, most=most))


def ids(kept):
    return [int(found.external_id) for page in kept for found in page.found]


def test_what_a_page_limit_cuts_off_is_read_by_the_next_poll():
    asked = []
    ask = place([1], [2], [3], [4], asked=asked)
    first = walked(ask, most=2)
    assert [page.truncated for page in first] == [False, True]
    second = walked(ask, first[-1].cursor, most=2)
    assert [page.truncated for page in second] == [False, False]
    assert ids([*first, *second]) == [1, 2, 3, 4]
    assert asked == ["", "1", "2", "3"]


def test_a_walk_that_ended_looks_back_by_the_overlap_and_no_further():
    first = walked(place([1]))
    again = walked(place([0, 1], [3, 4], [5]), first[-1].cursor, now=NOW + timedelta(minutes=1))
    assert ids(again) == [0, 1, 3, 4]
    assert "mark" not in again[-1].cursor


def test_once_in_a_while_it_looks_back_deeper():
    first = walked(place([1]))
    ask = place([-24, -23], [5, 10], [20, 22], [47, 48], [90])
    assert ids(walked(ask, first[-1].cursor, now=NOW + timedelta(days=1))) == [
        -24,
        -23,
        5,
        10,
        20,
        22,
        47,
        48,
    ]


def test_an_old_item_that_is_pinned_at_the_top_ends_nothing():
    first = walked(place([1]))
    again = walked(place([500, 0, 0], [1]), first[-1].cursor)
    assert ids(again) == [500, 0, 0, 1]


def test_a_mark_that_leads_back_is_told():
    with pytest.raises(TryLater, match="the same page again and again"):
        walked(lambda *_: Sheet.of([item(1)], mark="a"))


def test_a_mark_that_has_grown_old_begins_the_walk_again():
    ask = place([1], [2], [3])
    cut = walked(ask, most=2)[-1].cursor

    def forgetful(mark, floor):
        if mark == "2":
            raise StaleMark
        return place([1])(mark, floor)

    assert ids(walked(forgetful, cut)) == [1]


def test_walks_that_go_together_keep_their_parts_of_the_cursor_and_say_once_what_was_cut_off():
    def cut(cursor):
        yield Page(cursor={"a": 1}, truncated=True)

    def busy(cursor):
        yield Page(cursor={"b": 1}, truncated=True)
        yield Page(cursor={"b": 2})

    kept = list(together({"second": {"b": 0}}, {"first": cut, "second": busy}))
    assert kept[0].cursor == {"first": {"a": 1}, "second": {"b": 0}}
    assert kept[-1].cursor == {"first": {"a": 1}, "second": {"b": 2}}
    assert kept[-1].truncated
    assert not list(together(None, {"second": busy}))[-1].truncated


def test_what_one_of_them_is_refused_is_told_after_the_others_were_read():
    def refused(cursor):
        raise NeedsAttention("No.")
        yield

    reading = together(
        None, {"first": refused, "second": partial(pages, place([1]), reach=REACH, now=NOW, most=1)}
    )
    assert ids([next(reading)]) == [1]
    with pytest.raises(NeedsAttention, match=r"No\."):
        next(reading)


@dataclass
class Fresh:
    fresh: bool = True


@pytest.mark.parametrize(
    ("cursor", "is_anew"),
    [
        ({"until": 1}, True),
        ({"posts": {"until": 1}, "talk": {"queue": [], "walk": {"until": 1}}}, True),
        ({"posts": {"until": 1}, "tags": {"until": 1, "mark": "a"}}, False),
        ({"talk": {"queue": ["a"]}}, False),
        (None, True),
    ],
)
def test_a_client_that_is_new_hears_all_of_it_after_what_was_cut_off_was_read(cursor, is_anew):
    assert (anew(Fresh(), cursor) is None) == is_anew
    assert anew(Fresh(fresh=False), cursor) == cursor
