"""The strips of digits in a run folder, one ``.npy`` each. No torch."""

import io
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from ..files.archives import read_array
from ..files.atomic import write_atomically
from .files import PREVIEWS

_NAME = re.compile(rf"{PREVIEWS}/[0-9]{{1,20}}\.npy")
_MAX_BYTES = 1 << 22
_SIDES = range(1, 257)


def write_preview(run: Path, step: int, images: NDArray[np.uint8]) -> str:
    """Write what was sampled after ``step`` batches; return the path in ``run``.

    The pictures are ``[n, H, W]``, or ``[n, H, W, 3]`` in colour.

    Raises:
        DiffvizError: if it can't be written.
    """
    buffer = io.BytesIO()
    np.save(buffer, images)
    path = f"{PREVIEWS}/{step:08d}.npy"
    write_atomically(run / path, buffer.getvalue())
    return path


def read_preview(run: Path, path: str) -> NDArray[np.uint8] | None:
    """Return the pictures that a log's ``preview`` event names, as :func:`write_preview` got them.

    None if they can't be read.
    """
    if not _NAME.fullmatch(path):
        return None
    try:
        images = read_array(run / path, _MAX_BYTES)
    except (OSError, DiffvizError, ValueError):
        return None
    shape = images.ndim == 3 or images.shape[3:] == (3,)
    good = images.dtype == np.uint8 and shape and images.size > 0
    return images if good and all(side in _SIDES for side in images.shape[1:3]) else None
