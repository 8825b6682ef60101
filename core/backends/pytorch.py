"""A PyTorch network as a denoiser."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Array = NDArray[np.float32]


class TorchDenoiser:
    """Calls a network on ``device`` with numpy images; gradient-free.

    The network receives ``timestep - 1`` (0 … 999), as in training.
    """

    def __init__(self, model: nn.Module, device: torch.device | None = None) -> None:
        self.device = device or torch.device("cpu")
        # channels-last is the faster layout for small convolutions on every device
        self.model = model.eval().to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T)."""
        with torch.inference_mode():
            x = torch.from_numpy(x_t).to(self.device).unsqueeze(1)
            t = torch.full((len(x_t),), timestep - 1, dtype=torch.long, device=self.device)
            return self.model(x, t).squeeze(1).float().cpu().numpy()
