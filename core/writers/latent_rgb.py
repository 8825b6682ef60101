"""Latents as rough pictures in RGB: a linear map of their channels."""

from typing import Any

import numpy as np

from ..array_types import Array
from .foreign_arrays import to_array

# Of Stable Diffusion 1.x, fitted by users of diffusers; other latents of four channels come out in
# wrong colours, with the right shapes.
FOUR_CHANNELS = np.array(
    [
        [0.298, 0.207, 0.208],
        [0.187, 0.286, 0.173],
        [-0.158, 0.189, 0.264],
        [-0.184, -0.271, -0.473],
    ],
    np.float32,
)

_AXES = np.array([[0.5, 0.5, 0.5], [0.25, -0.25, 0.0], [-0.1, -0.1, 0.25]])
"""RGB of the three principal directions."""


def fit_matrix(latents: Any, pictures: Any) -> Array:
    """Return the matrix ``[C + 1, 3]`` that makes ``pictures`` of ``latents`` with least error.

    ``latents`` are ``[B, C, H, W]``, ``pictures`` their decoded images ``[B, 3, kH, kW]`` in
    [-1, 1] with a whole k. One pair of a few thousand pixels is enough.

    Raises:
        ValueError: if the shapes don't fit each other.
    """
    x, y = to_array(latents), to_array(pictures)
    fits = x.ndim == y.ndim == 4 and len(x) == len(y) and y.shape[1] == 3
    if not fits or y.shape[2] % x.shape[2] or y.shape[3] % x.shape[3]:
        raise ValueError(
            "latents have to be [B, C, H, W] and pictures [B, 3, kH, kW], not "
            f"{list(x.shape)} and {list(y.shape)}"
        )
    n, channels, height, width = x.shape
    k_y, k_x = y.shape[2] // height, y.shape[3] // width
    means = y.reshape(n, 3, height, k_y, width, k_x).mean(axis=(3, 5))
    rows = np.moveaxis(x, 1, -1).reshape(-1, channels)
    rows = np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)
    solution, *_ = np.linalg.lstsq(rows, np.moveaxis(means, 1, -1).reshape(-1, 3), rcond=None)
    return solution.astype(np.float32)


def principal_matrix(image: Array, before: Array | None = None) -> Array:
    """Return a matrix ``[C + 1, 3]`` for an image ``[C, H, W]`` whose channels mean nothing known.

    The three directions in which the channels differ most become light, red against green, and
    blue against yellow; their signs are those of the matrix ``before``.
    """
    channels = len(image)
    pixels = image.reshape(channels, -1)
    mean = pixels.mean(axis=1, keepdims=True)
    directions, spreads, _ = np.linalg.svd(pixels - mean, full_matrices=False)
    missing = max(0, 3 - directions.shape[1])  # of two channels
    directions = np.pad(directions, ((0, 0), (0, missing)))[:, :3]
    spreads = np.pad(spreads, (0, missing), constant_values=np.inf)[:3] / pixels.shape[1] ** 0.5
    scaled = directions / np.maximum(spreads, 1e-6)
    if before is None:
        signs = np.sign(directions.sum(axis=0))
    else:
        signs = np.sign((scaled * (before[:channels] @ np.linalg.inv(_AXES))).sum(axis=0))
    matrix = scaled * np.where(signs < 0, -1.0, 1.0) @ _AXES
    return np.concatenate([matrix, -mean.T @ matrix]).astype(np.float32)
