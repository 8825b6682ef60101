"""Training a network to draw a whole image at each of a few timesteps.

Its x0_hat at the first of them, where x_t is noise alone, is meant to be a sharp image and not the
mean of all that are possible; :mod:`..sampling.consistency` then redraws it at the others. An
adversary says whether x0_hat looks like the data. Where x_t all but shows the image, a squared
error keeps x0_hat to it; elsewhere that would prefer digits with little ink, whose error is small
whatever the image was, so its weight falls with the fourth power of signal to noise.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ..names import CONSISTENCY
from ..noise import philox
from ..recipes import TrainConfig
from ..sampling import SAMPLERS
from ..schedule import Schedule
from .adversary import Adversary

_FROM_NOISE = 0.4  # the part of the images that are drawn at the first timestep
_OWN = 0.5  # of the others, the part that redraws the network's own images and not the data's


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

    @torch.no_grad()
    def own_images(
        self,
        predict: Callable[[Tensor, Tensor, Tensor | None], Tensor],
        x_0: Tensor,
        steps: Tensor,
        labels: Tensor | None,
        step: int,
    ) -> tuple[Tensor, Tensor]:
        """Return ``x_0`` with the network's own images in some places, and those places, ``[B]``.

        In sampling it redraws its own images, whose faults the data don't have. They come from the
        timesteps before that of ``steps``; every second one for the third timestep is drawn
        at the first one only, as in half the number of steps. ``predict(x_t, t, labels)`` returns
        eps for timesteps ``t`` (1 … T).
        """
        generator = philox(self._seed, "own-images", step)
        own = torch.from_numpy(generator.random(len(x_0)) < _OWN) & (steps > 0)
        skips = torch.from_numpy(generator.random(len(x_0)) < 0.5) & (steps == 2)
        images = x_0.clone()
        for k in range(len(self._timesteps) - 1):
            noise = generator.standard_normal(x_0.shape, dtype="float32")
            rows = torch.nonzero(own & (steps > k) & ~(skips & (k > 0))).squeeze(1)
            if not len(rows):
                continue
            x_t = torch.from_numpy(noise)[rows].to(self._device)
            rows = rows.to(self._device)
            if k:
                x_t = self._signal[k] * images[rows] + self._noise[k] * x_t
            t = self._timesteps[k].expand(len(rows))
            eps = predict(x_t, t, None if labels is None else labels[rows])
            images[rows] = ((x_t - self._noise[k] * eps) / self._signal[k]).clamp(-1.0, 1.0)
        return images, own.to(self._device)

    def objective(
        self,
        x_0: Tensor,
        x_t: Tensor,
        eps: Tensor,
        steps: Tensor,
        own: Tensor,
        labels: Tensor | None,
        classes: Tensor | None,
        step: int,
    ) -> Tensor:
        """Return the objective, a scalar, for predictions ``eps`` of the noise in ``x_t``.

        Images are ``[B, 1, 28, 28]``, ``x_0`` those of the data and ``classes`` what they show;
        ``steps`` is what :meth:`draw` returned for ``step``, and ``own`` what :meth:`own_images`
        did: where x_t comes from the network's own image, it isn't kept to ``x_0``.
        """
        steps = steps.to(self._device)
        signal = self._signal[steps].view(-1, 1, 1, 1)
        x0_hat = (x_t - self._noise[steps].view(-1, 1, 1, 1) * eps) / signal
        errors = (x0_hat - x_0).square().mean(dim=(1, 2, 3))
        kept = (self._weights[steps] * errors * ~own).mean()
        return self._adversary.loss(x0_hat, x_0, steps, labels, classes, step) + kept
