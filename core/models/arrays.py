"""Reading weights files of unknown origin as numpy arrays, without torch."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from ..errors import DiffvizError
from ..files.reading import open_regular

FORMAT = "diffviz/1"
# Larger files are refused before memory is allocated.
MAX_BYTES = 1 << 30
MAX_HEADER = 1 << 20

Floats = NDArray[np.floating[Any]]

T = TypeVar("T")
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}


@dataclass(frozen=True, eq=False)
class WeightsFile(Generic[T]):
    """What a file holds: numpy's arrays or torch's tensors by name, JSON metadata by key."""

    path: Path
    tensors: dict[str, T]
    """float32, or float64 where the file has that."""
    metadata: dict[str, Any]

    def group(self, prefix: str) -> dict[str, T]:
        """Return the tensors whose names start with ``prefix.``, without that prefix."""
        start = prefix + "."
        return {k.removeprefix(start): v for k, v in self.tensors.items() if k.startswith(start)}


def read_arrays(path: Path) -> WeightsFile[Floats]:
    """Read a file written by :func:`.files.save_tensors`.

    Raises:
        DiffvizError: if it is missing, too large, truncated, not ours, or holds anything but finite
            floating-point numbers.
    """
    with _reading(path), open_regular(path, MAX_BYTES) as raw:
        start, header = _header(raw)
        found = deserialize(start + header + raw.read())
        metadata = _metadata(path, header)
        arrays = {name: _array(path, name, **facts) for name, facts in found}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise DiffvizError(f"{path} holds NaN or infinite numbers (in {name}): get it again")
    return WeightsFile(path, arrays, metadata)


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the metadata of a file that :func:`read_arrays` reads, without its arrays.

    Raises:
        DiffvizError: if it is missing, has no whole header, or is not ours.
    """
    with _reading(path), open_regular(path, MAX_BYTES) as raw:
        return _metadata(path, _header(raw)[1])


@contextmanager
def _reading(path: Path) -> Generator[None]:
    """Turn what goes wrong while ``path`` is read into one clear line."""
    try:
        yield
    except FileNotFoundError as error:
        raise DiffvizError(f"no file {path}") from error
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
    except (SafetensorError, AttributeError, TypeError, ValueError, RecursionError) as error:
        raise DiffvizError(
            f"{path} is truncated or not a safetensors file: get it again"
        ) from error


def _header(raw: BinaryIO) -> tuple[bytes, bytes]:
    """Return the first two parts of a safetensors file: the header's length and the header."""
    start = raw.read(8)
    length = int.from_bytes(start, "little")
    if length > MAX_HEADER:
        raise ValueError("header")
    return start, raw.read(length)


def _metadata(path: Path, header: bytes) -> dict[str, Any]:
    text = json.loads(header).get("__metadata__") or {}
    if text.get("format") != FORMAT:
        raise DiffvizError(f"{path} was not written by diffviz (no '{FORMAT}' mark in it)")
    return {k: json.loads(v) for k, v in text.items() if k != "format"}


def _array(path: Path, name: str, dtype: str, shape: list[int], data: bytes) -> Floats:
    if dtype not in _TYPES:
        raise DiffvizError(f"{path} has {name} as {dtype}, not F32")
    numbers = np.frombuffer(data, _TYPES[dtype]).reshape(shape)
    if dtype == "BF16":  # the upper half of a float32
        return np.left_shift(numbers, 16, dtype=np.uint32).reshape(shape).view(np.float32)
    return numbers.astype(np.float64 if dtype == "F64" else np.float32)  # a copy, writable


def check_shapes(
    path: Path, expected: Mapping[str, tuple[int, ...]], given: Mapping[str, tuple[int, ...]]
) -> None:
    """Compare names and shapes of weights with those of their architecture.

    Raises:
        DiffvizError: naming the first tensor that is missing, surplus or misshapen.
    """
    for name in sorted(expected.keys() | given.keys()):
        if name not in given:
            problem = f"lacks {name}"
        elif name not in expected:
            problem = f"has {name}, which the architecture lacks"
        elif expected[name] != given[name]:
            problem = f"has {name} as {list(given[name])}, not {list(expected[name])}"
        else:
            continue
        raise DiffvizError(f"{path} doesn't fit the architecture it names: it {problem}")
