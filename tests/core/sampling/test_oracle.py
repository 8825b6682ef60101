"""The whole reverse loop against the closed form for Gaussian data.

For pixels distributed as N(MU, STD^2) the exact score is known, so the chain is linear and
Gaussian: every x_t, its mean and its variance follow by recursion. The recursion below uses the
posterior in its other form (eq. 6 and 7: a mixture of x0_hat and x_t), in float64.
"""

import numpy as np
import pytest

from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import SAMPLERS

MU, STD = -0.6, 0.4
SEEDS = 48


def alpha_bars() -> list[float]:
    values = [1.0]
    for i in range(1000):
        values.append(values[-1] * (1 - (0.0001 + 0.0199 * i / 999)))
    return values


BARS = alpha_bars()


def exact_eps(x_t, timestep):
    """Return E[eps | x_t] for the Gaussian data."""
    ab = BARS[timestep]
    eps = (1 - ab) ** 0.5 * (x_t - ab**0.5 * MU) / (ab * STD**2 + 1 - ab)
    return eps.astype(np.float32)


def affine(t: int) -> tuple[float, float, float]:
    """Return (slope, offset, noise std) of the update from t to t - 1."""
    ab, before = BARS[t], BARS[t - 1]
    beta = 1 - ab / before
    to_x0, to_xt = before**0.5 * beta / (1 - ab), (1 - beta) ** 0.5 * (1 - before) / (1 - ab)
    # E[x_0 | x_t] = MU + gain (x_t - sqrt(ab) MU)
    gain = STD**2 * ab**0.5 / (ab * STD**2 + 1 - ab)
    slope = to_x0 * gain + to_xt
    offset = to_x0 * (MU - gain * ab**0.5 * MU)
    return slope, offset, (beta * (1 - before) / (1 - ab)) ** 0.5


class StartOnly(BatchNoise):
    """Draw 0 as ever, then silence."""

    def draw(self, index):
        return super().draw(index) * np.float32(index == 0)


def test_the_path_is_an_affine_map_of_its_noise():
    noise = BatchNoise.from_seeds([3, 4])
    expected = noise.draw(0).astype(np.float64)
    worst = 0.0
    for record in SAMPLERS["ddpm"](exact_eps, BatchNoise.from_seeds([3, 4])):
        worst = max(worst, float(np.abs(record.x_t - expected).max()))
        if record.t > 0:
            slope, offset, std = affine(record.t)
            expected = slope * expected + offset
            if record.t > 1:
                expected += std * noise.draw(record.index + 1)
    assert worst < 2e-5  # a thousand float32 updates of numbers up to 4


def test_without_injected_noise_the_end_is_one_affine_function_of_x_T():
    slope, offset = 1.0, 0.0
    for t in range(1000, 0, -1):
        step_slope, step_offset, _ = affine(t)
        slope, offset = slope * step_slope, offset * step_slope + step_offset
    # With half of the randomness missing, samples crowd around the mean.
    assert 0 < slope < 0.2 * STD
    first, *_, last = SAMPLERS["ddpm"](exact_eps, StartOnly(BatchNoise.from_seeds([3]).streams))
    np.testing.assert_allclose(last.x_t, slope * first.x_t + offset, atol=1e-5)


def test_mean_and_variance_at_every_timestep():
    """Of 48 seeds' 37,632 independent pixels; the recursion gives what to expect."""
    n = SEEDS * 784
    mean, variance, x = 0.0, 1.0, np.empty(0)
    for record in SAMPLERS["ddpm"](exact_eps, BatchNoise.from_seeds(range(SEEDS))):
        x = record.x_t.astype(np.float64)
        assert abs(x.mean() - mean) < 5 * (variance / n) ** 0.5
        assert abs(x.var() / variance - 1) < 5 * (2 / n) ** 0.5
        if record.t > 0:
            slope, offset, std = affine(record.t)
            mean = slope * mean + offset
            variance = slope**2 * variance + (std**2 if record.t > 1 else 0.0)
    # What the chain arrives at is the data's distribution, to the schedule's resolution.
    assert mean == pytest.approx(MU, abs=1e-3)
    assert variance == pytest.approx(STD**2, rel=0.02)
    assert x.mean() == pytest.approx(MU, abs=0.011)
    assert x.std() == pytest.approx(STD, rel=0.03)


def test_respaced_chain_keeps_the_distribution_roughly():
    *_, last = SAMPLERS["ddpm"](exact_eps, BatchNoise.from_seeds(range(8)), num_inference_steps=100)
    assert last.x_t.mean() == pytest.approx(MU, abs=0.03)
    assert last.x_t.std() == pytest.approx(STD, rel=0.1)
