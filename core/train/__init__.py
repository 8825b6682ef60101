"""Training: the loop and what it consists of."""

from .loop import (
    WEIGHTS,
    Extras,
    train,
)

__all__ = [
    "WEIGHTS",
    "Extras",
    "train",
]
