"""How often each class is drawn where none is asked for.

A critic that compares images one by one notices slowly that one class comes twice as often as in
the data. A classifier in the critic's own features counts the classes instead, in real and in
drawn images alike, and what comes too often costs more.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..models.film_constants import WIDTHS
from ..names import NO_LABEL

_WIDTH = 32
_DECAY = 0.98  # of the shares of the classes, an optimizer step
_WEIGHT = 1.0
_LEAST = 1e-3  # added to a share: its logarithm stays finite


class ClassBalance(nn.Module):
    """A classifier of features, and the shares of the classes that it has counted lately."""

    drawn: Tensor
    real: Tensor

    def __init__(self, steps: int, num_classes: int) -> None:
        """``steps``: how many timesteps the student draws at."""
        super().__init__()
        _, middle, coarse = WIDTHS
        self.middle = nn.Conv2d(middle, _WIDTH, 3, stride=2, padding=1)
        self.coarse = nn.Conv2d(coarse, _WIDTH, 3, padding=1)
        self.whole = nn.Linear(2 * _WIDTH * 49, num_classes)
        share = 1.0 / num_classes
        self.register_buffer("drawn", torch.full((steps, num_classes), share))
        self.register_buffer("real", torch.full((num_classes,), share))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Return a logit for each class, ``[B, K]``; ``features`` as of :class:`.Critic`."""
        middle, coarse = features
        h = torch.cat([self.middle(middle), self.coarse(coarse)], dim=1)
        return self.whole(F.leaky_relu(h, 0.2).flatten(1))

    def cost(self, logits: Tensor, steps: Tensor, labels: Tensor) -> Tensor:
        """Return how far classes that were drawn too often are drawn again, a scalar.

        ``logits`` are those of drawn images, ``steps`` says at which of the timesteps each was
        drawn; those with a label don't count. It is the gradient of the divergence
        KL(shares drawn || shares in the data), with the shares of the last steps.
        """
        excess = ((self.drawn + _LEAST) / (self.real + _LEAST)).log()[steps]
        costs = (logits.softmax(dim=1) * excess).sum(dim=1)
        return _WEIGHT * (costs * (labels == NO_LABEL)).mean()

    @torch.no_grad()
    def count(self, real: Tensor, drawn: Tensor, steps: Tensor, labels: Tensor) -> None:
        """Count the classes of one optimizer step, from the logits of real and drawn images."""
        self.real.lerp_(real.softmax(dim=1).mean(dim=0), 1 - _DECAY)
        free = labels == NO_LABEL
        shares = drawn.softmax(dim=1)
        for k in range(len(self.drawn)):
            rows = shares[free & (steps == k)]
            if len(rows):
                self.drawn[k].lerp_(rows.mean(dim=0), 1 - _DECAY)
