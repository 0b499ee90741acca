"""Moments at which clocks of any zone are asked what they show: half of them within a day and a half of being set."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

ZONES = sorted(available_timezones())
_LAST = 2_000_000_000  # in 2033


def times(name, count):
    """So many moments by chance, each with the dice that chose it; always the same for one zone."""
    dice, zone = random.Random(f"2026{name}"), ZoneInfo(name)
    for number in range(count):
        moment = dice.randrange(0, _LAST)
        if number % 2 == 0 and (changed := change_after(moment, zone)):
            moment = changed + dice.randrange(-130_000, 130_000)
        yield datetime.fromtimestamp(moment, UTC), dice


def change_after(moment, zone, days=200):
    """The second in which clocks there are set, if they are in the days after this moment."""
    low, high = moment, moment + days * 86_400
    before = datetime.fromtimestamp(low, zone).utcoffset()
    if datetime.fromtimestamp(high, zone).utcoffset() == before:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
