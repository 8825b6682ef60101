"""The training images, to compare generated digits with, if they are on this machine."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....core.data import default_data_dir
from ....core.data.idx_sets import IDX_SETS, find_idx_files, read_idx_set

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

    ``data_dir`` defaults to ``$DIFFVIZ_DATA_DIR``, or the user's cache. Nothing is downloaded, and
    torch isn't needed. It reads 47 MB, so it should not be called in the app's thread.

    Raises:
        DiffvizError: if the files are damaged.
    """
    kind = IDX_SETS["mnist"]
    files = find_idx_files(kind, data_dir or default_data_dir(), kind.files(train=True))
    if files is None:
        return None
    return TrainingImages(kind.title, *read_idx_set(kind, files))


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
