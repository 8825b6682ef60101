"""The schedule and q(x_t | x_0) against exact fractions and plain floats."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from diffviz.core.phases import Phase, phase_at
from diffviz.core.schedule import Schedule

# with 50 digits, outside numpy
ALPHA_BAR_100 = 0.89701814567496036
ALPHA_BAR_500 = 0.078587242881778237
ALPHA_BAR_1000 = 0.000040358297653756833


@pytest.fixture(scope="module")
def exact():
    """Return (betas, alpha_bars) as exact fractions, index 0 … 1000."""
    first, last = Fraction(1, 10_000), Fraction(2, 100)
    betas = [Fraction(0)] + [first + (last - first) * i / 999 for i in range(1000)]
    # 1000 exact factors make numbers of thousands of digits: 60 digits do
    bars, product = [Fraction(1)], Fraction(1)
    for beta in betas[1:]:
        product = Fraction(round(product * (1 - beta) * 10**60), 10**60)
        bars.append(product)
    return betas, bars


def test_betas_and_alpha_bars_are_exact_to_double_precision(exact):
    schedule = Schedule()
    betas, bars = exact
    assert schedule.betas.shape == schedule.alpha_bars.shape == (1001,)
    assert schedule.betas.dtype == schedule.alpha_bars.dtype == np.float64
    np.testing.assert_allclose(schedule.betas, [float(b) for b in betas], rtol=1e-13)
    np.testing.assert_allclose(schedule.alpha_bars, [float(b) for b in bars], rtol=1e-12)


def test_literal_values_of_the_schedule():
    schedule = Schedule()
    assert schedule.alpha_bar(0) == 1.0
    assert schedule.alpha_bar(1) == pytest.approx(0.9999, rel=1e-14)
    # (1 - 0.0001) (1 - 0.0001 - 0.0199/999)
    assert schedule.alpha_bar(2) == pytest.approx(0.99978009207207207, rel=1e-14)
    assert schedule.alpha_bar(100) == pytest.approx(ALPHA_BAR_100, rel=1e-12)
    assert schedule.alpha_bar(500) == pytest.approx(ALPHA_BAR_500, rel=1e-12)
    assert schedule.alpha_bar(1000) == pytest.approx(ALPHA_BAR_1000, rel=1e-12)
    assert type(schedule.alpha_bar(500)) is float  # a numpy scalar would make images float64


def test_removing_added_noise_gives_x0_back():
    schedule = Schedule()
    x_0 = np.array([-1.0, -0.25, 0.0, 0.5, 1.0], np.float32)
    eps = np.array([0.5, -2.0, 1.5, 0.0, -0.75], np.float32)
    for t, alpha_bar in ((1, 0.9999), (500, ALPHA_BAR_500), (1000, ALPHA_BAR_1000)):
        x_t = schedule.add_noise(x_0, eps, t)
        expected = [
            alpha_bar**0.5 * x + (1 - alpha_bar) ** 0.5 * e
            for x, e in zip(x_0.tolist(), eps.tolist(), strict=True)
        ]
        assert x_t.dtype == np.float32
        np.testing.assert_allclose(x_t, expected, rtol=1e-6, atol=1e-7)
    # float32's error grows with 1/sqrt(alpha_bar), so not at 1000
    for t in (1, 250, 500):
        back = schedule.predict_x0(schedule.add_noise(x_0, eps, t), eps, t)
        assert back.dtype == np.float32
        np.testing.assert_allclose(back, x_0, atol=3e-6)


def test_estimate_of_x0_is_not_clipped():
    x_t, eps = np.array([3.0], np.float32), np.array([-1.0], np.float32)
    expected = (3.0 + (1 - ALPHA_BAR_500) ** 0.5) / ALPHA_BAR_500**0.5
    assert expected > 10
    np.testing.assert_allclose(Schedule().predict_x0(x_t, eps, 500), [expected], rtol=1e-6)


@pytest.mark.parametrize("steps", range(2, 1001, 7))
def test_fewer_steps_fall_from_1000_to_1(steps):
    visited = Schedule().timesteps(steps)
    assert len(visited) == steps
    assert visited[0] == 1000
    assert visited[-1] == 1
    assert all(a > b for a, b in pairwise(visited))
    gaps = [a - b for a, b in pairwise(visited)]
    assert max(gaps) - min(gaps) <= 1  # evenly spaced


def test_a_thousand_steps_and_a_single_one_are_possible():
    assert Schedule().timesteps(1000) == list(range(1000, 0, -1))
    assert Schedule().timesteps(1) == [1000]


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_impossible_numbers_of_steps_are_refused(steps):
    with pytest.raises(ValueError, match="from 1 to 1000"):
        Schedule().timesteps(steps)


@pytest.mark.parametrize("length", [1, 10, 500, 1000, 4000])
def test_phases_have_the_same_share_of_a_schedule_of_any_length(length):
    phases = [phase_at(t, length) for t in range(length, -1, -1)]
    assert phases[0] is Phase.STATIC
    assert phases[-1] is Phase.REFINEMENT
    for phase in Phase:
        share = (phase.high - phase.low) / 1000
        assert abs(phases.count(phase) - share * length) <= 1
    with pytest.raises(ValueError, match=f"from 0 to {length}"):
        phase_at(length + 1, length)
