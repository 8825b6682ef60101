"""Training a network to draw a whole image at each of a few timesteps.

Its x0_hat at the first of them, where x_t is noise alone, is meant to be a sharp image and not the
mean of all that are possible; :mod:`..sampling.consistency` then redraws it at the others. An
adversary says whether x0_hat looks like the data. Where x_t all but shows the image, a squared
error keeps x0_hat to it; elsewhere that would prefer digits with little ink, whose error is small
whatever the image was, so its weight falls with the fourth power of signal to noise.
"""

import torch
from torch import Tensor

from ..names import CONSISTENCY
from ..noise import philox
from ..recipes import TrainConfig
from ..sampling import SAMPLERS
from ..schedule import Schedule
from .adversary import Adversary

_FROM_NOISE = 0.4  # the part of the images that are drawn at the first timestep


class FewSteps:
    """The timesteps and the objective of few-step training."""

    def __init__(self, config: TrainConfig, adversary: Adversary, device: torch.device) -> None:
        schedule = Schedule()
        timesteps = SAMPLERS[CONSISTENCY].timesteps(schedule, config.distilled_steps)
        self._timesteps = torch.tensor(timesteps)
        alpha_bars = torch.tensor([schedule.alpha_bar(t) for t in timesteps], dtype=torch.float64)
        self._signal = alpha_bars.sqrt().float().to(device)
        self._noise = (1 - alpha_bars).sqrt().float().to(device)
        self._weights = (self._signal / self._noise).square().clamp(max=1.0).square()
        self._seed, self._adversary, self._device = config.seed, adversary, device

    def draw(self, step: int, size: int) -> tuple[Tensor, Tensor]:
        """Return which of the timesteps each image of optimizer step ``step`` gets, and their t."""
        generator = philox(self._seed, "few-steps", step)
        last = len(self._timesteps) - 1
        later = generator.integers(1, last + 1, size) if last else generator.integers(0, 1, size)
        first = generator.random(size) < _FROM_NOISE
        steps = torch.from_numpy(later).masked_fill(torch.from_numpy(first), 0)
        return steps, self._timesteps[steps]

    def objective(
        self,
        x_0: Tensor,
        x_t: Tensor,
        eps: Tensor,
        steps: Tensor,
        labels: Tensor | None,
        step: int,
    ) -> Tensor:
        """Return the objective, a scalar, for predictions ``eps`` of the noise in ``x_t``.

        Images are ``[B, 1, 28, 28]``; ``steps`` is what :meth:`draw` returned for ``step``.
        """
        steps = steps.to(self._device)
        signal = self._signal[steps].view(-1, 1, 1, 1)
        x0_hat = (x_t - self._noise[steps].view(-1, 1, 1, 1) * eps) / signal
        errors = (x0_hat - x_0).square().mean(dim=(1, 2, 3))
        kept = (self._weights[steps] * errors).mean()
        return self._adversary.loss(x0_hat, x_0, steps, labels, step) + kept
