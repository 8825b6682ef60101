"""Closed forms for the arithmetic of sample sets."""

import math

import numpy as np
import pytest

from diffviz.core.measure.metrics import (
    FrechetDistance,
    Gaussian,
    agreement,
    bootstrap,
    class_counts,
    entropy_share,
    frechet_distance,
    symmetric_root,
)

RNG = np.random.default_rng(3)


def covariance(d=6, rank=None):
    factor = RNG.normal(size=(d, rank or d))
    return factor @ factor.T


def test_frechet_distance_of_gaussians_with_diagonal_covariances():
    a = Gaussian(np.array([0.0, 1.0]), np.diag([4.0, 9.0]))
    b = Gaussian(np.array([3.0, -3.0]), np.diag([1.0, 25.0]))
    # |mean gap|^2 + sum (std gap)^2
    assert frechet_distance(a, b) == pytest.approx(9 + 16 + 1 + 4)


def test_frechet_distance_of_covariances_that_do_not_commute():
    a, b = covariance(2), covariance(2)
    # 2 x 2: the trace of a root is sqrt(trace + 2 sqrt(det))
    cross = math.sqrt(np.trace(a @ b) + 2 * math.sqrt(np.linalg.det(a) * np.linalg.det(b)))
    expected = np.trace(a) + np.trace(b) - 2 * cross
    zero = np.zeros(2)
    assert frechet_distance(Gaussian(zero, a), Gaussian(zero, b)) == pytest.approx(expected)


def test_frechet_distance_is_symmetric_and_vanishes_only_on_itself():
    a, b = Gaussian(RNG.normal(size=6), covariance()), Gaussian(RNG.normal(size=6), covariance())
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))
    assert frechet_distance(a, b) > 0.1
    assert frechet_distance(a, a) == pytest.approx(0.0, abs=1e-9)


def test_frechet_distance_accepts_singular_covariances():
    """Features that never fire have no variance: no NaN, no complex numbers."""
    flat, mean = covariance(6, rank=2), np.zeros(6)
    distance = FrechetDistance(Gaussian(mean, flat))
    assert distance.to(Gaussian(mean, flat)) == pytest.approx(0.0, abs=1e-6)
    assert distance.to(Gaussian(mean, np.zeros((6, 6)))) == pytest.approx(np.trace(flat))


def test_the_root_of_a_symmetric_matrix_squares_to_it():
    matrix = covariance()
    root = symmetric_root(matrix)
    np.testing.assert_allclose(root @ root, matrix, atol=1e-9)
    np.testing.assert_allclose(root, root.T, atol=1e-9)


def test_fit_agrees_with_numpy():
    features = RNG.normal(size=(50, 4)).astype(np.float32)
    fitted = Gaussian.fit(features)
    np.testing.assert_allclose(fitted.mean, features.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(fitted.covariance, np.cov(features.T), atol=1e-6)
    assert fitted.covariance.dtype == np.float64
    with pytest.raises(ValueError, match="at least 2"):
        Gaussian.fit(features[:1])


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ([7] * 10, 1.0),
        ([0, 0, 5, 0, 0, 0, 0, 0, 0, 0], 0.0),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], math.log(2) / math.log(10)),
    ],
)
def test_entropy_as_a_share_of_uniform(counts, share):
    assert entropy_share(np.array(counts)) == pytest.approx(share)


def test_class_counts_name_every_class():
    assert class_counts(np.array([1, 1, 9])).tolist() == [0, 2, 0, 0, 0, 0, 0, 0, 0, 1]


def test_agreement_counts_pairs():
    counts = np.array([[4, 0, 0], [2, 2, 0], [1, 1, 2]])
    # of 6 pairs: all; one in each half; one
    assert agreement(counts).tolist() == pytest.approx([1.0, 2 / 6, 1 / 6])


def test_agreement_is_unbiased():
    shares = np.array([0.5, 0.3, 0.2])
    draws = RNG.multinomial(3, shares, size=20_000)
    assert agreement(draws).mean() == pytest.approx((shares**2).sum(), abs=0.01)


def test_bootstrap_of_a_mean_has_the_textbook_width():
    values = RNG.normal(5.0, 2.0, 1000)
    estimate = bootstrap(lambda rows: float(values[rows].mean()), 1000, replicates=1000)
    assert estimate.value == pytest.approx(values.mean())
    expected = 1.96 * values.std() / math.sqrt(1000)
    assert estimate.high - estimate.value == pytest.approx(expected, rel=0.1)
    assert estimate.value - estimate.low == pytest.approx(expected, rel=0.1)


def test_bootstrap_is_reproducible_and_within_bounds():
    values = np.r_[np.ones(99), 0.0]

    def run():
        return bootstrap(lambda rows: float(values[rows].mean()), 100, bounds=(0.0, 1.0))

    assert run() == run()
    assert run().high == 1.0
