"""How fast each sampler approaches the exact solution as its steps get smaller.

For Gaussian data the exact score is known. Given x_t the reverse SDE ends in the posterior
q(x_s | x_t) of the forward process, and the probability flow ODE in the point with the same
quantile; both are closed forms. The samplers run between two finite log-SNRs on a refined
schedule, so that timesteps are as good as continuous. Every sampler is affine here, so its mean
and variance come out without a random number: one run a noise, with that noise alone set to 1.
"""

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from diffviz.core.noise import BatchNoise
from diffviz.core.phases import Phase
from diffviz.core.records import Step
from diffviz.core.sampling import SAMPLERS
from diffviz.core.sampling.ddim import ddim_update
from diffviz.core.sampling.ddpm import ddpm_update
from diffviz.core.sampling.dpm_solver import dpm_solver_update
from diffviz.core.sampling.sa_solver import sa_solver_update
from diffviz.core.schedule import Schedule

MU, STD = 0.3, 0.5
FINE = 1 << 16
SCHEDULE = Schedule(FINE, beta_start=1e-4 * 1000 / FINE, beta_end=0.02 * 1000 / FINE)
LOG_SNR = 0.5 * np.log(SCHEDULE.alpha_bars[1:] / (1 - SCHEDULE.alpha_bars[1:]))
FROM, TO = -3.0, 2.0
START = 1.3


def timesteps(n: int) -> list[int]:
    wanted = np.linspace(FROM, TO, n + 1)
    found = np.interp(wanted, LOG_SNR[::-1], np.arange(len(LOG_SNR), 0, -1.0))
    return [round(t) for t in found]


def marginal(t: int) -> tuple[float, float]:
    """Return the mean and variance of x_t."""
    ab = SCHEDULE.alpha_bar(t)
    return ab**0.5 * MU, ab * STD**2 + 1 - ab


def exact_flow(t: int, s: int) -> float:
    (m_t, v_t), (m_s, v_s) = marginal(t), marginal(s)
    return m_s + (v_s / v_t) ** 0.5 * (START - m_t)


def exact_posterior(t: int, s: int) -> tuple[float, float]:
    (m_t, v_t), (m_s, v_s) = marginal(t), marginal(s)
    cov = (SCHEDULE.alpha_bar(t) / SCHEDULE.alpha_bar(s)) ** 0.5 * v_s
    return m_s + cov / v_t * (START - m_t), v_s - cov**2 / v_t


def step_at(x, t: int) -> Step:
    ab = SCHEDULE.alpha_bar(t)
    eps = (1 - ab) ** 0.5 * (x - ab**0.5 * MU) / (ab * STD**2 + 1 - ab)
    x0_hat = (x - (1 - ab) ** 0.5 * eps) / ab**0.5
    return Step(0, 0, t, ab, Phase.BLOB, x, x0_hat, eps)


def mean_and_variance(update, n: int) -> tuple[float, float]:
    """Return the moments of x at the end of ``n`` steps from START."""
    x = np.full((n + 1, 1, 1), START)  # row 0: no noise; row k: only the noise of step k
    visited = timesteps(n)
    for k, (t, t_next) in enumerate(pairwise(visited), start=1):
        impulse = np.zeros_like(x)
        impulse[k] = 1.0
        x = update(step_at(x, t), t_next, lambda impulse=impulse: impulse)
    rows = x[:, 0, 0]
    return float(rows[0]), float(((rows[1:] - rows[0]) ** 2).sum())


def orders(errors: list[float]) -> list[float]:
    return [math.log2(a / b) for a, b in pairwise(errors)]


SIZES = (32, 64, 128)


@pytest.mark.parametrize(
    ("make", "order"),
    [
        (partial(ddim_update, eta=0.0), 1),
        (dpm_solver_update, 2),
        (partial(sa_solver_update, eta=0.0), 2),
    ],
    ids=["ddim", "dpmpp-2m", "sa-solver"],
)
def test_deterministic_samplers_have_their_order(make, order):
    end = timesteps(1)
    exact = exact_flow(end[0], end[-1])
    errors = []
    for n in SIZES:
        mean, variance = mean_and_variance(make(SCHEDULE), n)
        assert variance == 0.0
        errors.append(abs(mean - exact))
    assert orders(errors) == pytest.approx([order] * 2, abs=0.15)


@pytest.mark.parametrize("make", [ddpm_update, lambda s: ddim_update(s, eta=1.0)])
def test_ancestral_sampling_has_an_exact_mean_and_order_1_in_variance(make):
    """The mean is E[x_s | x_t] with E[x_0 | x_t] put in: exact here at any number of steps.

    The variance leaves out what is unknown of x_0, a share of it that falls with the step.
    """
    end = timesteps(1)
    mean, variance = exact_posterior(end[0], end[-1])
    found = [mean_and_variance(make(SCHEDULE), n) for n in SIZES]
    assert [m for m, _ in found] == pytest.approx([mean] * len(SIZES), abs=1e-9)
    assert orders([abs(v - variance) for _, v in found]) == pytest.approx([1, 1], abs=0.15)


def test_stochastic_dpm_solver_is_far_closer_than_ancestral_sampling():
    end = timesteps(1)
    mean, variance = exact_posterior(end[0], end[-1])
    for n in SIZES:
        solver = mean_and_variance(dpm_solver_update(SCHEDULE, stochastic=True), n)
        ancestral = mean_and_variance(ddpm_update(SCHEDULE), n)
        assert solver[0] == pytest.approx(mean, abs=1e-3)
        assert abs(solver[1] - variance) < 0.1 * abs(ancestral[1] - variance)


def exact_noisy_process(t: int, s: int, eta: float) -> tuple[float, float]:
    """Return the moments of x_s given x_t = START where the SDE injects ``eta`` of its noise.

    With lambda as time, dx = [-(alpha^2 + eta^2) x + (1 + eta^2) alpha x0_hat(x)] dlambda
    + sqrt(2) eta sigma dw, and x0_hat is affine in x. Solved by midpoints.
    """
    m, v = START, 0.0
    grid = np.linspace(LOG_SNR[t - 1], LOG_SNR[s - 1], 2001)
    for left, right in pairwise(grid):
        h = right - left
        ab = 1.0 / (1.0 + math.exp(-(left + right)))
        a, sigma2 = ab**0.5, 1 - ab
        total = ab * STD**2 + sigma2
        gain, offset = a * STD**2 / total, sigma2 * MU / total
        pull = -(ab + eta**2) + (1 + eta**2) * a * gain
        push = (1 + eta**2) * a * offset
        m = m * math.exp(pull * h) + push * math.expm1(pull * h) / pull
        v = v * math.exp(2 * pull * h) + 2 * eta**2 * sigma2 * h * math.exp(pull * h)
    return m, v


@pytest.mark.parametrize("eta", [0.5, 1.0, 2.0])
def test_sa_solver_has_its_order_at_any_noise(eta):
    """The variance is of order 2, and the mean no worse (exact for eta = 1)."""
    end = timesteps(1)
    mean, variance = exact_noisy_process(end[0], end[-1], eta)
    sizes = (64, 128, 256)
    found = [mean_and_variance(sa_solver_update(SCHEDULE, eta), n) for n in sizes]
    errors = [abs(v - variance) for _, v in found]
    assert orders(errors) == pytest.approx([2, 2], abs=0.15)
    for (m, _), error in zip(found, errors, strict=True):
        assert abs(m - mean) < error


@pytest.mark.parametrize("n", [1, 10, 1000])
def test_ddim_with_eta_1_is_ddpm(n):
    def denoise(x_t, timestep):
        return 0.1 * x_t + np.float32(timestep / 1000)

    noise = BatchNoise.from_seeds([1, 2])
    ddpm = SAMPLERS["ddpm"](denoise, noise, num_inference_steps=n)
    ddim = SAMPLERS["ddim"](denoise, noise, num_inference_steps=n, eta=1.0)
    worst = max(
        float(np.abs(a.x_t - b.x_t).max() / max(1.0, np.abs(a.x_t).max()))
        for a, b in zip(ddpm, ddim, strict=True)
    )
    assert worst < 1e-4


class StartOnly(BatchNoise):
    def draw(self, index):
        assert index == 0, "noise was asked for"
        return super().draw(0)


@pytest.mark.parametrize("name", SAMPLERS)
def test_without_injected_noise_a_sampler_draws_none(name):
    steps = SAMPLERS[name](
        lambda x_t, timestep: 0.5 * x_t,
        StartOnly.from_seeds([0]),
        num_inference_steps=5,
        noise_scale=0.0,
    )
    assert [step.t for step in steps][-1] == 0


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0])
def test_noise_scale_multiplies_what_is_injected_and_nothing_else(scale):
    full = mean_and_variance(ddpm_update(SCHEDULE), 16)
    for make in (ddpm_update, lambda s, noise_scale: ddim_update(s, 1.0, noise_scale)):
        mean, variance = mean_and_variance(make(SCHEDULE, noise_scale=scale), 16)
        assert mean == pytest.approx(full[0], rel=1e-9)
        assert variance == pytest.approx(scale**2 * full[1], rel=1e-9)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_chain_started_midway_equals_its_rest(name):
    sample = SAMPLERS[name]

    def denoise(x_t, timestep):
        return 0.3 * x_t

    options = {"num_inference_steps": 8, "noise_scale": 1.0}
    whole = list(sample(denoise, BatchNoise.from_seeds([5]), **options))
    rest = list(sample(denoise, BatchNoise.from_seeds([5]), start=(3, whole[3].x_t), **options))
    assert [(s.index, s.total, s.t) for s in rest] == [(s.index, s.total, s.t) for s in whole[3:]]
    if name in ("ddpm", "ddim"):  # the others have lost their memory of step 2
        np.testing.assert_array_equal(rest[-1].x_t, whole[-1].x_t)
    other = list(sample(denoise, BatchNoise.from_seeds([6]), start=(3, whole[3].x_t), **options))
    np.testing.assert_array_equal(other[0].x0_hat, whole[3].x0_hat)


@pytest.mark.parametrize("start", [(8, 1), (-1, 1), (0, 2)])
def test_a_start_that_does_not_fit_is_refused(start):
    index, batch = start
    noise = BatchNoise.from_seeds([0])
    x_t = np.zeros((batch, 28, 28), np.float32)
    with pytest.raises(ValueError, match="can't start"):
        list(
            SAMPLERS["ddpm"](
                lambda x_t, timestep: x_t, noise, num_inference_steps=8, start=(index, x_t)
            )
        )
