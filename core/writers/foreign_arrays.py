"""Arrays of other programs: numpy's, PyTorch's or any that numpy can read. Loads no torch."""

from typing import Any

import numpy as np

from ..array_types import Array

_LARGEST = 512  # pixels of a side; of larger pictures every n-th pixel is taken


def to_array(value: Any) -> Array:
    """Return a copy of ``value`` as a float32 array; a tensor of a GPU is fetched from there.

    Raises:
        TypeError, ValueError: if it holds no numbers.
    """
    if hasattr(value, "detach"):  # a tensor: numpy knows neither its bfloat16 nor its device
        value = value.detach().float().cpu().numpy()
    return np.array(value, np.float32)


def first_image(value: Any, known: tuple[int, ...] = (1, 3)) -> Array:
    """Return the first image of ``value`` as a copy, float32 ``[C, H, W]``.

    ``value`` is ``[B, C, H, W]``, ``[C, H, W]``, ``[B, H, W]``, ``[H, W]`` or, with three channels,
    ``[H, W, 3]`` or ``[B, H, W, 3]``. C is one of ``known``. Of images with more than 512 pixels a
    side not every pixel is taken.

    Raises:
        ValueError: if it has another shape.
        TypeError: if it is no array.
    """
    shape = tuple(getattr(value, "shape", None) or np.shape(value))
    image = value
    if len(shape) == 4 or (len(shape) == 3 and shape[0] not in known and shape[-1] != 3):
        image = image[0]
    shape = tuple(getattr(image, "shape", None) or np.shape(image))
    last = False
    if len(shape) == 2:
        rows = 0
    elif len(shape) == 3 and shape[0] in known:
        rows = 1
    elif len(shape) == 3 and shape[-1] == 3 and 3 in known:
        rows, last = 0, True
    else:
        given = getattr(value, "shape", np.shape(value))
        raise ValueError(
            f"a picture has to be [B, C, H, W] with C = {' or '.join(map(str, known))}, not "
            f"{list(given)}; for other channels give a matrix [C, 3] to RGB"
        )
    every = max(1, -(-max(shape[rows : rows + 2]) // _LARGEST))
    if every > 1:
        step = slice(None, None, every)
        image = image[(slice(None),) * rows + (step, step)]
    array = to_array(image)
    if array.ndim == 2:
        return array[np.newaxis]
    return np.moveaxis(array, -1, 0) if last else array
