"""The arithmetic behind ``diffviz eval``: numbers from features, probabilities and distances.

Pure numpy; ``evaluate.py`` chooses the digits that they are computed on.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..noise import philox

Array = NDArray[np.float32] | NDArray[np.float64]
Matrix = NDArray[np.float64]

CONFIDENT = 0.9
"""A classifier is called sure of a picture whose best class has more than this."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95% interval: what other samples of the same size would give."""

    value: float
    low: float
    high: float


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float],
    n: int,
    *,
    replicates: int = 200,
    bounds: tuple[float, float] = (0.0, np.inf),
) -> Estimate:
    """Return ``statistic`` of the samples 0 … n-1 and its interval.

    ``statistic`` takes the indices of the samples to use. The interval is the value plus and
    minus 1.96 standard deviations over ``replicates`` draws with replacement (Efron 1979), cut
    to ``bounds``. Percentiles of the draws would sit off-centre for a distance between fitted
    distributions, which repeated samples bias upwards. The draws are always the same.
    """
    value = statistic(np.arange(n))
    generator = philox(0, "bootstrap", n)
    draws = [statistic(generator.integers(0, n, n)) for _ in range(replicates)]
    margin = 1.96 * float(np.std(draws))
    return Estimate(value, max(bounds[0], value - margin), min(bounds[1], value + margin))


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A Gaussian: mean ``[D]``, covariance ``[D, D]``."""

    mean: Matrix
    covariance: Matrix

    @classmethod
    def fit(cls, features: Array) -> "Gaussian":
        """Return the Gaussian with the mean and (unbiased) covariance of ``features`` ``[n, D]``.

        Raises:
            ValueError: if there are fewer than two rows.
        """
        if len(features) < 2:
            raise ValueError(f"a covariance needs at least 2 rows, not {len(features)}")
        x = np.asarray(features, np.float64)
        mean = x.mean(axis=0)
        centred = x - mean
        return cls(mean, centred.T @ centred / (len(x) - 1))


class FrechetDistance:
    """The squared Fréchet distance to one reference Gaussian (Dowson & Landau 1982).

    Heusel et al. 2017, eq. 6: ``|m_a - m_b|^2 + Tr(C_a + C_b - 2 (C_a C_b)^(1/2))``, with a small
    classifier's features in the place of Inception's.
    """

    def __init__(self, reference: Gaussian) -> None:
        self.reference = reference
        self._root = symmetric_root(reference.covariance)

    def to(self, other: Gaussian) -> float:
        """Return the distance, at least 0; symmetric in the two Gaussians."""
        # Tr (C_a C_b)^(1/2) = Tr (C_a^(1/2) C_b C_a^(1/2))^(1/2), whose argument is symmetric and
        # has no negative eigenvalues: no complex roots to argue away.
        inner = self._root @ other.covariance @ self._root
        eigenvalues = np.linalg.eigvalsh((inner + inner.T) * 0.5)
        cross = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
        gap = self.reference.mean - other.mean
        traces = np.trace(self.reference.covariance) + np.trace(other.covariance)
        return max(0.0, float(gap @ gap + traces - 2.0 * cross))


def symmetric_root(matrix: Matrix) -> Matrix:
    """Return the square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def frechet_distance(a: Gaussian, b: Gaussian) -> float:
    """Return the squared Fréchet distance between two Gaussians."""
    return FrechetDistance(a).to(b)


def class_counts(labels: NDArray[np.integer], classes: int = 10) -> NDArray[np.int64]:
    """Return how often each class occurs, ``[classes]``."""
    return np.bincount(labels, minlength=classes)


def entropy_share(counts: NDArray[np.integer]) -> float:
    """Return the entropy of ``counts`` as a share of the uniform distribution's: 0 … 1."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(len(counts))) + 0.0


def agreement(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return how often two different members of each group agree.

    ``counts`` is ``[..., classes]``, members by class; the result ``[...]``. Unbiased, where the
    share of the commonest class is not: ``sum_c n_c (n_c - 1) / (n (n - 1))``.
    """
    n = counts.sum(axis=-1)
    return (counts * (counts - 1)).sum(axis=-1) / (n * (n - 1))
