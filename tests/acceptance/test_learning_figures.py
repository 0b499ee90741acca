"""What corrections are worth on labelled texts: after a few nothing is lost, after many much is won."""

import statistics

import pytest

from benchmarks import learning

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not learning.DATA.is_dir(), reason=f"the labelled sets are not there: {learning.DATA}"
    ),
]


def gains(name, size, *, draws, texts=400):
    given = learning.rows(name, most=1_500)
    drawn = [learning.draw(given, size, seed, texts=texts) for seed in range(draws)]
    return statistics.fmean(one.learned - one.base for one in drawn), drawn


@pytest.mark.parametrize("name", ["airline", pytest.param("newsmtsc", marks=pytest.mark.slow)])
@pytest.mark.parametrize("size", [10, 50])
def test_a_few_corrections_cost_nothing(name, size):
    gain, _ = gains(name, size, draws=2)
    assert gain >= -0.01


@pytest.mark.slow
def test_five_hundred_corrections_win_three_hundredths_on_airlines():
    gain, drawn = gains("airline", 500, draws=1, texts=600)
    assert gain >= 0.03
    assert drawn[0].learned >= 0.66
    assert drawn[0].cpu_s < 60
