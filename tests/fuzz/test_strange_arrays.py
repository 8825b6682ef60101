"""Arrays of any type, shape and values as data sets: taken, or refused in one line."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from diffviz.core.data import Reading, load_dataset
from diffviz.core.errors import DiffvizError

_TYPES = (
    "u1",
    "i1",
    "?",
    "u2",
    ">u2",
    "i4",
    "i8",
    "u8",
    "f2",
    "f4",
    ">f8",
    "c8",
    "U2",
    "S3",
    "M8[s]",
)
_SIDES = st.sampled_from([0, 1, 2, 3, 28, 30])
_SHAPES = st.one_of(
    st.tuples(_SIDES),
    st.tuples(st.integers(0, 4), st.sampled_from([0, 4, 16, 17, 784])),
    st.tuples(st.integers(0, 4), _SIDES, _SIDES),
    st.tuples(st.integers(0, 3), _SIDES, _SIDES, st.sampled_from([1, 3])),
    st.just(()),
)  # fmt: skip


@st.composite
def arrays(draw) -> NDArray[Any]:
    """Return an array of random bytes or of few values."""
    shape, dtype = draw(_SHAPES), np.dtype(draw(st.sampled_from(_TYPES)))
    size = int(np.prod(shape)) * dtype.itemsize
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    if draw(st.booleans()) and dtype.kind in "uifb":
        values = random.integers(0, draw(st.sampled_from([1, 2, 17, 128, 256])), shape)
        with np.errstate(over="ignore"):
            return np.asarray(values).astype(dtype)
    if dtype.kind in "US":
        return np.asarray(random.integers(0, 9, shape)).astype(dtype)
    return np.frombuffer(random.bytes(size), dtype).reshape(shape)


def check(tmp_path, images, labels, invert) -> None:
    path = tmp_path / "own.npz"
    if labels is None:
        np.savez(path, images=images)
    else:
        np.savez(path, images=images, labels=labels)
    try:
        data = load_dataset(str(path), reading=Reading(invert))
    except DiffvizError:
        return
    assert data.images.dtype == np.uint8
    assert data.images.shape == (len(data.labels), 28, 28)
    assert data.labels.min() >= 0
    assert all("\n" not in note for note in data.notes)
    again = load_dataset(str(path), reading=data.reading)
    assert again.md5 == data.md5, "the reading gives the same images again"


_STRANGE = given(arrays(), st.none() | arrays(), st.none() | st.booleans())
_SETTINGS = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@settings(max_examples=60, **_SETTINGS)
@_STRANGE
def test_a_few_strange_arrays(tmp_path, images, labels, invert):
    check(tmp_path, images, labels, invert)


@pytest.mark.slow
@settings(max_examples=3000, **_SETTINGS)
@_STRANGE
def test_many_strange_arrays(tmp_path, images, labels, invert):
    check(tmp_path, images, labels, invert)
