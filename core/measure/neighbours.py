"""Distances between many vectors, computed in pieces that fit into memory.

Most of the time goes into matrix products: ``|a - b|^2 = |a|^2 + |b|^2 - 2 a.b``. torch computes
them, because it respects ``--threads``.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Vectors = NDArray[Any]
Distances = NDArray[np.float64]
Indices = NDArray[np.int64]

_ROWS, _COLUMNS = 1000, 10_000  # one piece of float32 distances: 40 MB


def _squared(a: Tensor, b: Tensor) -> Tensor:
    square = (a * a).sum(1)[:, None] + (b * b).sum(1)[None, :]
    return square.addmm_(a, b.T, alpha=-2.0).clamp_min_(0.0)


def nearest_images(
    images: NDArray[np.uint8], others: NDArray[np.uint8], *, rows: int = 500
) -> Iterator[tuple[Distances, Indices]]:
    """Yield, ``rows`` images at a time, the distance to the nearest of ``others`` and its index.

    Both are uint8 ``[n, 28, 28]``. The distance is the L2 norm over pixels with ink 0 … 1, exact
    for the image found (which float32 products pick).
    """
    flat, pool = images.reshape(len(images), -1), others.reshape(len(others), -1)
    for start in range(0, len(flat), rows):
        query = flat[start : start + rows]
        # centred on mid-grey, products lose fewer digits
        a = torch.from_numpy(query.astype(np.float32) / 255 - 0.5)
        best = torch.full((len(a),), torch.inf)
        index = torch.zeros(len(a), dtype=torch.long)
        for first in range(0, len(pool), _COLUMNS):
            b = torch.from_numpy(pool[first : first + _COLUMNS].astype(np.float32) / 255 - 0.5)
            distance, where = _squared(a, b).min(dim=1)
            index = torch.where(distance < best, where + first, index)
            best = torch.minimum(distance, best)
        found = index.numpy()
        gap = query.astype(np.float64) - pool[found]
        yield np.sqrt((gap * gap).sum(axis=1)) / 255, found


def mean_pairwise_distances(images: NDArray[np.uint8]) -> Distances:
    """Return each image's mean L2 distance (ink 0 … 1) to all the others, ``[n]``."""
    flat = torch.from_numpy(images.reshape(len(images), -1).astype(np.float32) / 255 - 0.5)
    sums = torch.zeros(len(flat), dtype=torch.float64)
    for start in range(0, len(flat), _ROWS):
        part = flat[start : start + _ROWS]
        distance = _squared(part, flat).sqrt_()
        rows = torch.arange(len(part))
        distance[rows, rows + start] = 0.0  # not quite zero after rounding
        sums[start : start + len(part)] = distance.double().sum(1)
    return (sums / (len(flat) - 1)).numpy()


def coverage(real: Vectors, fake: Vectors, k: int = 3) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return which of ``fake`` lie within ``real``, and which of ``real`` within ``fake``.

    A set's extent is the union of balls around its members ``[n, D]``, each reaching to its
    ``k``-th nearest fellow (Kynkäänniemi et al. 2019, eq. 1). The means of the two boolean arrays
    are their precision and recall (eq. 2).

    Raises:
        ValueError: if a set has no ``k`` fellows for each member.
    """
    if min(len(real), len(fake)) <= k:
        raise ValueError(f"precision and recall with k = {k} need more than {k} members a set")
    a = torch.from_numpy(np.asarray(real, np.float64))
    b = torch.from_numpy(np.asarray(fake, np.float64))
    return _covered(b, a, _radii(a, k)).numpy(), _covered(a, b, _radii(b, k)).numpy()


def _radii(members: Tensor, k: int) -> Tensor:
    """Return each member's squared distance to its k-th nearest fellow."""
    radii = []
    for start in range(0, len(members), _ROWS):
        part = members[start : start + _ROWS]
        distance = _squared(part, members)
        rows = torch.arange(len(part))
        distance[rows, rows + start] = 0.0
        radii.append(distance.kthvalue(k + 1, dim=1).values)  # the member itself comes first
    return torch.cat(radii)


def _covered(queries: Tensor, members: Tensor, radii: Tensor) -> Tensor:
    inside = []
    for start in range(0, len(queries), _ROWS):
        distance = _squared(queries[start : start + _ROWS], members)
        # a copy of a member is as near as it is, up to rounding
        inside.append((distance <= radii * (1 + 1e-9) + 1e-9).any(dim=1))
    return torch.cat(inside)
