"""Distances in pieces against brute force."""

import numpy as np
import pytest

from diffviz.core.measure import neighbours
from diffviz.core.measure.neighbours import coverage, mean_pairwise_distances, nearest_images

RNG = np.random.default_rng(5)


@pytest.fixture(params=[1, 3])
def threads(request):
    return request.param


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(neighbours, "_ROWS", 7)
    monkeypatch.setattr(neighbours, "_COLUMNS", 11)


def images(n):
    return RNG.integers(0, 256, (n, 28, 28), dtype=np.uint8)


def brute(a, b):
    a, b = (x.reshape(len(x), -1).astype(float) / 255 for x in (a, b))
    return np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))


def test_nearest_images_against_brute_force(threads):
    queries, others = images(23), images(40)
    others[31] = queries[5]  # an exact copy is at distance 0, not nearly
    distances, indices = map(
        np.concatenate, zip(*nearest_images(queries, others, rows=5, threads=threads), strict=True)
    )
    expected = brute(queries, others)
    assert indices.tolist() == expected.argmin(axis=1).tolist()
    np.testing.assert_allclose(distances, expected.min(axis=1), rtol=1e-12)
    assert distances[5] == 0.0
    assert indices[5] == 31


def test_mean_pairwise_distances_against_brute_force(threads):
    pictures = images(16)
    pictures[3] = pictures[9]
    expected = brute(pictures, pictures).sum(axis=1) / 15
    np.testing.assert_allclose(mean_pairwise_distances(pictures, threads), expected, rtol=1e-6)


def test_identical_sets_cover_each_other():
    features = RNG.normal(size=(30, 5))
    inside, reached = coverage(features, features.copy())
    assert inside.all()
    assert reached.all()


def test_distant_sets_do_not_cover_each_other():
    features = RNG.normal(size=(30, 5))
    inside, reached = coverage(features, features + 1000)
    assert not inside.any()
    assert not reached.any()


def test_copies_of_one_member_are_covered_and_cover_only_it():
    real = RNG.normal(size=(40, 5))
    inside, reached = coverage(real, np.repeat(real[:1], 20, axis=0))
    assert inside.all()
    assert reached.sum() == 1


@pytest.mark.parametrize("k", [1, 3])
def test_coverage_against_brute_force(k, threads):
    real, fake = RNG.normal(size=(25, 3)), RNG.normal(0.5, 1.3, size=(18, 3))
    inside, reached = coverage(real, fake, k, threads)

    def by_hand(queries, members):
        own = np.linalg.norm(members[:, None] - members[None], axis=-1)
        radii = np.sort(own, axis=1)[:, k]
        gaps = np.linalg.norm(queries[:, None] - members[None], axis=-1)
        return (gaps <= radii).any(axis=1)

    assert inside.tolist() == by_hand(fake, real).tolist()
    assert reached.tolist() == by_hand(real, fake).tolist()
    assert 0 < inside.mean() < 1


def test_fewer_images_than_k_are_refused():
    few = np.zeros((3, 2))
    with pytest.raises(ValueError, match="more than 3"):
        coverage(few, few, 3)
