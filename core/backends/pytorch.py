"""PyTorch as a denoiser: every device, every architecture."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..errors import DiffvizError

Array = NDArray[np.float32]


class TorchDenoiser:
    """Calls a network on ``device`` with numpy images; gradient-free.

    The network receives ``timestep - 1`` (0 … 999), as in training.
    """

    name = "pytorch"

    def __init__(
        self, model: nn.Module, device: torch.device | None = None, precision: str = "fp32"
    ) -> None:
        """Move ``model`` to ``device`` (the CPU by default).

        Raises:
            DiffvizError: if that device doesn't compute in ``precision``.
        """
        self.device = device or torch.device("cpu")
        self.precision = precision
        if precision == "bf16" and not has_bf16(self.device):
            raise DiffvizError(
                f"this {self.device.type} has no bfloat16 arithmetic: leave --precision bf16 out"
            )
        # channels-last is the faster layout for small convolutions on every device
        self.model = model.eval().to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T)."""
        bf16 = self.precision == "bf16"
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, torch.bfloat16, enabled=bf16),
        ):
            x = torch.from_numpy(x_t).to(self.device).unsqueeze(1)
            t = torch.full((len(x_t),), timestep - 1, dtype=torch.long, device=self.device)
            return self.model(x, t).squeeze(1).float().cpu().numpy()


def has_bf16(device: torch.device) -> bool:
    """Return whether ``device`` computes in bfloat16 itself, not by way of float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
        return supported is not None and bool(supported())
    return False
