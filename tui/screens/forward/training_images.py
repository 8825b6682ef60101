"""The training images, to compare generated digits with, if they are on this machine."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core.errors import DiffvizError
from ....core.files.cache import cache_folder
from ....core.files.idx import read_idx
from ....core.names import SIDE

_ROWS = 5000  # images compared at once: 16 MB of float32 pixels


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
    """L2 distance over pixels from 0 to 1."""


@cache
def load_training_images(data_dir: Path | None = None) -> TrainingImages | None:
    """Return MNIST's training images from a data folder; None if they aren't there.

    ``data_dir`` defaults to the user's cache. Nothing is downloaded, and torch isn't needed. It
    reads 47 MB, so it should not be called in the app's thread.

    Raises:
        DiffvizError: if the files are damaged.
    """
    raw = (data_dir or cache_folder("data")) / "MNIST" / "raw"
    files = raw / "train-images-idx3-ubyte", raw / "train-labels-idx1-ubyte"
    if not all(file.is_file() for file in files):
        return None
    try:
        images, labels = read_idx(files[0], 3), read_idx(files[1], 1)
    except (OSError, ValueError) as error:
        raise DiffvizError(f"the MNIST files in {raw} are damaged: {error}") from error
    if images.shape[1:] != (SIDE, SIDE) or len(images) != len(labels):
        raise DiffvizError(f"the MNIST files in {raw} hold something else than labelled digits")
    return TrainingImages("MNIST", images, labels.astype(np.int64))


def nearest_to(picture: NDArray[np.uint8], training: TrainingImages) -> Nearest:
    """Return the training image nearest to ``picture`` ``[28, 28]``; takes about 0.1 s."""
    wanted = picture.reshape(-1).astype(np.float32) / 255
    pool = training.images.reshape(len(training.images), -1)
    squares = [
        np.square(pool[first : first + _ROWS].astype(np.float32) / 255 - wanted).sum(axis=1)
        for first in range(0, len(pool), _ROWS)
    ]
    distances = np.concatenate(squares)
    found = int(distances.argmin())
    return Nearest(found, int(training.labels[found]), float(distances[found]) ** 0.5)
