"""The transposed 2x2 convolution of both networks, and how it is trained in bfloat16 on a CPU."""

import torch
from torch import Tensor, nn


class Doubling(nn.ConvTranspose2d):
    """Doubles height and width: a transposed convolution of 2x2 with stride 2.

    Its windows don't overlap, so it is one matrix product whose results are set side by side.
    Written so, the backward pass in bfloat16 takes less than half as long on a CPU as PyTorch's
    own (``python -m benchmarks.training`` shows the whole); anywhere else it is PyTorch's.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 2, stride=2)

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Return ``[B, out, 2 H, 2 W]`` for ``[B, in, H, W]``."""
        product = self.training and input.device.type == "cpu" and torch.is_autocast_enabled("cpu")
        return self._product(input) if product else super().forward(input, output_size)

    def _product(self, x: Tensor) -> Tensor:
        assert self.bias is not None
        batch, channels, height, width = x.shape
        pixels = x.permute(0, 2, 3, 1).reshape(-1, channels)  # of channels-last memory: no copy
        columns = self.weight.permute(0, 2, 3, 1).reshape(channels, -1)  # (row, column, out)
        windows = torch.addmm(self.bias.repeat(4), pixels, columns)
        windows = windows.view(batch, height, width, 2, 2, -1).permute(0, 1, 3, 2, 4, 5)
        return windows.reshape(batch, 2 * height, 2 * width, -1).permute(0, 3, 1, 2)
