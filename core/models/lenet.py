"""The digit classifier as a PyTorch module: what trains it, and what the numpy one is tested by."""

import torch.nn.functional as F
from torch import Tensor, nn

from .lenet_numpy import CLASSES, FEATURES


class LeNetModule(nn.Module):
    """LeNet-5's layout (LeCun et al. 1998, fig. 2) with wider maps, ReLU and max-pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5)
        self.conv2 = nn.Conv2d(16, 32, 5)
        self.hidden = nn.Linear(32 * 4 * 4, FEATURES)
        self.output = nn.Linear(FEATURES, CLASSES)

    def features(self, x: Tensor) -> Tensor:
        """Return the penultimate activations ``[B, 84]`` of ``x`` ``[B, 1, 28, 28]``."""
        h = F.max_pool2d(F.relu(self.conv1(x)), 2)  # 16 x 12 x 12
        h = F.max_pool2d(F.relu(self.conv2(h)), 2)  # 32 x 4 x 4
        return F.relu(self.hidden(h.flatten(1)))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits ``[B, 10]`` of ``x`` ``[B, 1, 28, 28]``, values in [-1, 1]."""
        return self.output(self.features(x))
