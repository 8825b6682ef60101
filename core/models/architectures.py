"""Architectures, one a file, and the registry that names them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import DiffvizError
from ..names import SIDE

if TYPE_CHECKING:
    from torch import nn


def _film_unet(num_classes: int) -> "nn.Module":
    from .film_unet import FilmUNet

    return FilmUNet(num_classes)


def _reference_unet(num_classes: int) -> "nn.Module":
    from .reference_unet import ReferenceUNet

    if num_classes:
        raise DiffvizError(
            f"the architecture reference-unet has no labels: train {' or '.join(LABELLED)}"
        )
    return ReferenceUNet()


# Functions, not classes, so that the names can be listed without torch.
ARCHITECTURES: "dict[str, Callable[[int], nn.Module]]" = {
    "film-unet": _film_unet,
    "reference-unet": _reference_unet,
}
LABELLED = ("film-unet",)
"""The architectures that take labels."""


def build(architecture: str, num_classes: int = 0) -> "nn.Module":
    """Return a freshly initialised network by name; ``num_classes`` above 0: one with labels.

    Raises:
        DiffvizError: if no architecture has that name, or it takes no labels.
    """
    check_known(architecture)
    return ARCHITECTURES[architecture](num_classes)


def check_known(architecture: str) -> None:
    """Raise a DiffvizError if no architecture has that name."""
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise DiffvizError(f"unknown architecture '{architecture}': this version has {known}")


def parameter_count(model: "nn.Module") -> int:
    """Return the number of trainable parameters."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def multiply_adds(model: "nn.Module") -> int:
    """Return the multiply-adds of one pass over one image.

    Counted are convolutions, linear layers and attention products.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        model(torch.zeros(1, 1, SIDE, SIDE), torch.zeros(1, dtype=torch.long))
    return counter.get_total_flops() // 2
