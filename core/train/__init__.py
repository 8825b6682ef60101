"""Training: the loop, batches, checkpoints and the objective."""

from ..runs.files import WEIGHTS
from .loop import Extras, train

__all__ = [
    "WEIGHTS",
    "Extras",
    "train",
]
