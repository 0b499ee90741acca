"""How far counts stray from what was foretold: each length of blocks drawn towards all, all towards what others do."""

import random

import pytest

from listener.domain.straying import BLOCKS, ELSEWHERE, Straying


def seen(dice, *, days, rate, mood, hours=6):
    """So many days of a stream whose rate was foretold, with a mood that holds for so many hours."""
    straying = Straying()
    for _ in range(days):
        moods = [dice.gammavariate(1 / mood, mood) if mood else 1.0 for _ in range(24 // hours)]
        voices = [poisson(dice, rate * moods[hour // hours]) for hour in range(24)]
        straying = straying.with_day(voices, [rate] * 24)
    return straying


def poisson(dice, mean):
    count, left = 0, dice.expovariate(1)
    while left < mean:
        count, left = count + 1, left + dice.expovariate(1)
    return count


def test_who_was_never_heard_strays_as_others_do():
    assert Straying().by_block == pytest.approx(ELSEWHERE)


@pytest.mark.parametrize("mood", [0.05, 0.3, 1.0])
def test_moods_are_found_out(mood):
    straying = seen(random.Random(1), days=200, rate=3, mood=mood)
    by_block = dict(zip(BLOCKS, straying.by_block, strict=True))
    assert by_block[2] == pytest.approx(mood, rel=0.35)
    assert by_block[24] == pytest.approx(mood / 4, rel=0.5)


def test_a_stream_of_chance_strays_hardly():
    assert max(seen(random.Random(2), days=200, rate=3, mood=0).by_block) < 0.02


def test_one_wild_day_is_no_mood():
    """A stream of a voice a day says next to nothing about moods, whatever it does once."""
    quiet = Straying().with_day([0] * 23 + [3], [1 / 24] * 24)
    assert quiet.by_block[-1] == pytest.approx(ELSEWHERE[-1], rel=0.3)


def test_what_was_known_badly_tells_little_of_moods():
    """Twice as many as were foretold are a mood where the level was known, and the level where it was not."""
    double = [12] * 24, [6.0] * 24
    sure, unsure = Straying().with_day(*double), Straying().with_day(*double, unsure=(1.0,) * len(BLOCKS))
    assert sure.by_block[-1] > 2 * ELSEWHERE[-1]
    assert unsure.by_block[-1] < 1.2 * ELSEWHERE[-1]
