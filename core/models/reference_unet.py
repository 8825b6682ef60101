"""The write-up's UNet: 324,705 parameters, no normalisation, no attention."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .embedding import sinusoidal_embedding
from .upsampling import Doubling


class ReferenceUNet(nn.Module):
    """Predicts the noise in ``x_t``.

    Two levels of max-pooling, one convolution a level, skip connections by concatenation, and
    the time features added once, at the bottleneck.
    """

    def __init__(self) -> None:
        super().__init__()
        self.time = nn.Linear(256, 256)
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.bottleneck = nn.Conv2d(64, 128, 3, padding=1)
        self.time_to_bottleneck = nn.Linear(256, 128)
        self.up1 = Doubling(128, 64)
        self.conv3 = nn.Conv2d(128, 64, 3, padding=1)
        self.up2 = Doubling(64, 32)
        self.conv4 = nn.Conv2d(64, 32, 3, padding=1)
        self.output = nn.Conv2d(32, 1, 1)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return eps, ``[B, 1, 28, 28]`` like ``x``; ``t`` is ``[B]``, 0 … 999."""
        time = F.gelu(self.time(sinusoidal_embedding(t, 256)))
        skip1 = F.gelu(self.conv1(x))  # 32 x 28 x 28
        skip2 = F.gelu(self.conv2(F.max_pool2d(skip1, 2)))  # 64 x 14 x 14
        h = F.gelu(self.bottleneck(F.max_pool2d(skip2, 2)))  # 128 x 7 x 7
        h = h + self.time_to_bottleneck(time)[:, :, None, None]
        h = F.gelu(self.conv3(torch.cat([self.up1(h), skip2], dim=1)))
        h = F.gelu(self.conv4(torch.cat([self.up2(h), skip1], dim=1)))
        return self.output(h)
