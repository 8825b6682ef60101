"""Real digits to hold against generated ones: the training images, if they are on this machine."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class TrainingImages:
    """Images ``[N, 28, 28]`` uint8, white ink on black, and their labels ``[N]``."""

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The training image that is nearest to a picture."""

    index: int
    label: int
    distance: float
    """L2 norm over pixels with ink 0 … 1."""


@cache
def load_training_images() -> TrainingImages | None:
    """Return MNIST's training images from the default data folder; None where they aren't there.

    Never downloads. Imports torch and reads 47 MB: not for the UI's thread.

    Raises:
        DiffvizError: if the files are damaged.
    """
    from ..core.data import MNIST_FILES, default_data_dir, load_dataset

    raw = default_data_dir() / "MNIST" / "raw"
    if not all((raw / name).is_file() for name in MNIST_FILES):
        return None
    data = load_dataset("mnist")
    return TrainingImages("MNIST", data.images.numpy(), data.labels.numpy())


def nearest_to(picture: NDArray[np.uint8], training: TrainingImages) -> Nearest:
    """Return the training image nearest to ``picture`` ``[28, 28]``; takes a good part of 1 s."""
    from ..core.neighbours import nearest_images

    distance, index = next(nearest_images(picture[None], training.images))
    found = int(index[0])
    return Nearest(found, int(training.labels[found]), float(distance[0]))
