"""Images in [-1, 1] as pictures of levels 0 to 255, and pictures in other sizes."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .array_types import Array

LUMINANCE = 0.299, 0.587, 0.114
"""The weights of red, green and blue in a grey level (ITU-R BT.601)."""


def to_grey(images: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return ``round(clip((x + 1) / 2, 0, 1) * 255)``: white ink on black, never rescaled."""
    return np.rint(np.clip((images + 1.0) * 0.5, 0.0, 1.0) * 255.0).astype(np.uint8)


def from_grey(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return grey levels 0 … 255 as float32 in [-1, 1]; the shape stays."""
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1.0)


def to_pictures(images: Array) -> NDArray[np.uint8]:
    """Return images as pictures: :func:`to_grey`, with the channels last.

    ``[B, H, W]`` and ``[B, 1, H, W]`` become ``[B, H, W]``, ``[B, 3, H, W]`` becomes
    ``[B, H, W, 3]``.
    """
    levels = to_grey(images)
    if levels.ndim < 4:
        return levels
    return levels[:, 0] if levels.shape[1] == 1 else np.moveaxis(levels, 1, -1)


def to_picture(image: Array) -> NDArray[np.uint8]:
    """Return one image as a picture.

    ``[H, W]`` and ``[1, H, W]`` become ``[H, W]``, ``[3, H, W]`` becomes ``[H, W, 3]``.
    """
    return to_pictures(image[np.newaxis])[0]


def resized(pictures: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return pictures ``[n, H, W]`` or ``[n, H, W, 3]`` in another height and width.

    Every new pixel is the mean over the part of the picture that it covers.
    """
    if pictures.shape[1:3] == (height, width):
        return pictures
    means = np.einsum("yi,nij...->nyj...", _weights(pictures.shape[1], height), pictures)
    means = np.einsum("xj,nyj...->nyx...", _weights(pictures.shape[2], width), means)
    return np.rint(means).astype(np.uint8)


@lru_cache(maxsize=32)
def _weights(old: int, new: int) -> Array:
    """Return how much of each old pixel belongs to each new one, ``[new, old]``; rows sum to 1."""
    edges = np.linspace(0.0, old, new + 1)
    begin = np.maximum(edges[:-1, None], np.arange(old)[None, :])
    end = np.minimum(edges[1:, None], np.arange(1, old + 1)[None, :])
    covered = np.maximum(0.0, end - begin)
    return (covered / covered.sum(axis=1, keepdims=True)).astype(np.float32)
