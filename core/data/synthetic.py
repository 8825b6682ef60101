"""A procedural digit set: strokes with jitter, drawn by numpy. It needs no network.

It replaces MNIST for a first try of training, and in the tests.
"""

import numpy as np
from numpy.typing import NDArray

from ..names import SIDE
from ..noise import philox

# Strokes of each digit as polylines in a unit square, y downwards; arcs are (cx, cy, rx, ry,
# from, to) in turns, clockwise from the right.
_ARC_POINTS = 14
_ROWS, _COLUMNS = np.mgrid[0:SIDE, 0:SIDE].reshape(2, SIDE * SIDE).astype(float)


def _arc(
    cx: float, cy: float, rx: float, ry: float, start: float, end: float
) -> NDArray[np.float64]:
    turns = np.linspace(start, end, _ARC_POINTS) * 2 * np.pi
    return np.stack([cx + rx * np.cos(turns), cy + ry * np.sin(turns)], axis=1)


def _line(*points: tuple[float, float]) -> NDArray[np.float64]:
    return np.array(points, dtype=float)


_STROKES: dict[int, list[NDArray[np.float64]]] = {
    0: [_arc(0.5, 0.5, 0.28, 0.42, 0, 1)],
    1: [_line((0.36, 0.24), (0.54, 0.08), (0.54, 0.92))],
    2: [_arc(0.5, 0.32, 0.26, 0.24, 0.5, 1.08), _line((0.73, 0.44), (0.24, 0.92), (0.78, 0.92))],
    3: [_arc(0.46, 0.29, 0.26, 0.21, 0.55, 1.25), _arc(0.46, 0.7, 0.29, 0.22, 0.75, 1.42)],
    4: [_line((0.58, 0.08), (0.2, 0.62), (0.82, 0.62)), _line((0.62, 0.34), (0.62, 0.94))],
    5: [_line((0.74, 0.1), (0.32, 0.1), (0.29, 0.46)), _arc(0.47, 0.66, 0.28, 0.26, 0.63, 1.4)],
    6: [_line((0.64, 0.07), (0.36, 0.36), (0.25, 0.66)), _arc(0.5, 0.68, 0.25, 0.24, 0, 1)],
    7: [_line((0.22, 0.1), (0.78, 0.1), (0.42, 0.93))],
    8: [_arc(0.5, 0.28, 0.21, 0.2, 0, 1), _arc(0.5, 0.71, 0.26, 0.22, 0, 1)],
    9: [_arc(0.48, 0.32, 0.24, 0.24, 0, 1), _line((0.72, 0.32), (0.68, 0.66), (0.54, 0.94))],
}


def _segments(digit: int) -> NDArray[np.float64]:
    """Return a digit's strokes as line segments ``[S, 2, 2]``."""
    return np.concatenate(
        [np.stack([stroke[:-1], stroke[1:]], axis=1) for stroke in _STROKES[digit]]
    )


def _draw(digit: int, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Return one jittered 28x28 picture: white ink on black, soft edges."""
    angle, shear = generator.normal(0, 0.12), generator.normal(0, 0.15)
    scale = generator.normal(1.0, 0.06, 2) * 20
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[1.0, -shear], [0.0, 1.0]]) * scale
    points = (_segments(digit) - 0.5) @ linear.T + 13.5 + generator.normal(0, 0.6, 2)
    thickness = generator.uniform(0.9, 1.7)

    # Distance of every pixel to every segment; the nearest segment decides how bright it is.
    start_x, start_y = points[:, 0].T[..., None]
    along_x, along_y = (points[:, 1] - points[:, 0]).T[..., None]
    x, y = _COLUMNS - start_x, _ROWS - start_y
    length = np.maximum(along_x**2 + along_y**2, 1e-9)
    share = np.clip((x * along_x + y * along_y) / length, 0, 1)
    nearest_x, nearest_y = start_x + share * along_x, start_y + share * along_y
    square = (_COLUMNS - nearest_x) ** 2 + (_ROWS - nearest_y) ** 2
    distance = np.sqrt(square.min(axis=0)).reshape(SIDE, SIDE)
    ink = np.clip(thickness + 0.5 - distance, 0, 1)
    return np.rint(ink * 255).astype(np.uint8)


def synthetic_digits(n: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``n`` images ``[n, 28, 28]`` uint8 and their labels ``[n]``, balanced over 0-9."""
    generator = philox(seed, "synthetic", 0)
    labels = np.arange(n, dtype=np.int64) % 10
    generator.shuffle(labels)
    images = np.stack([_draw(int(label), generator) for label in labels]) if n else None
    return (np.zeros((0, SIDE, SIDE), np.uint8) if images is None else images), labels
