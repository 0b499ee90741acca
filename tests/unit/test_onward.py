"""The trigger of the daemon's tick."""

from datetime import timedelta

import pytest
from builders import NOW

from listener.daemon import Onward

HALF = timedelta(seconds=0.5)


@pytest.mark.parametrize("before", [None, NOW - 3650 * timedelta(days=1), NOW, NOW + timedelta(hours=1)])
def test_the_next_tick_is_always_just_ahead_and_none_is_made_up_for(before):
    assert Onward(every=HALF).get_next_fire_time(before, NOW) == NOW + HALF
