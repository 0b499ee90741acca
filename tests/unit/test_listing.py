"""A listing of reviews that is read down to what is known: page limits, edits far down, circles."""

from datetime import UTC, datetime, timedelta

import pytest

from listener.connector import TryLater
from listener.connector.listing import Leaf, walk

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Poll:
    fresh = False

    def __init__(self, now=NOW):
        self.now = now


def place_of(marks, size=2, asked=None):
    """Pages of a listing of ids with their marks, asked for by number."""
    names = list(marks)

    def ask(token):
        number = int(token or 1)
        if asked is not None:
            asked.append(number)
        some = names[(number - 1) * size : number * size]
        more = names[number * size :]
        return Leaf(marks={name: marks[name] for name in some}, next=str(number + 1) if more else None)

    return ask


def last(pages):
    return list(pages)[-1]


def test_what_a_page_limit_cuts_off_is_read_by_the_next_poll():
    marks = {f"r{number}": "" for number in range(9)}
    asked = []
    first = last(walk(Poll(), place_of(marks, asked=asked), None, place="X", most=3))
    assert first.truncated
    second = last(walk(Poll(), place_of(marks, asked=asked), first.cursor, place="X", most=3))
    assert not second.truncated
    assert asked == [1, 2, 3, 4, 5]
    assert set(second.cursor["known"]) == set(marks)


def test_it_ends_where_all_is_known_and_goes_on_where_one_changed():
    marks = {f"r{number}": "" for number in range(9)}
    known = last(walk(Poll(), place_of(marks), None, place="X")).cursor
    asked = []
    list(walk(Poll(NOW + timedelta(hours=1)), place_of(marks, asked=asked), known, place="X"))
    assert asked == [1]
    asked.clear()
    list(
        walk(Poll(NOW + timedelta(hours=1)), place_of({**marks, "r1": "new"}, asked=asked), known, place="X")
    )
    assert asked == [1, 2]


def test_once_a_day_it_goes_down_to_the_floor_for_what_changed_there():
    marks = {f"r{number}": "" for number in range(9)}
    known = last(walk(Poll(), place_of(marks), None, place="X")).cursor
    asked = []
    list(walk(Poll(NOW + timedelta(days=1)), place_of(marks, asked=asked), known, place="X"))
    assert asked == [1, 2, 3, 4, 5]


def test_pages_that_lead_in_a_circle_are_told():
    def ask(token):
        return Leaf(marks={"one": ""}, next="again")

    with pytest.raises(TryLater, match="the same page again and again"):
        list(walk(Poll(), ask, None, place="X"))


def test_a_client_that_is_new_sees_all_of_it_again():
    marks = {f"r{number}": "" for number in range(4)}
    known = last(walk(Poll(), place_of(marks), None, place="X")).cursor
    poll, asked = Poll(NOW + timedelta(hours=1)), []
    poll.fresh = True
    list(walk(poll, place_of(marks, asked=asked), known, place="X"))
    assert asked == [1, 2]
