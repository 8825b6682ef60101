"""The strips of digits in a run folder, one ``.npy`` each. No torch."""

import io
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from ..files.archives import read_array
from ..files.atomic import write_atomically
from ..names import SIDE
from .files import PREVIEWS

_NAME = re.compile(rf"{PREVIEWS}/[0-9]{{1,20}}\.npy")
_MAX_BYTES = 1 << 20


def write_preview(run: Path, step: int, images: NDArray[np.uint8]) -> str:
    """Write the digits sampled after ``step`` batches, ``[n, 28, 28]``; return the path in ``run``.

    Raises:
        DiffvizError: if it can't be written.
    """
    buffer = io.BytesIO()
    np.save(buffer, images)
    path = f"{PREVIEWS}/{step:08d}.npy"
    write_atomically(run / path, buffer.getvalue())
    return path


def read_preview(run: Path, path: str) -> NDArray[np.uint8] | None:
    """Return the digits that a log's ``preview`` event names; None if they can't be read."""
    if not _NAME.fullmatch(path):
        return None
    try:
        images = read_array(run / path, _MAX_BYTES)
    except (OSError, DiffvizError, ValueError):
        return None
    good = images.dtype == np.uint8 and images.ndim == 3 and len(images) > 0
    return images if good and images.shape[1:] == (SIDE, SIDE) else None
