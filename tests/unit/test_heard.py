"""How long some places heard, added up and shared: against counting it minute by minute."""

from datetime import timedelta

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.heard import Heard
from listener.domain.spans import length, minus

MINUTE = timedelta(minutes=1)
minutes = st.integers(0, 60)
spans = st.lists(st.tuples(minutes, minutes).map(sorted).map(tuple), max_size=5)


def at(minute):
    return NOW + minute * MINUTE


def in_time(pairs):
    return [(at(start), at(end)) for start, end in pairs]


@given(places=st.lists(spans, max_size=4), without=spans, window=st.tuples(minutes, minutes).map(sorted))
def test_it_is_what_remains_of_each_place_added_up(places, without, window):
    since, until = window
    heard = Heard(in_time(pairs) for pairs in places)
    outside = [(NOW - timedelta(days=1), at(since)), (at(until), NOW + timedelta(days=1)), *in_time(without)]
    wanted = sum((length(minus(in_time(pairs), outside)) for pairs in places), timedelta())
    assert heard.time(at(since), at(until), without=in_time(without)) == wanted


def test_an_hour_counts_by_the_share_of_the_places():
    heard = Heard([[(at(0), at(60))], [(at(30), at(60))]])
    assert heard.hours(at(0), at(60)) == pytest.approx(0.75)


def test_where_there_is_no_place_nothing_was_heard():
    assert Heard([]).hours(at(0), at(60)) == 0.0
