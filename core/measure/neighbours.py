"""Distances between many vectors, computed in pieces that fit into memory.

Most of the time goes into matrix products: ``|a - b|^2 = |a|^2 + |b|^2 - 2 a.b``. Each thread
computes pieces of its own.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..machine.parallel import in_threads

Vectors = NDArray[Any]
Distances = NDArray[np.float64]
Indices = NDArray[np.int64]

_ROWS, _COLUMNS = 250, 2500  # one piece: some MB, whatever the number of vectors


def _squared(a: Vectors, b: Vectors) -> Vectors:
    """Return the squared distances ``[len(a), len(b)]``, in the type of the two."""
    square = (a * a.dtype.type(-2.0)) @ b.T
    square += np.einsum("ij,ij->i", a, a)[:, None]
    square += np.einsum("ij,ij->i", b, b)
    return np.maximum(square, 0.0, out=square)


def _centred(images: Grey) -> Vectors:
    """Return float32 ``[n, 784]``, ink 0 … 1 less one half: products lose fewer digits."""
    vectors = images.reshape(len(images), -1).astype(np.float32)
    vectors /= 255
    vectors -= 0.5
    return vectors


def nearest_images(
    images: Grey, others: Grey, *, rows: int = 500, threads: int = 1
) -> Iterator[tuple[Distances, Indices]]:
    """Yield, ``rows`` images at a time, the distance to the nearest of ``others`` and its index.

    Both are uint8 ``[n, 28, 28]``. The distance is the L2 norm over pixels with ink 0 … 1, exact
    for the image found (which float32 products pick).
    """
    for start in range(0, len(images), rows):
        query = images[start : start + rows]
        a = _centred(query)

        def nearest(first: int, a: Vectors = a) -> tuple[Vectors, Indices]:
            distance = _squared(a, _centred(others[first : first + _COLUMNS]))
            found = distance.argmin(axis=1)
            return np.take_along_axis(distance, found[:, None], 1)[:, 0], found + first

        parts = in_threads(nearest, range(0, len(others), _COLUMNS), threads)
        best = np.stack([distance for distance, _ in parts]).argmin(axis=0)
        found = np.stack([index for _, index in parts])[best, np.arange(len(query))]
        gap = query.astype(np.float64) - others[found]
        yield np.sqrt(np.einsum("nij,nij->n", gap, gap)) / 255, found


def mean_pairwise_distances(images: Grey, threads: int = 1) -> Distances:
    """Return each image's mean L2 distance (ink 0 … 1) to all the others, ``[n]``."""
    flat = _centred(images).astype(np.float64)  # else copies of a picture are not quite at 0

    def sums(start: int) -> Distances:
        part = flat[start : start + _ROWS]
        distance = _squared(part, flat)
        _clear_own(distance, start)  # not quite zero after rounding
        return np.sqrt(distance, out=distance).sum(axis=1)

    parts = in_threads(sums, range(0, len(flat), _ROWS), threads)
    return np.concatenate(parts) / (len(flat) - 1)


def coverage(
    real: Vectors, fake: Vectors, k: int = 3, threads: int = 1
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which of ``fake`` lie within ``real``, and which of ``real`` within ``fake``.

    A set's extent is the union of balls around its members ``[n, D]``, each reaching to its
    ``k``-th nearest fellow (Kynkäänniemi et al. 2019, eq. 1). The means of the two boolean arrays
    are their precision and recall (eq. 2).

    Raises:
        ValueError: if a set has no ``k`` fellows for each member.
    """
    if min(len(real), len(fake)) <= k:
        raise ValueError(f"precision and recall with k = {k} need more than {k} members a set")
    a, b = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    return (
        _covered(b, a, _radii(a, k, threads), threads),
        _covered(a, b, _radii(b, k, threads), threads),
    )


def _radii(members: Vectors, k: int, threads: int) -> Distances:
    """Return each member's squared distance to its k-th nearest fellow."""

    def radii(start: int) -> Distances:
        distance = _squared(members[start : start + _ROWS], members)
        _clear_own(distance, start)
        distance.partition(k, axis=1)  # the member itself comes first
        return distance[:, k].copy()

    return np.concatenate(in_threads(radii, range(0, len(members), _ROWS), threads))


def _covered(
    queries: Vectors, members: Vectors, radii: Distances, threads: int
) -> NDArray[np.bool_]:
    reach = radii * (1 + 1e-9) + 1e-9  # a copy of a member is as near as it is, up to rounding

    def inside(start: int) -> NDArray[np.bool_]:
        near = _squared(queries[start : start + _ROWS], members) <= reach
        return np.logical_or.reduce(near, axis=1)

    return np.concatenate(in_threads(inside, range(0, len(queries), _ROWS), threads))


def _clear_own(distance: Vectors, start: int) -> None:
    """Set each row's distance to itself, member ``start`` onwards, to 0."""
    rows = np.arange(len(distance))
    distance[rows, rows + start] = 0.0
