"""Training: the loop, batches, checkpoints and the objective."""

from .loop import WEIGHTS, Extras, train

__all__ = [
    "WEIGHTS",
    "Extras",
    "train",
]
