"""Denoising diffusion implicit models (Song, Meng & Ermon 2021)."""

from collections.abc import Callable, Iterator

from ..noise import BatchNoise
from ..schedule import Schedule
from ..step import Step
from .chain import Start, Update, run_chain
from .denoiser import Array, Denoiser


def sample_ddim(
    denoiser: Denoiser,
    noise: BatchNoise,
    *,
    schedule: Schedule | None = None,
    num_inference_steps: int | None = None,
    eta: float = 0.0,
    noise_scale: float = 1.0,
    start: Start | None = None,
) -> Iterator[Step]:
    """Yield the reverse process over evenly spaced timesteps (default: 50).

    ``eta = 0`` is deterministic given x_T, ``eta = 1`` equals respaced ancestral sampling.
    ``noise_scale`` multiplies the injected noise without changing the rest of the update.

    ``start`` takes a process up in the middle (see :func:`.chain.run_chain`).

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T, or ``start`` doesn't fit.
        DiffvizError: if the network's output stops being finite.
    """
    schedule = schedule or Schedule()
    timesteps = schedule.timesteps(50 if num_inference_steps is None else num_inference_steps)
    return run_chain(
        denoiser, noise, schedule, timesteps, ddim_update(schedule, eta, noise_scale), start
    )


def ddim_update(schedule: Schedule, eta: float = 0.0, noise_scale: float = 1.0) -> Update:
    """Return the update x_t -> x_s of eq. 12, with sigma of eq. 16."""

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        alpha_bar, alpha_bar_next = step.alpha_bar, schedule.alpha_bar(t_next)
        ratio = (1.0 - alpha_bar_next) / (1.0 - alpha_bar)
        sigma = eta * (ratio * (1.0 - alpha_bar / alpha_bar_next)) ** 0.5
        direction = max(0.0, 1.0 - alpha_bar_next - sigma**2) ** 0.5
        x = alpha_bar_next**0.5 * step.x0_hat + direction * step.eps
        return x + (noise_scale * sigma) * draw() if noise_scale * sigma else x

    return update
