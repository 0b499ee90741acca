"""Incidents before and after labels changed: which are the same one, which are gone or new, and how many people each has."""

from datetime import timedelta

import pytest
from builders import NOW

from listener.alerting.replay import Alarm, Arrival
from listener.alerting.retold import retold
from listener.domain.spike import Spike, Voice
from listener.domain.voices import Testimony

HOUR = timedelta(hours=1)


def alarm(hours, *, lasts=3):
    """One that is opened so many hours from now, over the hour before; without an end where it lasts None."""
    at = NOW + hours * HOUR
    spike = Spike(
        window=HOUR,
        ends_at=at,
        voices=(Voice(match=1, at=at, witness="ann", story=1),),
        usual=(0, 1),
        limit=3,
        expected=0.2,
        rate=1e-7,
        allowed=1e-5,
        once_in=8.2,
        late=False,
    )
    return Alarm(opened_at=at, resolved_at=None if lasts is None else at + lasts * HOUR, spike=spike)


def said(hours, *who, label="negative"):
    at = NOW + hours * HOUR
    return [
        Arrival(at=at, testimony=Testimony(counted_at=at, witness=one, story=1, label=label)) for one in who
    ]


def told(before, after, *, said_before=(), said_after=(), until=100):
    return retold(before, after, said_before=said_before, said_after=said_after, until=NOW + until * HOUR)


def test_what_overlaps_is_one_incident_told_a_little_earlier_or_later():
    (one,) = told([alarm(0)], [alarm(1)])
    assert (one.before, one.after) == (alarm(0), alarm(1))
    assert not one.is_changed


def test_what_stands_alone_is_gone_or_new_in_order_of_time():
    gone, new = told([alarm(0)], [alarm(24)])
    assert (gone.before, gone.after, gone.at) == (alarm(0), None, NOW)
    assert (new.before, new.after, new.at) == (None, alarm(24), NOW + 24 * HOUR)
    assert gone.is_changed
    assert new.is_changed


def test_one_that_goes_on_reaches_to_the_end():
    (one,) = told([alarm(0, lasts=None)], [alarm(24)])
    assert one.after == alarm(24)


def test_of_two_that_one_became_the_second_is_new():
    first, second = told([alarm(0, lasts=30)], [alarm(1), alarm(20)])
    assert (first.after, second.before, second.after) == (alarm(1), None, alarm(20))


def test_people_are_those_who_complain_in_its_window_each_once():
    before = [*said(-2, "old"), *said(-0.5, "ann", "bob", "ann", "cid"), *said(1, "late")]
    after = [*said(-0.5, "ann"), *said(-0.5, "bob", "cid", label="neutral")]
    (one,) = told([alarm(0)], [], said_before=before, said_after=after)
    assert (one.people_before, one.people_after) == (3, 1)


def test_another_number_of_people_is_a_change():
    (one,) = told([alarm(0)], [alarm(0)], said_before=said(0, "ann", "bob"), said_after=said(0, "ann"))
    assert one.is_changed


@pytest.mark.parametrize(("before", "after"), [([], []), ([alarm(0)], [alarm(0)])])
def test_what_is_the_same_is_no_change(before, after):
    assert not any(one.is_changed for one in told(before, after))
