"""Targets from trained networks: distillation, guided by a worse network.

Autoguidance (Karras et al. 2024, "Guiding a Diffusion Model with a Bad Version of Itself", eq. 3)
moves the prediction of good weights away from that of worse ones, which makes the same errors but
larger: ``eps = eps_good + (w - 1) (eps_good - eps_worse)``. A network that learns this sum has its
quality in one pass, with no more parameters or operations than before.
"""

import torch
from torch import Tensor, nn

from ..errors import DiffvizError
from ..models.weights import load_weights
from ..recipes import TrainConfig


class Teacher:
    """Predicts the targets of a student."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        """Load the teacher that ``config`` names, and its guide if there is one.

        Raises:
            DiffvizError: if their weights can't be loaded.
        """
        self._device = device
        self._autocast = config.precision == "bf16"
        self._good = _network(config.teacher, device)
        self._worse = _network(config.guide, device) if config.guide else None
        self._weight = config.guidance - 1.0

    @torch.no_grad()
    def __call__(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Return the target, float32 ``[B, 1, 28, 28]``, for ``x_t`` at timesteps ``t`` (1 … T)."""
        t = (t - 1).to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._autocast):
            good = self._good(x_t, t).float()
            if self._worse is None:
                return good
            worse = self._worse(x_t, t).float()
        return good + self._weight * (good - worse)


def _network(spec: str, device: torch.device) -> nn.Module:
    try:
        model = load_weights(spec).model.eval().requires_grad_(False)
    except DiffvizError as error:
        raise DiffvizError(f"the teacher or its guide: {error}") from error
    # the layout of the student
    return model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
