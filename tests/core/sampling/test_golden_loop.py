"""The reverse loop with a dummy network, against plain Python floats and literal numbers.

Pixel values at four places are followed by hand through noise, network and update.
"""

import math

import numpy as np
import pytest

from diffviz.core.noise import BatchNoise, NoiseStream
from diffviz.core.sampling import SAMPLERS

# of the pixel at (13, 14)
END_1000 = -0.0142077315671
END_250 = -0.0052184626665

PLACES = ((0, 0), (0, 27), (13, 14), (27, 27))


def draw_value(index: int, row: int, column: int) -> float:
    """Return a made-up noise value: bounded, and different at every draw and place."""
    return 1.5 * math.sin(1.0 + 0.7 * index + 0.3 * row + 0.11 * column)


class MadeUpNoise(BatchNoise):
    """One sample's noise from :func:`draw_value`."""

    def __init__(self) -> None:
        super().__init__([NoiseStream(0)])

    def draw(self, index):
        rows, columns = np.mgrid[0:28, 0:28]
        values = 1.5 * np.sin(1.0 + 0.7 * index + 0.3 * rows + 0.11 * columns)
        return values.astype(np.float32)[None]


def dummy_network(x_t, timestep):
    """Return an eps that depends on both arguments and is not linear in the image."""
    return (1.1 * np.tanh(x_t) + 0.1 * (timestep / 1000)).astype(np.float32)


def by_hand(visited: list[int], row: int, column: int) -> list[float]:
    """Return one pixel's x_t at each visited timestep and at 0, in Python floats.

    The update is eq. 11 where neighbouring timesteps are visited; with gaps, the same with the
    beta that joins two visited alpha_bars.
    """
    alpha_bars = [1.0]
    for i in range(1000):
        alpha_bars.append(alpha_bars[-1] * (1 - (0.0001 + 0.0199 * i / 999)))
    x = draw_value(0, row, column)
    values = [x]
    for k, t in enumerate(visited):
        before = visited[k + 1] if k + 1 < len(visited) else 0
        eps = 1.1 * math.tanh(x) + 0.1 * (t / 1000)
        alpha = alpha_bars[t] / alpha_bars[before]
        beta = 1 - alpha
        x = (x - beta / math.sqrt(1 - alpha_bars[t]) * eps) / math.sqrt(alpha)
        if before > 0:
            variance = beta * (1 - alpha_bars[before]) / (1 - alpha_bars[t])
            x += math.sqrt(variance) * draw_value(k + 1, row, column)
        values.append(x)
    return values


@pytest.mark.parametrize("steps", [1000, 250, 2, 1])
def test_loop_equals_the_hand_computation(steps):
    visited = [round(1000 - 999 * i / (steps - 1)) for i in range(steps)] if steps > 1 else [1000]
    records = list(SAMPLERS["ddpm"](dummy_network, MadeUpNoise(), num_inference_steps=steps))
    assert [r.t for r in records] == [*visited, 0]
    for row, column in PLACES:
        seen = [float(r.x_t[0, row, column]) for r in records]
        expected = by_hand(visited, row, column)
        # single steps multiply what came before by up to 158 when a few steps do it all
        np.testing.assert_allclose(seen, expected, rtol=2e-4, atol=2e-4)


def test_the_loop_ends_with_literal_values():
    # computed once by `by_hand`, so that both sides can't move together
    assert by_hand(list(range(1000, 0, -1)), 13, 14)[-1] == pytest.approx(END_1000, rel=1e-9)
    for steps, expected in ((1000, END_1000), (250, END_250)):
        *_, last = SAMPLERS["ddpm"](dummy_network, MadeUpNoise(), num_inference_steps=steps)
        assert float(last.x_t[0, 13, 14]) == pytest.approx(expected, abs=2e-4)


def test_every_record_has_the_estimate_of_x0():
    alpha_bar = 1.0
    bars = [1.0]
    for i in range(1000):
        alpha_bar *= 1 - (0.0001 + 0.0199 * i / 999)
        bars.append(alpha_bar)
    for record in SAMPLERS["ddpm"](dummy_network, MadeUpNoise()):
        assert record.alpha_bar == pytest.approx(bars[record.t], rel=1e-9)
        if record.t == 0:
            break
        for row, column in PLACES:
            x, eps = float(record.x_t[0, row, column]), float(record.eps[0, row, column])
            expected = (x - math.sqrt(1 - bars[record.t]) * eps) / math.sqrt(bars[record.t])
            assert float(record.x0_hat[0, row, column]) == pytest.approx(expected, rel=1e-4)
            assert eps == pytest.approx(1.1 * math.tanh(x) + 0.1 * record.t / 1000, abs=1e-6)
