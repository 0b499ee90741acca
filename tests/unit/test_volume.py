"""When the number of those who speak explains the number of those who complain."""

import math

import pytest

from listener.domain.volume import Share, upper_tail, volume

STEADY = Share(complaints=30, others=70)


def test_a_surge_of_talk_with_the_usual_share_of_complaint_is_explained_by_its_volume():
    assert volume(12, 40, STEADY).explains
    assert volume(120, 400, STEADY).explains


def test_more_complaint_than_the_share_is_not():
    assert not volume(19, 40, STEADY).explains
    assert volume(19, 40, STEADY).chance < 0.05


def test_where_most_complain_no_share_explains_it():
    """A client whose talk is nearly all complaint: a surge of it is a negative spike by its volume."""
    grumbled_at = Share(complaints=95, others=5)
    assert not volume(10, 10, grumbled_at).explains
    assert not volume(5, 10, grumbled_at).explains
    assert volume(4, 10, grumbled_at).explains


def test_of_a_client_of_whom_nothing_is_known_a_fifth_is_taken_for_usual():
    assert Share().usual == pytest.approx(0.2)
    assert volume(2, 10, Share()).explains
    assert not volume(5, 10, Share()).explains


def test_however_much_was_heard_the_share_is_known_no_better_than_by_a_hundred_mentions():
    assert sum(Share(complaints=30_000, others=70_000).beta) == pytest.approx(100)
    assert volume(36, 100, Share(complaints=30_000, others=70_000)).explains


def test_in_a_stricter_time_less_is_enough():
    assert volume(9, 20, STEADY).explains
    assert not volume(9, 20, STEADY, enough=0.15).explains


@pytest.mark.parametrize(("of", "a", "b"), [(1, 2.0, 8.0), (12, 0.4, 3.0), (40, 30.0, 70.0), (300, 2.0, 8.0)])
def test_the_tail_is_the_sum_of_its_chances(of, a, b):
    def chance(k):
        beta = math.lgamma(k + a) + math.lgamma(of - k + b) - math.lgamma(of + a + b)
        return math.comb(of, k) * math.exp(beta - math.lgamma(a) - math.lgamma(b) + math.lgamma(a + b))

    for least in range(of + 2):
        assert upper_tail(least, of=of, a=a, b=b) == pytest.approx(
            sum(chance(k) for k in range(least, of + 1)), abs=1e-9
        )
