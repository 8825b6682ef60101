"""The user's own images, and the decisions that were made in reading them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..errors import DiffvizError
from .polarity import is_black_on_white, polarity_note

Labels = NDArray[np.int64]
WHITE = 255


@dataclass(frozen=True)
class Reading:
    """How own images are read; a run keeps it, so that a resume sees the same images."""

    invert: bool | None = None
    """Whether black becomes white; None: as it looks."""
    white_level: int | None = None
    """Which level of 8-bit images is white; None: as it looks."""


AS_THEY_LOOK = Reading()
AS_STORED = Reading(False, WHITE)


@dataclass(frozen=True, eq=False)
class OwnImages:
    """Images ``[n, 28, 28]``, their labels ``[n]``, and how they were read."""

    images: Grey
    labels: Labels
    class_names: dict[int, str] = field(default_factory=dict[int, str])
    reading: Reading = AS_STORED
    notes: tuple[str, ...] = ()
    """What was decided or left out, a line each."""


def in_right_polarity(
    pictures: Sequence[Grey], invert: bool | None
) -> tuple[Sequence[Grey], bool, str]:
    """Return ``pictures`` as white ink on black, whether they were inverted, and a line on that.

    ``invert`` None: they are inverted if they look like black ink on white.
    """
    inverted = is_black_on_white(pictures) if invert is None else invert
    note = polarity_note(pictures, inverted, asked=invert is not None)
    return ([255 - picture for picture in pictures] if inverted else pictures), inverted, note


def check_content(images: Grey, source: str) -> list[str]:
    """Return warnings about images ``[n, 28, 28]`` that hold little.

    Raises:
        DiffvizError: if all images are blank.
    """
    flat = images.reshape(len(images), -1)
    darkest, brightest = flat.min(axis=1), flat.max(axis=1)
    blank = int(np.count_nonzero(darkest == brightest))
    if blank == len(images):
        raise DiffvizError(
            f"all images in {source} are blank (every pixel is {int(brightest[0])} of 255): "
            "there is nothing to learn"
        )
    warnings: list[str] = []
    if blank:
        warnings.append(f"{blank:,} of {len(images):,} images are blank: all pixels are equal")
    if len(images) > 1 and (flat == flat[0]).all():
        warnings.append(f"all {len(images):,} images are equal: one picture is all that is learnt")
    low, high = int(darkest.min()), int(brightest.max())
    if low >= 16 or high < 128:
        warnings.append(
            f"the levels of all images go from {low} to {high}, where 0 is black and 255 white"
        )
    return warnings
