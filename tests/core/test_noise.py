"""Noise: a pure function of (seed, branch path, draw index), and really standard normal."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from diffviz.core.noise import BatchNoise, NoiseStream, philox

# seed 7, rounded to what float32 tells apart
DRAW_0 = [-1.1180536, 2.0613072, 0.43071654, -0.61102456]
DRAW_1 = [-1.8952621, 0.40459472, 0.23973118, -0.14531069]
DRAW_999 = [-0.43665001, 0.46930188, 1.3663452, -0.093274683]
BRANCH = [1.9308373, -0.098661892, 1.5825198, -0.2328265]


def test_golden_values_of_seed_7():
    # Whoever changes these changes every digit anybody has seen under its seed.
    stream = NoiseStream(7)
    np.testing.assert_allclose(stream.draw(0)[0, :4], DRAW_0, rtol=1e-6)
    np.testing.assert_allclose(stream.draw(1)[27, 24:], DRAW_1, rtol=1e-6)
    np.testing.assert_allclose(stream.draw(999)[13, 13:17], DRAW_999, rtol=1e-6)
    np.testing.assert_allclose(NoiseStream(7, (0, 2)).draw(5)[0, :4], BRANCH, rtol=1e-6)


@pytest.mark.parametrize("order", [[0], [1, 0], [5, 2, 31], [31, 32, 63, 0], list(range(70))])
def test_a_draw_is_the_same_however_many_are_made_of_its_block(order):
    whole = [philox(7, "sample", b).standard_normal((32, 28, 28), np.float32) for b in range(3)]
    stream = NoiseStream(7)
    for index in order:
        np.testing.assert_array_equal(stream.draw(index), whole[index // 32][index % 32])


def test_another_process_draws_the_same():
    code = (
        "from diffviz.core.noise import NoiseStream as N; import sys;"
        "sys.stdout.buffer.write(N(7).draw(500).tobytes() + N(7, (1,)).draw(40).tobytes())"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert out == NoiseStream(7).draw(500).tobytes() + NoiseStream(7, (1,)).draw(40).tobytes()


def test_a_stream_does_not_depend_on_other_streams_or_order():
    alone = [NoiseStream(7).draw(k).copy() for k in (0, 1, 31, 32, 999)]
    batch = BatchNoise.from_seeds([5, 6, 7, 8])
    together = [batch.draw(k) for k in (0, 1, 31, 32, 999)]
    stream = NoiseStream(7)
    backwards = [stream.draw(k).copy() for k in (999, 32, 31, 1, 0)][::-1]
    for a, b, c in zip(alone, together, backwards, strict=True):
        assert a.shape == (28, 28)
        assert a.dtype == np.float32
        assert b.shape == (4, 28, 28)
        assert b.dtype == np.float32
        np.testing.assert_array_equal(a, b[2])
        np.testing.assert_array_equal(a, c)
    assert len(batch) == 4


def test_numpy_global_state_is_neither_used_nor_moved():
    np.random.seed(0)
    before = np.random.get_state()[1].copy()  # type: ignore[index]
    first = NoiseStream(7).draw(0).copy()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # type: ignore[index]
    np.random.seed(1)
    np.testing.assert_array_equal(NoiseStream(7).draw(0), first)


def test_seeds_branches_and_draws_all_differ():
    paths = [(), (0,), (1,), (0, 0), (0, 1), (1, 0), (10,)]
    draws = [NoiseStream(s, p).draw(k).tobytes() for s in (0, 7) for p in paths for k in (0, 1, 32)]
    assert len(set(draws)) == len(draws)


def test_draws_are_standard_normal():
    # 40 x 25 x 784 = 784,000 numbers: the bounds below are five standard errors
    draws = np.concatenate(
        [NoiseStream(s).draw(k).ravel() for s in range(40) for k in range(0, 1000, 40)]
    ).astype(np.float64)
    n = draws.size
    assert abs(draws.mean()) < 5 / n**0.5
    assert abs(draws.var() - 1) < 5 * (2 / n) ** 0.5
    assert abs((draws**3).mean()) < 5 * (15 / n) ** 0.5
    assert abs((draws**4).mean() - 3) < 5 * (96 / n) ** 0.5
    within = (np.abs(draws) < 1).mean()
    assert within == pytest.approx(0.6826895, abs=5 * (0.683 * 0.317 / n) ** 0.5)


def test_streams_are_not_correlated():
    vectors = [NoiseStream(s).draw(k).ravel() for s in (0, 1, 2, 7, 2**63) for k in (0, 1, 32)]
    vectors += [NoiseStream(7, p).draw(k).ravel() for p in ((0,), (1,)) for k in (0, 1, 32)]
    correlation = np.corrcoef(np.stack(vectors))
    others = correlation - np.eye(len(vectors))
    assert np.abs(others).max() < 5 / 784**0.5


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seeds_are_64_bits(seed):
    with pytest.raises(ValueError, match=r"2\*\*64 - 1"):
        NoiseStream(seed).draw(0)
    assert NoiseStream(2**64 - 1).draw(0).shape == (28, 28)


def test_different_labels_give_different_numbers():
    streams = [philox(7, label, 0).integers(2**63) for label in ("order", "batch", "sample")]
    assert len(set(streams)) == 3
    assert philox(7, "order", 0).integers(2**63) != philox(7, "order", 1).integers(2**63)


def test_one_seed_is_a_batch_of_one():
    ones: list[Any] = [7, np.int64(7), NoiseStream(7)]
    for one in ones:
        assert np.array_equal(
            BatchNoise.from_seeds(one).draw(0), BatchNoise.from_seeds([7]).draw(0)
        )


def test_wrong_seeds_are_named():
    with pytest.raises(ValueError, match=r"no seeds: give at least one, such as sample\(\[7\]\)"):
        BatchNoise.from_seeds([])
    wrong: list[Any] = ["7", 1.5, None, [7]]
    for value in wrong:
        with pytest.raises(TypeError, match="a seed is a whole number"):
            BatchNoise.from_seeds([value])
    with pytest.raises(ValueError, match="from 0 to"):
        BatchNoise.from_seeds(-1)
